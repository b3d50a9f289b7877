/* A set of names numbered in order of appearance; finding one takes constant time. */
#ifndef LC_DATA_NAMES_H
#define LC_DATA_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lc_names {
    char **name; /* (n) */
    size_t n, cap;
    uint32_t *slot; /* (slots) number + 1, 0 empty; slots is a power of two */
    size_t slots;
    uint64_t seed; /* differs from process to process, so that no file can be made to collide */
} lc_names;

#define LC_NO_NAME UINT32_MAX

/* The number of the name, added when it is new (*is_new, may be NULL). LC_NO_NAME: out of memory. */
uint32_t lc_names_add(lc_names *s, const char *name, bool *is_new);
uint32_t lc_names_find(const lc_names *s, const char *name); /* LC_NO_NAME: not there */
void lc_names_free(lc_names *s);

#endif
