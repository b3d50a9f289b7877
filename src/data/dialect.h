/* How a CSV file is written: its delimiter, and whether its first row names the columns. */
#ifndef LC_DATA_DIALECT_H
#define LC_DATA_DIALECT_H

#include "data/cell.h"
#include "data/csv_row.h"

/* The delimiter among , ; tab | that cuts the first lines most evenly (outside quotes); ',' when none occurs. */
char lc_sniff_delimiter(const char *bytes, size_t n);

/* Reads the setting: one of , ; | a tab, or the words "tab" and "\t". false: something else. "" gives '\0'. */
bool lc_delimiter_of(const char *text, char *out);

/* Whether the first of the n rows is a header: some of its cells is text that stands above numbers or stamps, and
 * none is a calendar stamp above such stamps. */
bool lc_sniff_header(const lc_csv_row *rows, size_t n, const lc_cell_rules *rules);

#endif
