/* gnuplot as a drawing pen: a script is built in memory, then run without a shell. Text from outside
 * enters a script only through %q, numbers only as digits of the C locale. */
#ifndef LC_REPORT_GNUPLOT_H
#define LC_REPORT_GNUPLOT_H

#include "base/memory.h"
#include "base/status.h"

/* Appends to a script:
 *   %g double, shortest exact text    %d int    %s const char *, text of our own, as it is
 *   %q const char *, int: text from outside as a gnuplot string, at most so many columns wide (0: no limit)
 *   %% a percent sign
 * Quotes, backslashes, backticks, macros and format signs are written as octal escapes inside double
 * quotes, which gnuplot turns back only after every kind of substitution. Line breaks and tabs become a
 * blank, other control bytes and broken UTF-8 the replacement character. Braces, underscores and carets
 * stay as they are: every script sets its terminal to noenhanced. */
void lc_gp(lc_buf *script, const char *fmt, ...);

/* Reads the UTF-8 character at s (NUL-terminated; Unicode, table 3-7: no surrogates, no overlong forms);
 * returns its bytes, or 0 where it is broken. */
size_t lc_gp_decode(const unsigned char *s, unsigned *out);

/* A control byte, or a mark that changes how the text around it is read: no part of a picture or a page. */
bool lc_gp_is_unfit(unsigned c);

/* Copies a text for a terminal (room bytes with the NUL): what is unfit or broken UTF-8 is '?'. */
void lc_gp_plain(char *out, size_t room, const char *text);

/* Width of a text in columns of a fixed-width font: wide East Asian characters count twice. */
int lc_gp_columns(const char *text);

/* Runs the script and puts the picture that gnuplot writes to its standard output into `path`, whole or
 * not at all. `fit_fonts`: characters that no font here has become question marks (see fonts.h). LC_E_TOOL when gnuplot
 * is missing or fails. */
lc_code lc_gp_draw(const lc_buf *script, bool fit_fonts, const char *path, bool replace, lc_status *st);

/* The same, what gnuplot writes appended to `out`. */
lc_code lc_gp_picture(const lc_buf *script, lc_buf *out, lc_status *st);

/* The same of scripts (n), one after the other: *file is a descriptor to read it from, of a file without a name, to be
 * closed; -1 after a failure. */
lc_code lc_gp_pictures(const lc_buf *const *script, size_t n, int *file, lc_status *st);

/* Writes the script itself. */
lc_code lc_gp_save(const lc_buf *script, const char *path, bool replace, lc_status *st);

#endif
