#include "anomaly/nab.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/event_count.h"
#include "base/memory.h"

const lc_nab_profile lc_nab_profiles[LC_NAB_PROFILES] = {
    {"standard", 1, 0.11, 1}, {"low-fp", 1, 0.22, 1}, {"low-fn", 1, 0.11, 2}};

#define NO_WINDOW SIZE_MAX

typedef struct lc_nab_row {
    double score;
    double worth;  /* of a flag here, before the weights of a profile */
    size_t window; /* NO_WINDOW: outside all of them */
    bool flag;
} lc_nab_row;

size_t lc_nab_probation(size_t rows)
{
    enum { MOST = 750 };
    const size_t share = (size_t)floor(0.15 * (double)rows);
    return share < MOST ? share : MOST;
}

double lc_nab_sigmoid(double y)
{
    return y >= 3 ? -1 : 2 / (1 + exp(5 * y)) - 1;
}

/* Rows from i on that belong to its event. */
static size_t event_length(const uint8_t *label, size_t i, size_t n)
{
    size_t end = i + 1;
    while (end < n && label[end] == LC_LABEL_ANOMALY) end++;
    return end - i;
}

lc_code lc_nab_add(lc_nab *b, const uint8_t *label, const uint8_t *flag, const double *score, size_t n, lc_status *st)
{
    const size_t probation = lc_nab_probation(n);
    size_t begin = 0, width = 0, need; /* of the window at hand or the last one */
    if (!lc_add(b->n, n, &need) || !LC_GROW(&b->row, &b->cap, need)) return lc_fail_memory(st);
    size_t counted = 0; /* rows of the window at hand */
    for (size_t i = 0; i < n; i++) {
        if (lc_label_begins(i ? label[i - 1] : LC_LABEL_NONE, label[i])) {
            begin = i;
            width = event_length(label, i, n);
            counted = 0;
        }
        if (i < probation) continue;
        lc_nab_row *r = &b->row[b->n++];
        *r = (lc_nab_row){score[i], -1, NO_WINDOW, flag[i] != 0};
        if (label[i]) {
            if (!counted++) b->windows++;
            r->window = b->windows - 1;
            r->worth = lc_nab_sigmoid(-(double)(begin + width - i) / (double)width) / lc_nab_sigmoid(-1);
        } else if (width > 1) {
            r->worth = lc_nab_sigmoid((double)(i - (begin + width - 1)) / (double)(width - 1));
        }
    }
    return LC_OK;
}

void lc_nab_free(lc_nab *b)
{
    free(b->row);
    *b = (lc_nab){0};
}

/* ---- scores ---- */

typedef struct tally {
    double *best; /* (windows) the most that a flag so far is worth; below 0: none */
    double inside, outside;
    size_t hit;
} tally;

static void tally_clear(tally *t, size_t windows)
{
    for (size_t i = 0; i < windows; i++) t->best[i] = -1;
    t->inside = t->outside = 0;
    t->hit = 0;
}

static void tally_flag(tally *t, const lc_nab_row *r)
{
    if (r->window == NO_WINDOW) {
        t->outside += r->worth;
        return;
    }
    double *best = &t->best[r->window];
    t->hit += *best < 0;
    if (r->worth <= *best) return;
    t->inside += r->worth - (*best < 0 ? 0 : *best);
    *best = r->worth;
}

static double normalised(const tally *t, const lc_nab_profile *p, size_t windows)
{
    const double all = (double)windows;
    const double sum = p->hit * t->inside - p->miss * (double)(windows - t->hit) + p->false_alarm * t->outside;
    return 100 * (sum + p->miss * all) / ((p->hit + p->miss) * all);
}

static int by_falling_score(const void *a, const void *b)
{
    const double x = ((const lc_nab_row *)a)->score, y = ((const lc_nab_row *)b)->score;
    return (x < y) - (x > y);
}

lc_code lc_nab_score(lc_nab_scores *out, lc_nab *b, lc_status *st)
{
    for (size_t p = 0; p < LC_NAB_PROFILES; p++) out->flags[p] = out->best[p] = out->threshold[p] = (double)NAN;
    if (!b->windows) return LC_OK;
    tally t = {.best = lc_calloc(b->windows, sizeof *t.best)};
    if (!t.best) return lc_fail_memory(st);
    tally_clear(&t, b->windows);
    for (size_t i = 0; i < b->n; i++)
        if (b->row[i].flag) tally_flag(&t, &b->row[i]);
    for (size_t p = 0; p < LC_NAB_PROFILES; p++) {
        out->flags[p] = normalised(&t, &lc_nab_profiles[p], b->windows);
        out->best[p] = 0;
        out->threshold[p] = (double)INFINITY;
    }
    tally_clear(&t, b->windows);
    qsort(b->row, b->n, sizeof *b->row, by_falling_score);
    for (size_t i = 0; i < b->n; i++) {
        tally_flag(&t, &b->row[i]);
        if (i + 1 < b->n && b->row[i + 1].score == b->row[i].score) continue;
        for (size_t p = 0; p < LC_NAB_PROFILES; p++) {
            const double here = normalised(&t, &lc_nab_profiles[p], b->windows);
            if (here <= out->best[p]) continue;
            out->best[p] = here;
            out->threshold[p] = b->row[i].score;
        }
    }
    lc_free(t.best);
    return LC_OK;
}
