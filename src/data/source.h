/* The bytes of an input: a file, standard input or memory; gzip is known by its first bytes and unpacked. */
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

#endif
