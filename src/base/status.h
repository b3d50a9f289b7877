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

/* Each of these stores into *st (NULL allowed) unless it already holds an error, and is worth `code`, so that a
 * caller can write `return lc_fail(...)`. They are macros so that readers and analyzers see that value. */
static inline lc_code lc_same(lc_code code)
{
    return code;
}
#define lc_fail(st, code, ...) (lc_status_set((st), (code), NULL, 0, 0, __VA_ARGS__), lc_same(code))
#define lc_fail_at(st, code, file, line, column, ...)                                                                  \
    (lc_status_set((st), (code), (file), (line), (column), __VA_ARGS__), lc_same(code))
#define lc_fail_memory(st) lc_fail((st), LC_E_MEMORY, "out of memory")

void lc_status_set(lc_status *st, lc_code code, const char *file, size_t line, size_t column, const char *fmt, ...)
    LC_PRINTF(6, 7);

/* Adds the second line of an error: what the user can do. Keeps the first hint. */
void lc_hint(lc_status *st, const char *fmt, ...) LC_PRINTF(2, 3);

/* Names the file of an error that was raised without one. */
void lc_status_set_file(lc_status *st, const char *file);

/* For functions of the public interface: a missing argument is the caller's error, not a crash. */
#define LC_NEED(argument)                                                                                              \
    if (!(argument)) return lc_fail(st, LC_E_USAGE, "argument \"%s\" is missing", #argument)

#endif
