/* Numbers and names as text, independent of the locale. */
#ifndef LC_BASE_TEXT_H
#define LC_BASE_TEXT_H

#include "loomcast.h"

#define LC_NUMBER_TEXT 32 /* room that lc_format_double needs */

/* Reads the n bytes at s as one decimal number ([+-]digits[.digits][e[+-]digits], blanks around it
 * allowed); correctly rounded. false: not a number, or it overflows a double. "inf" and "nan" are no
 * numbers here. */
bool lc_parse_double(const char *s, size_t n, double *out);

/* Reads a whole decimal integer; false on anything else or overflow. */
bool lc_parse_int(const char *s, size_t n, long long *out);

/* The shortest decimal text that reads back as x (at most `digits` significant digits when digits > 0).
 * NaN gives "". Returns the length. */
size_t lc_format_double(char out[LC_NUMBER_TEXT], double x, int digits);

/* Copies n digits with commas between thousands; returns how many bytes that are, without a NUL. */
size_t lc_put_thousands(char *out, const char *digits, size_t n);

/* Case-insensitive comparison of ASCII text. */
bool lc_equal_nocase(const char *a, const char *b);

/* Copies `s` for a message: control bytes and broken UTF-8 become '?', and more than `room`-1 bytes end in "...". */
const char *lc_printable(char *out, size_t room, const char *s, size_t n);

bool lc_is_utf8(const char *s); /* sound UTF-8, by RFC 3629 */

/* The text as sound UTF-8, to be freed: a copy, or where it is none every byte read as Windows-1252, which holds
 * Latin-1. NULL: out of memory. */
char *lc_utf8(const char *s);

/* What stands behind the last slash of a path; the whole path where nothing does. */
const char *lc_base_name(const char *path);

/* Splits "a,b,c" at commas into newly allocated names (free each and the array); quotes are not special.
 * *count 0 for NULL or empty text. false: out of memory. */
bool lc_split_names(const char *list, char ***names, size_t *count);
void lc_free_names(char **names, size_t count);

#endif
