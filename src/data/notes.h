/* Lines that a user should read, gathered while a file is understood. */
#ifndef LC_DATA_NOTES_H
#define LC_DATA_NOTES_H

#include "base/status.h"

typedef struct lc_notes {
    char **line;
    size_t n, cap;
} lc_notes;

LC_MUST_USE bool lc_note(lc_notes *notes, const char *fmt, ...) LC_PRINTF(2, 3); /* false: out of memory */
void lc_notes_free(lc_notes *notes);

#endif
