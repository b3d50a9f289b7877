/* UTF-16 text, as spreadsheets save "Unicode text", becomes UTF-8 while it streams by. */
#ifndef LC_DATA_UTF16_H
#define LC_DATA_UTF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lc_utf16 {
    bool big;  /* the high byte comes first */
    bool half; /* a byte waits for its second: */
    uint8_t byte;
    uint16_t first; /* a surrogate that waits for its second, 0 none */
} lc_utf16;

enum { LC_UTF16_GROWTH = 3 }; /* bytes of UTF-8 that n bytes of UTF-16 become: at most this many times n, and 3 */

/* Converts n bytes; returns how many it wrote to out. What is no character becomes U+FFFD. */
size_t lc_utf16_read(lc_utf16 *u, const unsigned char *bytes, size_t n, char *out);
/* What the end of the input leaves: at most 3 bytes. */
size_t lc_utf16_finish(lc_utf16 *u, char *out);

#endif
