#include "base/memory.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_size_t allocations;

bool lc_mul(size_t a, size_t b, size_t *out)
{
    if (a && b > SIZE_MAX / a) return false;
    *out = a * b;
    return true;
}

bool lc_add(size_t a, size_t b, size_t *out)
{
    if (b > SIZE_MAX - a) return false;
    *out = a + b;
    return true;
}

void *lc_calloc(size_t n, size_t size)
{
    size_t bytes;
    if (!lc_mul(n, size, &bytes) || bytes > SIZE_MAX - 64) return NULL;
    bytes = (bytes + 63) / 64 * 64;
    if (!bytes) bytes = 64;
    void *p = aligned_alloc(64, bytes);
    if (p) memset(p, 0, bytes);
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    return p;
}

void lc_free(void *p)
{
    free(p);
}

bool lc_grow(void **p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap) return true;
    size_t want = *cap < 8 ? 8 : *cap;
    while (want < need) {
        if (want > SIZE_MAX / 2) return false;
        want += want / 2;
    }
    size_t bytes;
    if (!lc_mul(want, size, &bytes)) return false;
    void *q = realloc(*p, bytes);
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    if (!q) return false;
    *p = q;
    *cap = want;
    return true;
}

size_t lc_allocations(void)
{
    return atomic_load_explicit(&allocations, memory_order_relaxed);
}

char *lc_strndup(const char *s, size_t n)
{
    char *p = malloc(n + 1);
    if (!p) return NULL;
    memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

char *lc_strdup(const char *s)
{
    return lc_strndup(s, strlen(s));
}

void lc_buf_append(lc_buf *b, const void *bytes, size_t n)
{
    size_t need;
    if (b->failed) return;
    if (!lc_add(b->len, n, &need) || !lc_add(need, 1, &need) || !LC_GROW(&b->data, &b->cap, need)) {
        b->failed = true;
        return;
    }
    if (n) memcpy(b->data + b->len, bytes, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void lc_buf_puts(lc_buf *b, const char *s)
{
    lc_buf_append(b, s, strlen(s));
}

void lc_buf_printf(lc_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    size_t need;
    if (n < 0 || !lc_add(b->len, (size_t)n + 1, &need) || !LC_GROW(&b->data, &b->cap, need)) {
        b->failed = true;
    } else if (!b->failed) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void lc_buf_free(lc_buf *b)
{
    free(b->data);
    memset(b, 0, sizeof *b);
}
