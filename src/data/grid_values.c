/* Columns of numbers on the steps of a frame. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "data/grid.h"

/* Several rows of one step become one number; missing ones do not count. */
static bool merge_rows(const lc_grid *b, const lc_frame_rows *rows, lc_numbers value, size_t steps, lc_numbers y)
{
    bool sum = b->merge == LC_MERGE_MEAN || b->merge == LC_MERGE_SUM;
    uint32_t *count = lc_calloc(steps, sizeof *count);
    double *total = sum ? lc_calloc(steps, sizeof *total) : NULL;
    bool ok = count && (!sum || total);
    for (size_t i = 0; ok && i < rows->n; i++) {
        double x = lc_number(value, lc_frame_row(b, rows, i));
        uint32_t k = b->step[i];
        if (k == LC_NO_STEP || isnan(x)) continue;
        if (!count[k]++ || b->merge == LC_MERGE_LAST) lc_number_set(y, k, x);
        if (sum) total[k] += x;
    }
    for (size_t k = 0; ok && sum && k < steps; k++)
        if (count[k] > 1) lc_number_set(y, k, b->merge == LC_MERGE_SUM ? total[k] : total[k] / count[k]);
    lc_free(count);
    lc_free(total);
    return ok;
}

bool lc_grid_column(const lc_grid *b, const lc_frame_rows *rows, size_t value, size_t steps, lc_numbers *out,
                    bool *borrowed)
{
    lc_numbers from = b->t->value[value];
    *borrowed = rows->plain;
    if (!from.f && !from.d) return false;
    if (rows->plain) {
        *out = lc_numbers_from(from, rows->begin);
        return true;
    }
    if (!lc_numbers_create(out, steps, from.d != NULL)) return false;
    for (size_t k = 0; k < steps; k++) lc_number_set(*out, k, (double)NAN);
    if (b->merge != LC_MERGE_NONE) return merge_rows(b, rows, from, steps, *out);
    for (size_t i = 0; i < rows->n; i++)
        if (b->step[i] != LC_NO_STEP) lc_number_set(*out, b->step[i], lc_number(from, lc_frame_row(b, rows, i)));
    return true;
}

/* A loop for each size of numbers: many of them at a time. */
static size_t count_missing(lc_numbers y, size_t n)
{
    size_t missing = 0;
    if (y.f)
        for (size_t k = 0; k < n; k++) missing += y.f[k] != y.f[k];
    else
        for (size_t k = 0; k < n; k++) missing += y.d[k] != y.d[k];
    return missing;
}

bool lc_grid_mask(lc_grid *b, const lc_frame_rows *rows, lc_numbers y, size_t steps, uint8_t **mask, size_t *missing)
{
    const size_t absent = count_missing(y, steps);
    *mask = NULL;
    *missing = absent;
    if (!absent) return true;
    if (!(*mask = lc_calloc(steps, 1))) return false;
    if (!rows->plain) {
        memset(*mask, LC_MISSING_STEP, steps);
        for (size_t i = 0; i < rows->n; i++)
            if (b->step[i] < steps) (*mask)[b->step[i]] = LC_OBSERVED;
    }
    for (size_t k = 0; k < steps; k++) {
        if (!isnan(lc_number(y, k)) || (*mask)[k] == LC_MISSING_STEP) continue;
        (*mask)[k] = LC_MISSING_CELL;
        b->missing_cells++;
    }
    return true;
}

bool lc_grid_fill(lc_numbers y, size_t n, uint32_t **gap)
{
    size_t before = 0;
    *gap = NULL;
    while (before < n && !isnan(lc_number(y, before))) before++;
    if (before == n) return true;
    if (!(*gap = lc_calloc(n, sizeof **gap))) return false;
    for (size_t i = before; i < n; i++)
        if (isnan(lc_number(y, i))) (*gap)[i] = i ? (*gap)[i - 1] + 1 : 1;
    before = 0;
    while (before < n && (*gap)[before]) before++;
    if (before == n) return true;
    for (size_t i = 0; i < before; i++) lc_number_set(y, i, lc_number(y, before));
    for (size_t i = before + 1; i < n; i++) {
        if ((*gap)[i]) continue;
        for (size_t k = before + 1; k < i; k++) {
            double w = (double)(k - before) / (double)(i - before);
            lc_number_set(y, k, lc_number(y, before) * (1 - w) + lc_number(y, i) * w);
        }
        before = i;
    }
    for (size_t i = before + 1; i < n; i++) lc_number_set(y, i, lc_number(y, before));
    return true;
}
