#include "unit/support/paneled.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/unit.h"

enum { MARGIN = 32 };
static const uint32_t guard = 0x7fa5a5a5;

/* Before the first margin lies the size. */
static size_t size_of(const float *p)
{
    size_t n;
    memcpy(&n, p - 2 * MARGIN, sizeof n);
    return n;
}

float *guarded(size_t n)
{
    float *all = malloc((3 * MARGIN + n) * sizeof *all), *p = all + 2 * MARGIN;
    ck_assert_ptr_nonnull(all);
    memcpy(all, &n, sizeof n);
    for (size_t i = 0; i < n + 2 * MARGIN; i++) memcpy(p - MARGIN + i, &guard, sizeof guard);
    return p;
}

void guarded_free(float *p)
{
    if (p) free(p - 2 * MARGIN);
}

float guarded_take(float *p)
{
    float value = *p;
    memcpy(p, &guard, sizeof guard);
    return value;
}

bool guarded_whole(const float *p)
{
    size_t n = size_of(p) + 2 * MARGIN;
    for (size_t i = 0; i < n; i++)
        if (memcmp(p - MARGIN + i, &guard, sizeof guard) != 0) return false;
    return true;
}

bool guarded_same(const float *a, const float *b)
{
    return size_of(a) == size_of(b) && same_bits(a - MARGIN, b - MARGIN, size_of(a) + 2 * MARGIN);
}

bool same_bits(const float *a, const float *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

float values_next(values *v)
{
    if (!v->exact) return (float)lc_rng_normal(&v->rng);
    return (float)((int)(31 * lc_rng_uniform(&v->rng)) - 15) / 16;
}

size_t values_upto(values *v, size_t n)
{
    return 1 + (size_t)((double)n * lc_rng_uniform(&v->rng));
}

plain plain_create(size_t rows, size_t width, size_t ld)
{
    return (plain){guarded(rows * ld), rows, width, ld};
}

void plain_draw(const plain *p, values *v, double scale)
{
    for (size_t r = 0; r < p->rows; r++)
        for (size_t i = 0; i < p->width; i++) p->at[r * p->ld + i] = (float)(scale * (double)values_next(v));
}

paneled paneled_create(size_t lanes, size_t units, size_t rows, size_t parts, size_t slack)
{
    paneled p = {NULL, lanes, units, (units + lanes - 1) / lanes, rows, parts, rows * parts * lanes + slack};
    p.at = guarded(p.panels * p.panel);
    return p;
}

void paneled_draw(const paneled *p, values *v, double scale)
{
    for (size_t r = 0; r < p->rows; r++)
        for (size_t part = 0; part < p->parts; part++)
            for (size_t u = 0; u < p->panels * p->lanes; u++)
                *paneled_at(p, r, part, u) = u < p->units ? (float)(scale * (double)values_next(v)) : 0;
}

paneled paneled_like(const paneled *p)
{
    paneled like = *p;
    like.at = guarded(p->panels * p->panel);
    return like;
}

void paneled_copy(const paneled *to, size_t at, const paneled *p, size_t from, size_t rows)
{
    size_t floats = rows * p->parts * p->lanes;
    for (size_t u = 0; u < p->units; u += p->lanes)
        memcpy(paneled_at(to, at, 0, u), paneled_at(p, from, 0, u), floats * sizeof *to->at);
}

float *paneled_transposed(const paneled *w, size_t from, size_t outputs)
{
    size_t lanes = w->lanes, padded = (outputs + lanes - 1) / lanes * lanes;
    float *to = guarded(padded * w->panels * 4 * lanes);
    for (size_t k = 0; k < padded; k++)
        for (size_t gate = 0; gate < 4; gate++)
            for (size_t u = 0; u < w->panels * lanes; u++) {
                size_t block = (k / lanes * w->panels + u / lanes) * 4 + gate;
                float *at = to + block * lanes * lanes + u % lanes * lanes + k % lanes;
                *at = k < outputs && u < w->units ? *paneled_at(w, from + k, gate, u) : 0;
            }
    return to;
}
