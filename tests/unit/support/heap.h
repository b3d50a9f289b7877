/* Counts every allocation of a test program, those of the C library and of the thread team included. */
#ifndef LC_TESTS_HEAP_H
#define LC_TESTS_HEAP_H

#include <stdbool.h>
#include <stddef.h>

/* false where the allocator cannot be watched: another C library than glibc, a sanitizer or
 * valgrind with their own. */
bool heap_is_watched(void);

/* Calls of malloc, calloc, realloc and aligned_alloc so far. */
size_t heap_calls(void);

#endif
