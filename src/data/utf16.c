#include "data/utf16.h"

/* RFC 3629, section 3. */
static size_t put(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
    return n;
}

enum { REPLACEMENT = 0xfffd };

/* RFC 2781, section 2.2. */
static size_t take_unit(lc_utf16 *u, uint16_t unit, char *out)
{
    const bool high = unit >= 0xd800 && unit < 0xdc00, low = unit >= 0xdc00 && unit < 0xe000;
    size_t n = 0;
    if (u->first && low) {
        n = put(out, 0x10000 + ((uint32_t)(u->first - 0xd800) << 10) + (uint32_t)(unit - 0xdc00));
        u->first = 0;
        return n;
    }
    if (u->first) n = put(out, REPLACEMENT);
    u->first = high ? unit : 0;
    if (!high) n += put(out + n, low ? REPLACEMENT : unit);
    return n;
}

size_t lc_utf16_read(lc_utf16 *u, const unsigned char *bytes, size_t n, char *out)
{
    size_t written = 0;
    for (size_t i = 0; i < n; i++) {
        if (u->half) {
            const unsigned a = u->byte, b = bytes[i];
            written += take_unit(u, (uint16_t)(u->big ? a << 8 | b : b << 8 | a), out + written);
        }
        u->byte = bytes[i];
        u->half = !u->half;
    }
    return written;
}

size_t lc_utf16_finish(lc_utf16 *u, char *out)
{
    const bool open = u->half || u->first;
    u->half = false;
    u->first = 0;
    return open ? put(out, REPLACEMENT) : 0;
}
