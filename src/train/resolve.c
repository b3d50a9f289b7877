#include "train/resolve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/order.h"
#include "nn/arch.h"
#include "train/recipe.h"

static int descending(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    if (x[0] != y[0]) return x[0] < y[0] ? 1 : -1;
    return x[1] < y[1] ? -1 : x[1] > y[1]; /* qsort is not stable: the order must not depend on it */
}

lc_code lc_resolve_season(size_t *out, const lc_panel *p, const lc_split *split, lc_status *st)
{
    enum { ASK = 16 };
    *out = 1;
    size_t(*order)[2] = lc_calloc(p->n_series, sizeof *order);
    if (!order) return lc_fail_memory(st);
    for (size_t i = 0; i < p->n_series; i++) {
        order[i][0] = lc_split_rows(p, split, i);
        order[i][1] = i;
    }
    qsort(order, p->n_series, sizeof *order, descending);
    size_t found[ASK], n = p->n_series < ASK ? p->n_series : ASK;
    lc_code code = LC_OK;
    for (size_t k = 0; k < n && code == LC_OK; k++) {
        lc_season season;
        const lc_series *s = &p->series[order[k][1]];
        code = lc_season_of(&season, s, lc_known_rows(s->gap, order[k][0]), &p->freq, st);
        found[k] = season.period;
    }
    lc_free(order);
    size_t most = 0;
    for (size_t k = 0; k < n && code == LC_OK; k++) {
        size_t votes = 0;
        for (size_t j = 0; j < n; j++) votes += found[j] == found[k];
        /* Of equally common seasons the shorter one is taken, and any before none. */
        bool better = votes > most || (votes == most && found[k] > 1 && (*out == 1 || found[k] < *out));
        if (better) {
            most = votes;
            *out = found[k];
        }
    }
    return code;
}

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Two seasons or the horizon, whichever is longer, as far as a third of the usual series allows. */
static size_t default_lookback(size_t season, size_t horizon, size_t rows)
{
    enum { LEAST = 16, MOST_SEASON = 56, MOST = 336 };
    size_t want = largest(LEAST, season <= MOST_SEASON ? 2 * season : MOST_SEASON);
    want = largest(want, horizon < MOST ? horizon : MOST);
    size_t room = rows / 3;
    return want <= room ? want : largest(room, 1);
}

/* Windows that a training with these settings will have, to a few. */
static size_t training_windows(const lc_settings *s, const lc_panel *p, const lc_split *split)
{
    size_t windows = 0;
    for (size_t i = 0; i < p->n_series; i++) {
        size_t n = lc_split_rows(p, split, i), valid = largest(s->horizon, (size_t)ceil(s->valid * (double)n));
        size_t train = split ? split[i].train : n > valid ? n - valid : 0;
        if (train > s->horizon + s->lookback) windows += train - s->horizon - s->lookback;
    }
    return windows;
}

/* Many windows make larger minibatches useful, which more threads can share. */
static size_t default_batch(size_t windows)
{
    enum { FEW = 32, MANY = 128, MANY_WINDOWS = 4000 };
    return windows < MANY_WINDOWS ? FEW : MANY;
}

/* Logarithms that were asked for need values that have one. */
static lc_code check_log(const lc_settings *s, const lc_panel *p, const lc_split *split, lc_status *st)
{
    if (strcmp(s->transform, "log") != 0) return LC_OK;
    for (size_t i = 0; i < p->n_series; i++)
        for (size_t t = 0; t < lc_split_rows(p, split, i); t++) {
            if (!lc_is_observed(&p->series[i], t) || lc_value(&p->series[i], t) > 0) continue;
            lc_fail_at(st, LC_E_DATA, p->source, 0, 0, "--transform log needs positive values: \"%.80s\" has %g",
                       p->series[i].id, lc_value(&p->series[i], t));
            lc_hint(st, "leave it out, or give --transform none");
            return LC_E_DATA;
        }
    return LC_OK;
}

lc_code lc_resolve_settings(lc_settings *s, const lc_panel *p, const lc_split *split, lc_status *st)
{
    lc_code code = check_log(s, p, split, st);
    if (code != LC_OK) return code;
    if (!s->horizon) s->horizon = lc_freq_horizon(&p->freq);
    if (!s->season) {
        code = lc_resolve_season(&s->season, p, split, st);
        if (code != LC_OK) return code;
    }
    if (strcmp(s->arch, "auto") == 0) return lc_recipe_resolve(s, p, split, st);
    code = lc_arch_defaults(s, st);
    if (code != LC_OK) return code;
    if (strcmp(s->arch, "lstm") != 0) {
        if (!s->lookback) s->lookback = 2 * s->season;
        return LC_OK;
    }
    if (!s->lookback) {
        size_t *rows = lc_calloc(p->n_series, sizeof *rows);
        if (!rows) return lc_fail_memory(st);
        for (size_t i = 0; i < p->n_series; i++) rows[i] = lc_split_rows(p, split, i);
        qsort(rows, p->n_series, sizeof *rows, lc_ascending_counts);
        s->lookback = default_lookback(s->season, s->horizon, rows[p->n_series / 2]);
        if (p->n_future) s->lookback = largest(s->lookback, s->horizon);
        lc_free(rows);
    }
    if (p->n_future && s->lookback < s->horizon) {
        lc_fail(st, LC_E_USAGE,
                "--lookback %zu is shorter than horizon %zu: part of what --future knows would not be seen",
                s->lookback, s->horizon);
        lc_hint(st, "give a --lookback of %zu or more", s->horizon);
        return LC_E_USAGE;
    }
    if (!s->batch) s->batch = default_batch(training_windows(s, p, split));
    return LC_OK;
}

void lc_resolve_split(lc_split *out, const lc_panel *p, const lc_settings *s, const size_t *rows)
{
    for (size_t i = 0; i < p->n_series; i++) {
        size_t n = rows ? rows[i] : p->series[i].steps;
        if (strcmp(s->arch, "lstm") != 0) {
            out[i] = lc_recipe_split(s, p->n_series, n);
            continue;
        }
        size_t valid = largest(s->horizon, (size_t)ceil(s->valid * (double)n));
        out[i] = (lc_split){n > valid ? n - valid : 0, n};
    }
}
