/* The bytes of an input: a file, standard input or memory. Gzip is known by its first bytes and unpacked, UTF-16 by its
 * byte order mark and turned into UTF-8, the mark left out. */
#ifndef LC_DATA_SOURCE_H
#define LC_DATA_SOURCE_H

#include "base/status.h"

typedef struct lc_source lc_source;

/* "-" is standard input. */
lc_code lc_source_open(lc_source **out, const char *path, lc_status *st);
/* The bytes must stay while the source lives; `name` stands for the file in messages. */
lc_code lc_source_memory(lc_source **out, const char *name, const char *bytes, size_t n, lc_status *st);
void lc_source_close(lc_source *s);

/* Fills `room` bytes; *got is less only where the input ends. */
lc_code lc_source_read(lc_source *s, char *to, size_t room, size_t *got, lc_status *st);

/* Whether threads can read from it side by side: a file that is not packed, after its first read. */
bool lc_source_is_plain(const lc_source *s);
/* Reads n bytes `ahead` of what was taken so far; returns how many, SIZE_MAX where reading fails. */
size_t lc_source_read_at(const lc_source *s, char *to, size_t n, size_t ahead);
/* Takes n bytes that were read so. */
void lc_source_take(lc_source *s, size_t n);

#endif
