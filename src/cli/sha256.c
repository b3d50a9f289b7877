#define _POSIX_C_SOURCE 200809L
#include "cli/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constant[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* Words a to h stay where they are: in round r a is r places before the first, and after eight rounds it is there
 * again. Moving all of them in every round takes three times as long. */
#define WORD(s, r, part) (s)[((part) + 8 - (r)) % 8]
#define ROUND(s, r, added)                                                                                             \
    do {                                                                                                               \
        const uint32_t a = WORD(s, r, 0), e = WORD(s, r, 4);                                                           \
        const uint32_t one = WORD(s, r, 7) + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +                                \
                             ((e & WORD(s, r, 5)) ^ (~e & WORD(s, r, 6))) + (added);                                   \
        const uint32_t two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +                                                \
                             ((a & WORD(s, r, 1)) ^ (a & WORD(s, r, 2)) ^ (WORD(s, r, 1) & WORD(s, r, 2)));            \
        WORD(s, r, 3) += one;                                                                                          \
        WORD(s, r, 7) = one + two;                                                                                     \
    } while (0)

static void compress(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64], s[8];
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
               block[4 * i + 3];
    for (size_t i = 16; i < 64; i++)
        w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
               (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(s, state, sizeof s);
    for (size_t i = 0; i < 64; i += 8) {
        ROUND(s, 0, round_constant[i] + w[i]);
        ROUND(s, 1, round_constant[i + 1] + w[i + 1]);
        ROUND(s, 2, round_constant[i + 2] + w[i + 2]);
        ROUND(s, 3, round_constant[i + 3] + w[i + 3]);
        ROUND(s, 4, round_constant[i + 4] + w[i + 4]);
        ROUND(s, 5, round_constant[i + 5] + w[i + 5]);
        ROUND(s, 6, round_constant[i + 6] + w[i + 6]);
        ROUND(s, 7, round_constant[i + 7] + w[i + 7]);
    }
    for (size_t i = 0; i < 8; i++) state[i] += s[i];
}

void sha256_begin(sha256 *h)
{
    *h = (sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(sha256 *h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    size_t used = h->bytes % sizeof h->block;
    h->bytes += n;
    while (n) {
        const size_t room = sizeof h->block - used, taken = n < room ? n : room;
        memcpy(h->block + used, p, taken);
        used += taken;
        p += taken;
        n -= taken;
        if (used < sizeof h->block) break;
        compress(h->state, h->block);
        used = 0;
    }
}

void sha256_end(sha256 *h, char out[SHA256_TEXT])
{
    enum { LENGTH_AT = 56 };
    const uint64_t bits = 8 * h->bytes;
    unsigned char length[8];
    for (size_t i = 0; i < 8; i++) length[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha256_add(h, "\x80", 1);
    while (h->bytes % sizeof h->block != LENGTH_AT) sha256_add(h, "", 1);
    sha256_add(h, length, sizeof length);
    for (size_t i = 0; i < 8; i++) snprintf(out + 8 * i, 9, "%08x", h->state[i]);
}

bool sha256_file(char out[SHA256_TEXT], const char *path)
{
    static char bytes[1 << 16];
    sha256 h;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    sha256_begin(&h);
    for (;;) {
        const ssize_t n = read(fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            const int why = errno;
            close(fd);
            errno = why;
            return false;
        }
        if (n == 0) break;
        sha256_add(&h, bytes, (size_t)n);
    }
    close(fd);
    sha256_end(&h, out);
    return true;
}
