/* Parts of a monitor's state as JSON. */
#ifndef LC_ANOMALY_MONITOR_JSON_H
#define LC_ANOMALY_MONITOR_JSON_H

#include <jansson.h>

#include "data/clock_column.h"

enum { LC_CLOCK_NUMBERS = 14 };

void lc_clock_to_numbers(const lc_clock_column *c, json_int_t n[LC_CLOCK_NUMBERS]);
/* false: they are out of range. */
bool lc_numbers_to_clock(const json_int_t n[LC_CLOCK_NUMBERS], lc_clock_column *c);

/* An id that is no UTF-8 is kept as its bytes, each of them a character; the mark before it says which it is. NULL: out
 * of memory. */
json_t *lc_id_to_json(const char *id);
bool lc_is_id(const char *text);
/* The id of such a text, to be freed. NULL: out of memory. */
char *lc_id_of(const char *text);

#endif
