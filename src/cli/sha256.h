/* SHA-256 (FIPS 180-4), by which files and options are known again. It guards no secret, and 100 lines are less than
 * one more library to install on every machine. */
#ifndef LC_CLI_SHA256_H
#define LC_CLI_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_TEXT = 65 }; /* hexadecimal digits and the NUL */

typedef struct sha256 {
    uint32_t state[8];
    uint64_t bytes; /* so far */
    unsigned char block[64];
} sha256;

void sha256_begin(sha256 *h);
void sha256_add(sha256 *h, const void *bytes, size_t n);
void sha256_end(sha256 *h, char out[SHA256_TEXT]);

/* Of what a file holds; false, with errno set, where it cannot be read. */
bool sha256_file(char out[SHA256_TEXT], const char *path);

#endif
