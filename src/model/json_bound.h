/* How much a JSON text will take in memory is bounded before a parser builds anything of it. */
#ifndef LC_MODEL_JSON_BOUND_H
#define LC_MODEL_JSON_BOUND_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the n bytes nest at most `depth` levels and hold at most `values` objects, arrays and commas. */
bool lc_json_is_small(const char *text, size_t n, size_t depth, size_t values);

#endif
