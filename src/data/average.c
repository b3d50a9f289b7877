#include "data/season.h"

size_t lc_centred_average(double *out, double *scratch, const double *y, size_t n, size_t period)
{
    /* A window of `period` values spans at most two blocks of that length: it is a tail of the one and a head of the
     * other. Unlike a running sum this never subtracts, so rounding neither grows along the series nor lets a tiny
     * average cross zero. */
    double *head = scratch, *tail = scratch + n;
    if (!period || n < period) return 0;
    for (size_t start = 0; start < n; start += period) {
        const size_t end = n - start > period ? start + period : n;
        head[start] = y[start];
        for (size_t i = start + 1; i < end; i++) head[i] = head[i - 1] + y[i];
        tail[end - 1] = y[end - 1];
        for (size_t i = end - 1; i-- > start;) tail[i] = tail[i + 1] + y[i];
        if (end == n) break;
    }
    const size_t windows = n - period + 1;
    const double weight = 1 / (double)period;
    for (size_t a = 0; a < windows; a++) out[a] = (tail[a] + head[a + period - 1]) * weight;
    for (size_t a = 0; a < windows; a += period) out[a] = tail[a] * weight; /* exactly one block */
    if (period % 2) return windows;
    for (size_t a = 0; a + 1 < windows; a++) out[a] = (out[a] + out[a + 1]) / 2;
    return windows - 1;
}
