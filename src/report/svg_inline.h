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

/* Such documents in a file, read one by one: never more than one is held. */
typedef struct lc_svg_file {
    int file;      /* a descriptor, at its beginning; -1: none */
    size_t n, all; /* documents that were read; that there should be */
    lc_buf text;   /* of the next ones */
} lc_svg_file;

/* The next one as an element, as by lc_svg_inline, in place of what `out` holds. LC_E_TOOL: it is not there, LC_E_IO:
 * it cannot be read. */
lc_code lc_svg_file_next(lc_buf *out, lc_svg_file *f, lc_status *st);
void lc_svg_file_close(lc_svg_file *f);

#endif
