/* The types that numbers have in a safetensors file. */
#include <stdint.h>

#include "model/safetensors_limits.h"

static const struct {
    const char *name;
    size_t size;
} scalars[LC_SCALARS] = {
    [LC_SCALAR_F32] = {"F32", 4}, [LC_SCALAR_F64] = {"F64", 8}, [LC_SCALAR_I64] = {"I64", 8},
    [LC_SCALAR_U64] = {"U64", 8}, [LC_SCALAR_I32] = {"I32", 4}, [LC_SCALAR_U32] = {"U32", 4},
    [LC_SCALAR_U8] = {"U8", 1},
};

size_t lc_scalar_size(lc_scalar type)
{
    return scalars[type].size;
}

const char *lc_scalar_name(lc_scalar type)
{
    return scalars[type].name;
}

void lc_scalar_turn(void *data, size_t n, size_t width)
{
    const uint16_t one = 1;
    if (*(const unsigned char *)&one) return; /* the lower byte comes first here as in the file */
    unsigned char *p = data;
    for (size_t i = 0; i < n; i++, p += width)
        for (size_t a = 0, b = width - 1; a < b; a++, b--) {
            const unsigned char byte = p[a];
            p[a] = p[b];
            p[b] = byte;
        }
}
