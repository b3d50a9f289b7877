#include "unit/support/heap.h"

#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_ALLOCATOR
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define OWN_ALLOCATOR
#endif

#if defined(OWN_ALLOCATOR)

bool heap_is_watched(void)
{
    return false;
}

size_t heap_calls(void)
{
    return 0;
}

#else

#include <stdatomic.h>

static atomic_size_t calls;

/* glibc's allocator under the names that stay when a program defines the usual ones. */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t alignment, size_t n);

void *malloc(size_t n)
{
    atomic_fetch_add(&calls, 1);
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    atomic_fetch_add(&calls, 1);
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    atomic_fetch_add(&calls, 1);
    return __libc_realloc(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    atomic_fetch_add(&calls, 1);
    return __libc_memalign(alignment, n);
}

size_t heap_calls(void)
{
    return atomic_load(&calls);
}

bool heap_is_watched(void)
{
    size_t before = heap_calls();
    void *volatile p = malloc(1); /* valgrind puts its own functions in the place of these */
    free(p);
    return heap_calls() > before;
}

#endif
