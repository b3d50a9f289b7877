/* Errors with a place: the one way in which every floor reports failure. */
#ifndef LC_BASE_STATUS_H
#define LC_BASE_STATUS_H

#include "loomcast.h"

#if defined(__GNUC__)
#define LC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define LC_MUST_USE __attribute__((warn_unused_result))
#else
#define LC_PRINTF(fmt, args)
#define LC_MUST_USE
#endif

/* Each of these stores into *st (NULL allowed) unless it already holds an error, and returns `code`
 * so that a caller can write `return lc_fail(...)`. */
lc_code lc_fail(lc_status *st, lc_code code, const char *fmt, ...) LC_PRINTF(3, 4);
lc_code lc_fail_at(lc_status *st, lc_code code, const char *file, size_t line, size_t column, const char *fmt, ...)
    LC_PRINTF(6, 7);
lc_code lc_fail_memory(lc_status *st);

/* Adds the second line of an error: what the user can do. Keeps the first hint. */
void lc_hint(lc_status *st, const char *fmt, ...) LC_PRINTF(2, 3);

/* Names the file of an error that was raised without one. */
void lc_status_set_file(lc_status *st, const char *file);

#endif
