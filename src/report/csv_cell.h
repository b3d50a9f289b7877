/* How texts and numbers are written in a CSV cell. */
#ifndef LC_REPORT_CSV_CELL_H
#define LC_REPORT_CSV_CELL_H

#include "base/memory.h"
#include "base/text.h"

/* Whether the text needs no quotes. RFC 4180, 2.6 and 2.7: a field with a comma, a quote or a line break stands in
 * quotes, and a quote inside is doubled. Outer blanks are quoted too, since many readers trim bare fields. */
bool lc_csv_is_bare(const char *s);

/* The number with at most so many significant digits (0: the shortest text that reads back exactly), large ones with
 * more; NaN gives "". Returns the length. */
size_t lc_csv_number(char out[LC_NUMBER_TEXT], double x, int digits);

/* Appends a cell. */
void lc_csv_put_text(lc_buf *b, const char *s);
void lc_csv_put_bytes(lc_buf *b, const char *s, size_t n); /* always in quotes; zero bytes are left out */
void lc_csv_put_number(lc_buf *b, double x, int digits);

#endif
