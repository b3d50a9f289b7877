/* HTML as text: what comes from outside enters it escaped, and nowhere else. */
#ifndef LC_REPORT_HTML_H
#define LC_REPORT_HTML_H

#include "base/memory.h"

/* Appends text from outside, fit for content and for an attribute in double quotes: & < > " ' are entities, control
 * bytes, broken UTF-8 and marks that turn the direction of writing the replacement character. */
void lc_html_text(lc_buf *b, const char *text);

/* Appends a piece of a page:
 *   %t const char *, text from outside, by lc_html_text    %s const char *, text of our own, as it is
 *   %z size_t    %g double, shortest exact text, empty for NaN    %% a percent sign */
void lc_html(lc_buf *b, const char *fmt, ...);

/* The style sheet and the script of a report, and the hash by which its policy lets that script run and no other:
 * SHA-256 of its bytes in base64. */
extern const char lc_html_style[], lc_html_script[], lc_html_script_hash[];

#endif
