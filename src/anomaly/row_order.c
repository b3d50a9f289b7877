#include "anomaly/row_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

typedef struct keyed {
    lc_stamp stamp;
    size_t row;
} keyed;

static int by_stamp(const void *a, const void *b)
{
    const keyed *x = a, *y = b;
    if (x->stamp != y->stamp) return x->stamp < y->stamp ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static lc_code sort_frame(lc_row_order *o, size_t frame, lc_status *st)
{
    const size_t begin = o->begin[frame], n = o->begin[frame + 1] - begin;
    size_t i = 1;
    while (i < n && o->stamp[begin + i - 1] <= o->stamp[begin + i]) i++;
    if (i >= n) return LC_OK;
    keyed *k = lc_calloc(n, sizeof *k);
    if (!k) return lc_fail_memory(st);
    for (i = 0; i < n; i++) k[i] = (keyed){o->stamp[begin + i], o->row[begin + i]};
    qsort(k, n, sizeof *k, by_stamp);
    for (i = 0; i < n; i++) {
        o->stamp[begin + i] = k[i].stamp;
        o->row[begin + i] = k[i].row;
    }
    lc_free(k);
    return LC_OK;
}

lc_code lc_row_order_make(lc_row_order *o, const lc_panel *p, lc_status *st)
{
    *o = (lc_row_order){0};
    size_t *next = lc_calloc(p->n_frames, sizeof *next);
    o->begin = lc_calloc(p->n_frames + 1, sizeof *o->begin);
    o->row = lc_calloc(p->n_rows, sizeof *o->row);
    o->stamp = lc_calloc(p->n_rows, sizeof *o->stamp);
    lc_code code = next && o->begin && o->row && o->stamp ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK) {
        memcpy(o->begin, p->first_row, (p->n_frames + 1) * sizeof *o->begin);
        memcpy(next, o->begin, p->n_frames * sizeof *next);
        for (size_t row = 0, left = 0; row < p->n_rows; row++) {
            const lc_row_place place = lc_panel_row(p, row);
            const size_t at = next[place.frame]++;
            o->row[at] = row;
            if (place.step == LC_NO_STEP) o->stamp[at] = p->left_out[left++].stamp;
            else o->stamp[at] = lc_panel_stamp(p, &p->frames[place.frame], place.step);
        }
    }
    for (size_t i = 0; code == LC_OK && i < p->n_frames; i++) code = sort_frame(o, i, st);
    lc_free(next);
    return code;
}

void lc_row_order_free(lc_row_order *o)
{
    lc_free(o->begin);
    lc_free(o->row);
    lc_free(o->stamp);
    *o = (lc_row_order){0};
}

size_t lc_row_order_find(const lc_row_order *o, size_t frame, lc_stamp t)
{
    size_t lo = o->begin[frame], hi = o->begin[frame + 1];
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (o->stamp[mid] < t) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}
