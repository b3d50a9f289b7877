#include "base/status.h"

#include <stdarg.h>
#include <string.h>

static void store_file(lc_status *st, const char *file)
{
    size_t n = file ? strlen(file) : 0;
    size_t room = sizeof st->file - 1;
    const char *from = file;
    /* The end of a long path tells more than its beginning. */
    if (n > room) {
        from = file + (n - room);
        n = room;
    }
    if (n) memcpy(st->file, from, n);
    st->file[n] = '\0';
}

void lc_status_set(lc_status *st, lc_code code, const char *file, size_t line, size_t column, const char *fmt, ...)
{
    if (!st || st->code != LC_OK) return;
    st->code = code;
    st->line = line;
    st->column = column;
    store_file(st, file);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(st->text, sizeof st->text, fmt, ap);
    va_end(ap);
    st->hint[0] = '\0';
}

void lc_hint(lc_status *st, const char *fmt, ...)
{
    if (!st || st->code == LC_OK || st->hint[0]) return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(st->hint, sizeof st->hint, fmt, ap);
    va_end(ap);
}

void lc_status_set_file(lc_status *st, const char *file)
{
    if (st && st->code != LC_OK && !st->file[0]) store_file(st, file);
}
