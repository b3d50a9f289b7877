/* What reader and writer of the container agree on. */
#ifndef LC_MODEL_SAFETENSORS_LIMITS_H
#define LC_MODEL_SAFETENSORS_LIMITS_H

enum {
    /* The format's own bound on the JSON header, in bytes. */
    LC_SAFETENSORS_HEADER = 100000000,
    /* Objects, arrays and commas in a header: the JSON tree of a hostile header stays small. */
    LC_SAFETENSORS_VALUES = 1 << 20,
    /* Tensors, and metadata strings, in one file; a tensor takes at most 10 values of a header. */
    LC_SAFETENSORS_ENTRIES = 1 << 16,
    /* { name: { "shape": [ */
    LC_SAFETENSORS_DEPTH = 3
};

#include "model/safetensors.h"

/* The name of a type in the header: "F32". */
const char *lc_scalar_name(lc_scalar type);

/* Turns n elements between the order of bytes of the file and this machine's. */
void lc_scalar_turn(void *data, size_t n, size_t width);

#define LC_SAFETENSORS_METADATA "__metadata__"

_Static_assert(LC_SAFETENSORS_ENTRIES * 11 < LC_SAFETENSORS_VALUES, "what is written can be read");
_Static_assert(sizeof(float) == 4 && sizeof(double) == 8, "F32 and F64 are this machine's float and double");

#endif
