/* Memory as layers see it: see nn/layer.h. */
#ifndef LC_TESTS_ACTIVATIONS_H
#define LC_TESTS_ACTIVATIONS_H

#include <stddef.h>

/* n zeros; free with free. */
float *block(size_t n);

/* n floats of activations, rows of lc_stride(width): zero but for the constant before each row. */
float *activations(size_t n, size_t width);
void free_activations(float *x);

#endif
