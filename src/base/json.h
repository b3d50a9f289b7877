/* JSON between text and Jansson's values. Its values and its writer to a given buffer are used; its reader and
 * json_dumps are not: where memory runs out in the middle of a word they go on with the word cut short, and may read
 * past its end. */
#ifndef LC_BASE_JSON_H
#define LC_BASE_JSON_H

#include <jansson.h>

#include "base/status.h"

typedef struct lc_json_fault {
    size_t line, column; /* from 1, in bytes */
    const char *text;    /* what is wrong there */
} lc_json_fault;

/* Reads n bytes that are one object or array (RFC 8259), no key of an object twice, no NUL anywhere, whole numbers
 * up to 2^63 - 1 either way. LC_E_PARSE: *fault says why; LC_E_MEMORY. *out is then NULL. */
lc_code lc_json_read(json_t **out, const char *text, size_t n, lc_json_fault *fault);

#endif
