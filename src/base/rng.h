/* Random numbers: one stream per purpose, the same on every machine and at any thread count. */
#ifndef LC_BASE_RNG_H
#define LC_BASE_RNG_H

#include <stdint.h>

/* What a stream is for; streams of one seed are independent of each other. */
typedef enum lc_stream { LC_STREAM_INIT = 1, LC_STREAM_SHUFFLE, LC_STREAM_DROPOUT, LC_STREAM_TEST } lc_stream;

typedef struct lc_rng {
    uint64_t state;
} lc_rng;

lc_rng lc_rng_make(uint64_t seed, lc_stream stream, uint64_t index);
uint64_t lc_rng_u64(lc_rng *r);   /* splitmix64 (Steele, Lea, Flood 2014) */
double lc_rng_uniform(lc_rng *r); /* [0, 1), 53 bits */
double lc_rng_normal(lc_rng *r);  /* mean 0, variance 1 (Box-Muller) */
uint64_t lc_hash64(uint64_t x);   /* splitmix64's finalizer: a counter becomes noise */

/* Position `i` of a pseudo-random permutation of 0..n-1 chosen by `key`, computed without a table: a
 * four-round Feistel network on the next even number of bits, walked until it falls below n. */
uint64_t lc_permute(uint64_t i, uint64_t n, uint64_t key);

#endif
