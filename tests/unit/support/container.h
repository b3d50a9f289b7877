/* Safetensors files made by hand, and what the reader says about them. */
#ifndef LC_TESTS_CONTAINER_H
#define LC_TESTS_CONTAINER_H

#include "model/safetensors.h"

struct bytes {
    unsigned char *data; /* free it */
    size_t n;
};

/* The length prefix, the header and `payload_n` bytes after it (zeros when payload is NULL), in a block
 * of exactly that size, so that a sanitizer sees the first byte read too far. */
struct bytes container_bytes(uint64_t length, const char *header, size_t header_n, const void *payload,
                             size_t payload_n);

/* The same with a header that is text and a prefix that tells its length. */
struct bytes container_text(const char *header, const void *payload, size_t payload_n);

/* The bytes must be refused with LC_E_MODEL, the file's name, a printable message with `text`, a hint. */
void container_refuse(const void *data, size_t n, const char *text);

lc_safetensors *container_accept(const struct bytes *b);

#endif
