/* Arrays in the layouts of kernel/kernels.h, for tests. Floats that nobody set are guards: signaling NaNs. To read
 * one spoils the result, and whatever arithmetic makes of it has other bits. */
#ifndef LC_TESTS_PANELED_H
#define LC_TESTS_PANELED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rng.h"

/* n guards with more of them on both sides. */
float *guarded(size_t n);
void guarded_free(float *p);
float guarded_take(float *p);                      /* the value; a guard is back in its place */
bool guarded_whole(const float *p);                /* all are guards, those around as well */
bool guarded_same(const float *a, const float *b); /* the same bits everywhere; of one size */
bool same_bits(const float *a, const float *b, size_t n);

/* Where values come from: a normal distribution, or sixteenths of -15..15, whose products with few others sum up
 * without any rounding. */
typedef struct values {
    lc_rng rng;
    bool exact;
} values;

float values_next(values *v);
size_t values_upto(values *v, size_t n); /* 1..n */

/* (rows, width; ld), guards beyond the width. */
typedef struct plain {
    float *at;
    size_t rows, width, ld;
} plain;

plain plain_create(size_t rows, size_t width, size_t ld);
void plain_draw(const plain *p, values *v, double scale);

/* (panels; panel)(rows, parts, lanes) */
typedef struct paneled {
    float *at;
    size_t lanes, units, panels, rows, parts, panel;
} paneled;

/* Panels are `slack` floats more than their size apart. */
paneled paneled_create(size_t lanes, size_t units, size_t rows, size_t parts, size_t slack);
/* Values times scale, zeros in the lanes behind the last unit. */
void paneled_draw(const paneled *p, values *v, double scale);
paneled paneled_like(const paneled *p); /* of the same shape, all guards */
/* `rows` rows from row `from` on of p to those from `at` on. */
void paneled_copy(const paneled *to, size_t at, const paneled *p, size_t from, size_t rows);

static inline float *paneled_at(const paneled *p, size_t row, size_t part, size_t unit)
{
    return p->at + unit / p->lanes * p->panel + (row * p->parts + part) * p->lanes + unit % p->lanes;
}

/* Rows from..from + outputs - 1 of the weights w as (panels of outputs)(panels, 4, lanes, lanes): element by element,
 * not by the kernel. */
float *paneled_transposed(const paneled *w, size_t from, size_t outputs);

#endif
