/* Allocation with overflow-checked sizes, and a growable byte buffer. */
#ifndef LC_BASE_MEMORY_H
#define LC_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* false when a*b (a+b) does not fit; *out is then untouched. */
bool lc_mul(size_t a, size_t b, size_t *out);
bool lc_add(size_t a, size_t b, size_t *out);

/* n zeroed elements of `size` bytes, aligned to a cache line (64 bytes); NULL on overflow or no memory.
 * n = 0 gives a valid pointer. Free with lc_free. */
void *lc_calloc(size_t n, size_t size);
void lc_free(void *p);

/* Grows the array *p (plain malloc family, free with free) so that it holds at least `need` elements of
 * `size` bytes; *cap is its capacity in elements. false: out of memory, *p still valid. */
bool lc_grow(void **p, size_t *cap, size_t need, size_t size);

/* LC_GROW(&array, &capacity, need): type-safe front of lc_grow. */
#define LC_GROW(pp, cap, need) lc_grow((void **)(pp), (cap), (need), sizeof **(pp))

/* Number of library allocations so far in this process: a test proves with it that a training loop
 * allocates nothing. */
size_t lc_allocations(void);

char *lc_strdup(const char *s);
char *lc_strndup(const char *s, size_t n);

/* A growable byte buffer; data is kept NUL-terminated so that it can be read as text. Zero it to start. */
typedef struct lc_buf {
    char *data;
    size_t len;
    size_t cap;
    bool failed; /* an append ran out of memory: appends may be checked once at the end */
} lc_buf;

void lc_buf_append(lc_buf *b, const void *bytes, size_t n);
void lc_buf_puts(lc_buf *b, const char *s);
void lc_buf_printf(lc_buf *b, const char *fmt, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
void lc_buf_free(lc_buf *b);

#endif
