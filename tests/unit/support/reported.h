/* What tests of reports share. */
#ifndef LC_TESTS_REPORTED_H
#define LC_TESTS_REPORTED_H

#include "loomcast.h"

enum { REPORTED_ROWS = 40 };

/* A result of detect with one flag for each of n ids, which stands in every cell of text. */
lc_result *reported_flags(const char *const *ids, size_t n);

/* The first columns of the rows of a table, for lc_listing; user: the table. */
lc_code reported_row(void *table, size_t i, lc_result *row, lc_status *st);

/* The tags of a page with the names of their attributes, as a browser would read them; the script and the style, which
 * are ours, are passed over whole. */
char *reported_tags(const char *page);

#endif
