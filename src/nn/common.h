/* What kinds of layers have in common: rows of lc_layer_kind that several of them share. */
#ifndef LC_NN_COMMON_H
#define LC_NN_COMMON_H

#include "nn/layer.h"

/* ---- a kind without parameters, or with nothing to keep, derive or learn ---- */

size_t lc_none(const lc_layer *l); /* floats */
size_t lc_saves_none(const lc_layer *l, size_t room, bool keep);
void lc_init_none(const lc_layer *l, float *w, lc_rng *rng);
void lc_pack_none(const lc_layer *l, const lc_kernels *k, const float *w, float *to, size_t part, size_t parts);
void lc_gradient_none(const lc_layer *l, const lc_pass *p);
size_t lc_tensors_none(const lc_layer *l, lc_layer_tensor t[LC_LAYER_TENSORS]);
void lc_get_none(const lc_layer *l, const float *w, size_t tensor, float *out);
void lc_put_none(const lc_layer *l, float *w, size_t tensor, const float *in);

/* ---- a kind that has a step for every step ---- */

size_t lc_all_steps(const lc_layer *l);
size_t lc_same_steps(const lc_layer *l, size_t dy_steps);

/* ---- a kind y = W x + b: parameters (1 + inputs, padded outputs), the transpose of PyTorch's weight below a row of
 * the bias; packed: the weight transposed back, for dx ---- */

size_t lc_affine_params(const lc_layer *l);
size_t lc_affine_packed(const lc_layer *l);
/* PyTorch's start of a linear layer, for the first `outputs` of its outputs. */
void lc_affine_init(const lc_layer *l, size_t outputs, float *w, lc_rng *rng);
void lc_affine_pack(const lc_layer *l, const lc_kernels *k, const float *w, float *to, size_t part, size_t parts);
void lc_affine_get(const lc_layer *l, const float *w, size_t tensor, float *out);
void lc_affine_put(const lc_layer *l, float *w, size_t tensor, const float *in);

#endif
