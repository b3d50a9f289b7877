/* Files that people take for CSV and that are something else, known by their first bytes. */
#ifndef LC_DATA_FILE_KIND_H
#define LC_DATA_FILE_KIND_H

#include "base/status.h"

/* bytes (n): the beginning of the input. Fails, with what it is and how to come to a CSV file, or is worth LC_OK. */
lc_code lc_file_kind_check(const char *name, const char *bytes, size_t n, lc_status *st);

#endif
