/* A picture of gnuplot's svg terminal as an element of a page of HTML. */
#ifndef LC_REPORT_SVG_INLINE_H
#define LC_REPORT_SVG_INLINE_H

#include "base/memory.h"
#include "base/status.h"

/* Appends what stands once in a page, before its pictures: the shapes that they refer to. */
void lc_svg_shapes(lc_buf *out);

/* Appends the pictures of `svg`, documents one after the other, to out (n), one to each. Only known elements and
 * attributes of drawings pass, references only to those shapes; whatever else stands there is left out. LC_E_TOOL
 * where there are not n documents. */
lc_code lc_svg_inline(lc_buf *out, size_t n, const char *svg, lc_status *st);

#endif
