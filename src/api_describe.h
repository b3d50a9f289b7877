/* What the descriptions of data and of models share. Both are made from one JSON object, for people and as JSON, so
 * that the two cannot tell different things. */
#ifndef LC_API_DESCRIBE_H
#define LC_API_DESCRIBE_H

#include <jansson.h>

#include "base/memory.h"
#include "base/status.h"

const char *lc_text_of(const json_t *o, const char *key); /* "" without one */
long long lc_int_of(const json_t *o, const char *key);

/* A name from a file, fit for a terminal. */
void lc_put_name(lc_buf *b, const char *name);
/* "title   a, b, c and 5 more"; nothing for an empty list. */
void lc_put_list(lc_buf *b, const char *title, const json_t *list);
/* The covariates by kind, a line for each that occurs. */
void lc_put_covariates(lc_buf *b, const json_t *o);
/* An option as it would be typed, in lines of at most 80 columns behind column 12. */
void lc_put_option(lc_buf *b, size_t *column, const char *name, const char *value);

/* Hands over JSON text or what `put` writes of it; takes o. */
lc_code lc_describe_finish(json_t *o, bool json, void (*put)(lc_buf *b, const json_t *o), char **text, lc_status *st);

#endif
