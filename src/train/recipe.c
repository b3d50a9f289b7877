#include "train/recipe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/order.h"
#include "data/calendar.h"

enum {
    BIG = 4000,    /* windows from which on the network is wider and learns longer, */
    HUGE = 100000, /* and longer still */
    MEDIUM = 1000, /* rows: up to here the median with statistical models is the forecast, */
    LONG = 1500,   /* and from here on it has no part in it */
    SHORT = 5000,  /* rows: below, all of them are learned from once the number of steps is known */
    TRIO = 3,      /* networks, of which one learns no linear branch where skip is mixed: from BIG windows on */
    DAY = 48       /* rows: the longest season that a segment spans */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

static lc_code median_rows(double *out, const lc_panel *p, const lc_split *split, lc_status *st)
{
    size_t *rows = lc_calloc(p->n_series, sizeof *rows), n = p->n_series;
    if (!rows) return lc_fail_memory(st);
    for (size_t i = 0; i < n; i++) rows[i] = lc_split_rows(p, split, i);
    qsort(rows, n, sizeof *rows, lc_ascending_counts);
    const size_t low = n ? (n - 1) / 2 : 0, high = n / 2;
    *out = n ? ((double)rows[low] + (double)rows[high]) / 2 : 0;
    lc_free(rows);
    return LC_OK;
}

/* A segment is a season, or the largest part of a longer one that divides it. */
static size_t default_segment(size_t m, size_t horizon)
{
    enum { LEAST = 2, FEW = 8, LEAST_PART = 6, PART = 24 };
    if (m < 4) return largest(LEAST, least(horizon, FEW));
    if (m <= DAY) return m;
    for (size_t w = DAY; w >= LEAST_PART; w--)
        if (m % w == 0) return w;
    return PART;
}

/* Rows that the network should see where there are enough. */
static size_t wanted_lookback(size_t m, size_t horizon)
{
    enum { SEASONS = 14, WEEKS = 52, WEEK_OF_HALF_HOURS = 336, LEAST = 32 };
    if (m < 4) return largest(2 * horizon, LEAST);
    if (m <= 24) return SEASONS * m;
    return m == WEEKS ? 2 * m : largest(2 * m, WEEK_OF_HALF_HOURS);
}

static size_t default_lookback(size_t m, size_t horizon, size_t w, double rows)
{
    const double share = 0.35; /* of the usual series */
    size_t k = (size_t)(fmin((double)wanted_lookback(m, horizon), share * rows) / (double)w);
    k = largest(k, 2);
    while (k > 1 && (double)(w * k + horizon + 8) > rows) k--;
    return w * k;
}

/* Does the logarithm make the spread of a series even? Whether sd / mean varies less than sd over blocks of a season
 * (after Guerrero 1993). 1: yes, 0: no, -1: nothing to say; *positive is cleared by a value that has no logarithm. */
static int wants_log(const lc_series *s, size_t n, size_t m, bool *positive)
{
    enum { LEAST_BLOCK = 4, QUARTER = 13, LEAST_BLOCKS = 4 };
    for (size_t t = 0; t < n; t++)
        if (lc_is_observed(s, t) && !(lc_value(s, t) > 0)) {
            *positive = false;
            return -1;
        }
    const size_t block = m <= DAY ? largest(m, LEAST_BLOCK) : QUARTER, blocks = n / block;
    if (blocks < LEAST_BLOCKS) return -1;
    double mean[2] = {0, 0}, square[2] = {0, 0};
    for (size_t b = 0; b < blocks; b++) {
        const size_t at = n - (blocks - b) * block;
        double level = 0, spread = 0;
        for (size_t t = 0; t < block; t++) level += lc_value(s, at + t) / (double)block;
        for (size_t t = 0; t < block; t++) {
            const double d = lc_value(s, at + t) - level;
            spread += d * d / (double)(block - 1);
        }
        const double x[2] = {sqrt(spread), sqrt(spread) / level};
        for (int k = 0; k < 2; k++) {
            const double d = x[k] - mean[k];
            mean[k] += d / (double)(b + 1);
            square[k] += d * (x[k] - mean[k]);
        }
    }
    if (!(mean[0] > 0)) return -1;
    const double raw = sqrt(square[0]) / mean[0], relative = sqrt(square[1]) / mean[1];
    return isfinite(raw) && isfinite(relative) && relative < raw;
}

static bool default_log(const lc_panel *p, const lc_split *split, size_t m)
{
    size_t yes = 0, asked = 0;
    bool positive = true;
    for (size_t i = 0; positive && i < p->n_series; i++) {
        const int answer = wants_log(&p->series[i], lc_split_rows(p, split, i), m, &positive);
        asked += answer >= 0;
        yes += answer > 0;
    }
    return positive && asked && 2 * yes >= asked;
}

lc_split lc_recipe_split(const lc_settings *s, size_t n_series, size_t n)
{
    const size_t h = s->horizon, need = s->lookback + h;
    const size_t windows = n >= need ? n - need + 1 : 0, floor_windows = n_series < LC_RECIPE_MANY_SERIES ? 2 : 1;
    size_t valid = 1;
    if (n_series < LC_RECIPE_MANY_SERIES) {
        const double share = floor(s->valid * (double)n) - (double)h + 1;
        valid = largest(least(h, n / 10), share > 0 ? (size_t)share : 0);
    }
    valid = largest(floor_windows, least(valid, largest(windows / 3, 1)));
    const size_t first = h + valid - 1; /* rows from the first validation target on */
    return (lc_split){n > first ? n - first : 0, n};
}

bool lc_recipe_plain(const lc_settings *s, size_t member)
{
    return strcmp(s->skip, "mixed") == 0 && member % TRIO == TRIO - 1;
}

lc_span lc_recipe_training(const lc_settings *s, lc_split split)
{
    if (split.train <= s->horizon) return (lc_span){0, 0, 0};
    const size_t last = split.train - s->horizon;
    return (lc_span){least(s->lookback, last), last + 1, split.train};
}

/* Beside a day, a week. Steps without a length: what a day usually has. */
static size_t default_second(size_t m, const lc_freq *f)
{
    const int64_t length = lc_freq_length(f);
    const bool day = f->unit == LC_FREQ_STEP ? m == 24 || m == 48 || m == 96 : (int64_t)m * length == LC_MICROS_PER_DAY;
    return day && f->unit != LC_FREQ_BUSINESS ? 7 * m : 1;
}

static double training_windows(const lc_settings *s, const lc_panel *p, const lc_split *split)
{
    double windows = 0;
    for (size_t i = 0; i < p->n_series; i++) {
        const size_t n = lc_split_rows(p, split, i);
        const lc_split own = split && split[i].train < split[i].end ? split[i] : lc_recipe_split(s, p->n_series, n);
        const lc_span span = lc_recipe_training(s, own);
        windows += (double)(span.end - span.begin);
    }
    return windows;
}

static lc_code default_training(lc_settings *s, double windows, size_t n_series, double rows, bool ahead, lc_status *st)
{
    const bool big = windows >= BIG, few = n_series < LC_RECIPE_MANY_SERIES;
    if (!s->hidden) s->hidden = big ? 64 : 32;
    if (!s->batch) s->batch = big ? 256 : 32;
    if (!s->steps) s->steps = !big ? 400 : windows < HUGE ? 1000 : 1500;
    if (!s->shards) s->shards = big ? 16 : 4; /* a gradient buffer each, of a network with many outputs */
    if (isnan(s->lr)) s->lr = big ? 1e-3 : 2e-3;
    if (isnan(s->average)) s->average = big ? 0.99 : 0.95;
    lc_code code = LC_OK;
    if (strcmp(s->skip, "auto") == 0) code = lc_settings_set(s, "skip", big && s->members >= TRIO ? "mixed" : "on", st);
    if (code == LC_OK && strcmp(s->final_fit, "auto") == 0)
        code = lc_settings_set(s, "final-fit", few && rows < SHORT ? "on" : "off", st);
    const bool combined = few && rows < LONG && !ahead;
    if (code == LC_OK && strcmp(s->blend_with, "auto") == 0)
        code = lc_settings_set(s, "blend-with", combined ? "median" : "theta", st);
    if (isnan(s->blend) && !few) s->blend = 0;
    /* What is known ahead no statistical forecast knows: whether it helps, validation tells. */
    if (isnan(s->blend) && combined) s->blend = fmin((LONG - rows) / (LONG - MEDIUM), 1);
    if (isnan(s->blend) && s->season >= 4 && !ahead) s->blend = 0;
    return code;
}

lc_code lc_recipe_resolve(lc_settings *s, const lc_panel *p, const lc_split *split, lc_status *st)
{
    double rows;
    const size_t m = s->season;
    lc_code code = median_rows(&rows, p, split, st);
    if (code != LC_OK) return code;
    if (isnan(s->valid)) s->valid = 0.15;
    if (isnan(s->decay)) s->decay = 0.01;
    if (isnan(s->dropout)) s->dropout = 0.2;
    if (isnan(s->patience)) s->patience = 8;
    if (!s->members) s->members = 3;
    if (!s->segment) s->segment = default_segment(m, s->horizon);
    if (!s->lookback) s->lookback = default_lookback(m, s->horizon, s->segment, rows);
    if (s->lookback % s->segment) s->lookback += s->segment - s->lookback % s->segment;
    if (strcmp(s->transform, "auto") == 0)
        code = lc_settings_set(s, "transform", default_log(p, split, m) ? "log" : "none", st);
    if (code == LC_OK && strcmp(s->seasonal_base, "off") != 0) {
        const bool given = strcmp(s->seasonal_base, "on") == 0, many = p->n_series >= LC_RECIPE_MANY_SERIES;
        const bool fits =
            strcmp(s->norm, "window") == 0 && m >= (given ? 2 : 4) && s->lookback >= (many || given ? 2 : 4) * m;
        code = lc_settings_set(s, "seasonal-base", fits ? "on" : "off", st);
    }
    if (!s->second) s->second = default_second(m, &p->freq);
    if (s->second > s->lookback / 2 || strcmp(s->seasonal_base, "on") != 0) s->second = 1;
    if (code == LC_OK)
        code = default_training(s, training_windows(s, p, split), p->n_series, rows, p->n_future > 0, st);
    return code;
}
