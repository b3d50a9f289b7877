/* The safetensors container: named float tensors and a map of strings, nothing that is ever executed.
 * Format: 8 bytes little-endian header length, a JSON header, then the tensors' bytes. */
#ifndef LC_MODEL_SAFETENSORS_H
#define LC_MODEL_SAFETENSORS_H

#include "base/status.h"

enum { LC_TENSOR_DIMS = 4 };

typedef struct lc_tensor {
    const char *name;
    size_t dims;
    size_t shape[LC_TENSOR_DIMS];
    const float *data; /* (product of shape) row-major */
} lc_tensor;

/* Writes F32 tensors in the given order, padded so that the first one lies on a multiple of 8 bytes. Same
 * input, same bytes. */
lc_code lc_safetensors_write(const char *path, bool replace, const lc_tensor *tensors, size_t n,
                             const char *const (*metadata)[2], size_t n_metadata, lc_status *st);

typedef struct lc_safetensors lc_safetensors;

/* Reads a whole file; every length, offset, shape and overlap is checked first. Only F32 (F64 is
 * converted); other types are an error that names the tensor. */
lc_code lc_safetensors_read(lc_safetensors **out, const char *path, lc_status *st);
lc_code lc_safetensors_read_memory(lc_safetensors **out, const char *name, const void *bytes, size_t n, lc_status *st);
void lc_safetensors_free(lc_safetensors *f);

/* ---- states: tensors of several types, each bit kept ---- */

typedef enum lc_scalar {
    LC_SCALAR_F32,
    LC_SCALAR_F64,
    LC_SCALAR_I64,
    LC_SCALAR_U64,
    LC_SCALAR_I32,
    LC_SCALAR_U32,
    LC_SCALAR_U8,
    LC_SCALARS /* how many */
} lc_scalar;

size_t lc_scalar_size(lc_scalar type); /* bytes */

typedef struct lc_piece {
    const void *data;
    size_t count; /* elements */
} lc_piece;

typedef struct lc_pieces_tensor { /* a vector whose pieces need not lie beside each other */
    const char *name;
    lc_scalar type;
    const lc_piece *piece; /* (n) */
    size_t n;
} lc_pieces_tensor;

/* Writes them as lc_safetensors_write does. */
lc_code lc_safetensors_write_pieces(const char *path, bool replace, const lc_pieces_tensor *tensors, size_t n,
                                    const char *const (*metadata)[2], size_t n_metadata, lc_status *st);

/* Reads tensors of all these types, with the checks of lc_safetensors_read; lc_tensor.data is NULL then. */
lc_code lc_safetensors_read_pieces(lc_safetensors **out, const char *path, lc_status *st);

/* (*count) elements of a tensor that was read so, all its pieces; NULL where it is absent or of another type. */
const void *lc_safetensors_vector(const lc_safetensors *f, const char *name, lc_scalar type, size_t *count);

size_t lc_safetensors_count(const lc_safetensors *f);
const lc_tensor *lc_safetensors_at(const lc_safetensors *f, size_t i);
const lc_tensor *lc_safetensors_find(const lc_safetensors *f, const char *name); /* NULL when absent */
const char *lc_safetensors_metadata(const lc_safetensors *f, const char *key);   /* NULL when absent */

#endif
