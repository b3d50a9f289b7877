#include "data/notes.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

bool lc_note(lc_notes *notes, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (!LC_GROW(&notes->line, &notes->cap, notes->n + 1)) return false;
    char *copy = lc_strdup(text);
    if (!copy) return false;
    notes->line[notes->n++] = copy;
    return true;
}

void lc_notes_free(lc_notes *notes)
{
    lc_free_names(notes->line, notes->n);
    memset(notes, 0, sizeof *notes);
}
