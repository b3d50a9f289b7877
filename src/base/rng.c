#include "base/rng.h"

#include <math.h>

uint64_t lc_hash64(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

lc_rng lc_rng_make(uint64_t seed, lc_stream stream, uint64_t index)
{
    uint64_t s = lc_hash64(seed + 0x9e3779b97f4a7c15u);
    s = lc_hash64(s ^ ((uint64_t)stream * 0xd1342543de82ef95u));
    return (lc_rng){lc_hash64(s + index * 0x9e3779b97f4a7c15u)};
}

uint64_t lc_rng_u64(lc_rng *r)
{
    r->state += 0x9e3779b97f4a7c15u;
    return lc_hash64(r->state);
}

double lc_rng_uniform(lc_rng *r)
{
    return (double)(lc_rng_u64(r) >> 11) * 0x1p-53;
}

double lc_rng_normal(lc_rng *r)
{
    double u = 1.0 - lc_rng_uniform(r);
    double v = lc_rng_uniform(r);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586476925 * v);
}

uint64_t lc_permute(uint64_t i, uint64_t n, uint64_t key)
{
    if (n < 2) return 0;
    unsigned half = 1;
    while (half < 32 && ((uint64_t)1 << (2 * half)) < n) half++;
    const uint64_t mask = ((uint64_t)1 << half) - 1;
    do {
        uint64_t left = i >> half;
        uint64_t right = i & mask;
        for (uint64_t round = 0; round < 4; round++) {
            uint64_t next = left ^ (lc_hash64(right + key + round * 0x9e3779b97f4a7c15u) & mask);
            left = right;
            right = next;
        }
        i = (left << half) | right;
    } while (i >= n);
    return i;
}
