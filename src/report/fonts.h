/* Characters that no font of this machine has. */
#ifndef LC_REPORT_FONTS_H
#define LC_REPORT_FONTS_H

#include "base/memory.h"

/* Copies the script to out with such characters replaced by a question mark: gnuplot's cairo terminals
 * would draw boxes of a size that cover the picture. Asks fontconfig's fc-list; where that is not
 * installed everything is taken for drawable. */
void lc_fonts_fit(const lc_buf *script, lc_buf *out);

#endif
