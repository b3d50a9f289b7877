#include "data/rejects.h"

#include <errno.h>
#include <string.h>

static lc_code unwritten(const lc_rejects *r, lc_status *st)
{
    return lc_fail_at(st, LC_E_IO, r->out.path, 0, 0, "cannot be written: %s", strerror(errno));
}

static void put_text(FILE *f, const char *s, size_t n)
{
    putc('"', f);
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"') putc('"', f);
        putc(s[i], f);
    }
    putc('"', f);
}

lc_code lc_rejects_open(lc_rejects *r, const char *path, lc_status *st)
{
    *r = (lc_rejects){0};
    lc_code code = lc_output_open(&r->out, path, true, st);
    if (code != LC_OK) return code;
    return fprintf(r->out.stream, "file,line,column,reason,row\n") > 0 ? LC_OK : unwritten(r, st);
}

lc_code lc_rejects_add(lc_rejects *r, const lc_status *why, const char *bytes, size_t n, lc_status *st)
{
    FILE *f = r->out.stream;
    put_text(f, why->file, strlen(why->file));
    fprintf(f, ",%zu,%zu,", why->line, why->column);
    put_text(f, why->text, strlen(why->text));
    putc(',', f);
    put_text(f, bytes, n);
    putc('\n', f);
    r->n++;
    return ferror(f) ? unwritten(r, st) : LC_OK;
}

lc_code lc_rejects_commit(lc_rejects *r, lc_status *st)
{
    return lc_output_commit(&r->out, st);
}

void lc_rejects_discard(lc_rejects *r)
{
    lc_output_discard(&r->out);
}
