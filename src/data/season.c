#include "data/season.h"

#include <math.h>

#include "base/memory.h"
#include "base/sums.h"

#define MOST_VALUES LC_SEASON_VALUES
#define MOST_VALUES_FREE 5000
#define ACCEPT_Z 2.5
#define ACCEPT_Z_FREE 4.5 /* thousands of periods are tried at once */
#define CLIP_FROM 200     /* values from which on outliers are clipped */
#define COARSE_BINS 12
#define COARSE_FROM 24
/* Against a largest value near 1: a spread below this is rounding, not data. */
#define ROUNDING 1e-12

typedef struct {
    double acf, z;
    bool peak; /* the autocorrelation is no lower a little before and after the period */
} verdict;

/* Work arrays, each (n) for the longest series that is tested. */
typedef struct {
    double *x;                /* the series, made smaller so that its largest value is near 1 */
    double *coarse;           /* its means over bins of a twelfth of a period */
    double *detrended, *left; /* left: after phase means or after first-order autocorrelation */
    double *phase;            /* means by phase */
    double *scratch;          /* (2n) */
} workspace;

static double mean_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum / (double)n;
}

/* Keeps the `k` smallest of sign * x in a heap whose root is the largest of them, so that the cost is bounded whatever
 * the order of the values. Returns the root; *below gets the next smaller one (k >= 2). */
static double kth_smallest(double *heap, size_t k, const double *x, size_t n, double sign, double *below)
{
    for (size_t i = 0; i < n; i++) {
        double v = sign * x[i];
        size_t at;
        if (i < k) {
            for (at = i; at && heap[(at - 1) / 2] < v; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
        } else {
            if (v >= heap[0]) continue;
            at = 0;
            for (size_t child = 1; child < k; child = 2 * at + 1) {
                if (child + 1 < k && heap[child + 1] > heap[child]) child++;
                if (heap[child] <= v) break;
                heap[at] = heap[child];
                at = child;
            }
        }
        heap[at] = v;
    }
    *below = k > 2 && heap[2] > heap[1] ? heap[2] : heap[1];
    return heap[0];
}

/* Clips x to its 1 % and 99 % quantiles (linear between order statistics). scratch (n). */
static void clip_outliers(double *x, size_t n, double *scratch)
{
    if (n < CLIP_FROM) return;
    double place = .01 * (double)(n - 1);
    size_t k = (size_t)place;
    double fraction = place - (double)k;
    double bound[2];
    for (int side = 0; side < 2; side++) {
        double below;
        double above = kth_smallest(scratch, k + 2, x, n, side ? -1 : 1, &below);
        bound[side] = below + (above - below) * fraction;
    }
    for (size_t i = 0; i < n; i++) x[i] = x[i] < bound[0] ? bound[0] : x[i] > -bound[1] ? -bound[1] : x[i];
}

/* Autocorrelation of the centred d (n) with mean square `power`, over the pairs there are; -1 when there are too few.
 */
static double autocorrelation(const double *d, size_t n, size_t lag, double power)
{
    if (!lag || lag + 1 >= n) return -1;
    return lc_dot(d + lag, d, n - lag) / (double)(n - lag) / power;
}

/* How many of n values fall on phase p. */
static size_t phase_count(size_t n, size_t period, size_t p)
{
    return (n - p - 1) / period + 1;
}

static void phase_means(double *means, const double *x, size_t n, size_t period)
{
    for (size_t p = 0; p < period; p++) means[p] = 0;
    for (size_t start = 0; start < n; start += period) {
        const size_t length = n - start < period ? n - start : period;
        for (size_t p = 0; p < length; p++) means[p] += x[start + p];
    }
    for (size_t p = 0; p < period; p++) means[p] /= (double)phase_count(n, period, p);
}

/* Sum of squares of x minus its phase means; the remainder goes to `out` unless it is NULL. */
static double within(double *out, const double *means, const double *x, size_t n, size_t period)
{
    double sum = 0;
    for (size_t start = 0; start < n; start += period) {
        const size_t length = n - start < period ? n - start : period;
        for (size_t p = 0; p < length; p++) {
            double r = x[start + p] - means[p];
            if (out) out[start + p] = r;
            sum += r * r;
        }
    }
    return sum;
}

/* F statistic of a one-way analysis of variance by phase, on Wilson & Hilferty's (1931) approximately normal scale
 * (Paulson 1942): z = ((1-b) F^(1/3) - (1-a)) / sqrt(b F^(2/3) + a),   a = 2/(9 k), b = 2/(9 v) for k and v degrees of
 * freedom */
static double variance_score(const double *e, size_t n, size_t period, double *means)
{
    phase_means(means, e, n, period);
    const double all = mean_of(e, n);
    double between = 0;
    for (size_t p = 0; p < period; p++) {
        double count = (double)phase_count(n, period, p);
        between += count * (means[p] - all) * (means[p] - all);
    }
    double rest = within(NULL, means, e, n, period);
    if (!(between > 0)) return 0;
    rest = fmax(rest, between * 1e-30); /* a season without any noise */
    const double k = (double)(period - 1), v = (double)(n - period);
    const double a = 2 / (9 * k), b = 2 / (9 * v);
    const double root = cbrt((between / k) / (rest / v));
    return ((1 - b) * root - (1 - a)) / sqrt(b * root * root + a);
}

/* Holds x (n >= 3 period, largest value near 1) against one period. */
static verdict judge(const workspace *w, const double *x, size_t n, size_t period)
{
    verdict none = {0, 0, false};
    double *d = w->detrended;
    const size_t half = period / 2;
    const size_t count = lc_centred_average(d, w->scratch, x, n, period);
    for (size_t i = 0; i < count; i++) d[i] = x[i + half] - d[i];
    clip_outliers(d, count, w->scratch);

    /* The analysis of variance first, on d itself: its mean makes no difference there. */
    phase_means(w->phase, d, count, period);
    const double rest = within(w->left, w->phase, d, count, period);
    const double square = lc_dot(d, d, count);
    if (square <= (double)count * ROUNDING * ROUNDING) return none;
    double phi = 0;
    if (rest > square * 1e-24) phi = fmin(fmax(lc_dot(w->left + 1, w->left, count - 1) / rest, 0), 1);
    for (size_t i = 0; i + 1 < count; i++) w->left[i] = d[i + 1] - phi * d[i];
    verdict out;
    out.z = variance_score(w->left, count - 1, period, w->phase);

    const double mean = mean_of(d, count);
    for (size_t i = 0; i < count; i++) d[i] -= mean;
    const double power = lc_dot(d, d, count) / (double)count;
    const size_t aside = period > 2 ? (period / 6 > 1 ? period / 6 : 1) : 0;
    out.acf = power > ROUNDING * ROUNDING ? autocorrelation(d, count, period, power) : 0;
    double before = autocorrelation(d, count, aside ? period - aside : 1, power);
    double after = autocorrelation(d, count, aside ? period + aside : 3, power);
    out.peak = out.acf >= before && out.acf >= after;
    return out;
}

static size_t bin_start(size_t bin, size_t period)
{
    return (bin * period + COARSE_BINS - 1) / COARSE_BINS;
}

/* Means of x (n) over `bins` twelfths of a period, at their centres. Where twelve does not divide the period, bins are
 * not equally long and the mean of a trend would wobble in step with the season: the local slope carries each mean to
 * where its centre should be. */
static void bin_means(double *out, const double *x, size_t bins, size_t period)
{
    for (size_t b = 0; b < bins; b++) {
        const size_t from = bin_start(b, period), to = bin_start(b + 1, period);
        double sum = 0;
        for (size_t i = from; i < to; i++) sum += x[i];
        out[b] = sum / (double)(to - from);
    }
    if (period % COARSE_BINS == 0) return;
    double before = out[0]; /* as it was */
    for (size_t b = 0; b < bins; b++) {
        const size_t left = b ? b - 1 : b, right = b + 1 < bins ? b + 1 : b;
        const double now = out[b];
        /* Twice the centres, counted from the first value's left edge. */
        const size_t left_centre = bin_start(left, period) + bin_start(left + 1, period);
        const size_t right_centre = bin_start(right, period) + bin_start(right + 1, period);
        const size_t centre = bin_start(b, period) + bin_start(b + 1, period);
        const double slope = (out[right] - before) / (double)(right_centre - left_centre);
        out[b] = now + slope * ((double)((2 * b + 1) * period) / COARSE_BINS - (double)centre);
        before = now;
    }
}

/* The same on twelve bins a period as well, where a long period of noisy phases shows more clearly; the stronger
 * verdict counts. */
static verdict judge_coarsely(const workspace *w, size_t n, size_t period)
{
    verdict fine = judge(w, w->x, n, period);
    const size_t bins = n * COARSE_BINS / period;
    if (period < COARSE_FROM || bins < 3 * COARSE_BINS + 1) return fine;
    bin_means(w->coarse, w->x, bins, period);
    verdict rough = judge(w, w->coarse, bins, COARSE_BINS);
    if (rough.z <= fine.z) return fine;
    if (fine.peak && fine.acf > rough.acf) rough.acf = fine.acf;
    return rough;
}

/* Takes the last `most` values of y, scaled by a power of two. *usable: they vary at all. */
static lc_code open_workspace(workspace *w, size_t *used, bool *usable, const double *y, size_t n, size_t most,
                              lc_status *st)
{
    *w = (workspace){0};
    *used = n < most ? n : most;
    *usable = false;
    y += n - *used;
    double largest = 0, low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < *used; i++) {
        if (!isfinite(y[i])) {
            return lc_fail(st, LC_E_DATA, "season search: value %zu of %zu is not finite", n - *used + i + 1, n);
        }
        largest = fmax(largest, fabs(y[i]));
        low = fmin(low, y[i]);
        high = fmax(high, y[i]);
    }
    if (!(high > low)) return LC_OK;
    w->x = lc_calloc(7 * *used, sizeof(double));
    if (!w->x) return lc_fail_memory(st);
    w->coarse = w->x + *used;
    w->detrended = w->coarse + *used;
    w->left = w->detrended + *used;
    w->phase = w->left + *used;
    w->scratch = w->phase + *used;
    int exponent;
    frexp(largest, &exponent);
    for (size_t i = 0; i < *used; i++) w->x[i] = ldexp(y[i], -exponent);
    *usable = true;
    return LC_OK;
}

lc_code lc_season_find_periods(lc_season *out, const double *y, size_t n, const size_t *periods, size_t n_periods,
                               lc_status *st)
{
    *out = (lc_season){.period = 1};
    if (n_periods > LC_SEASON_CANDIDATES) {
        return lc_fail(st, LC_E_USAGE, "season search: %zu periods are too many (at most %d)", n_periods,
                       LC_SEASON_CANDIDATES);
    }
    for (size_t i = 0; i < n_periods; i++) {
        if (periods[i] >= 2 && (!i || periods[i] > periods[i - 1])) continue;
        return lc_fail(st, LC_E_USAGE, "season search: periods must ascend from 2, period %zu is %zu", i + 1,
                       periods[i]);
    }
    workspace w;
    size_t used;
    bool usable;
    lc_code code = open_workspace(&w, &used, &usable, y, n, MOST_VALUES, st);
    if (code != LC_OK || !usable) return code;
    for (size_t i = 0; i < n_periods && periods[i] <= used / 3; i++) {
        const size_t p = periods[i];
        verdict v = judge_coarsely(&w, used, p);
        bool accepted = v.z > ACCEPT_Z && v.acf > 0 && (v.peak || p < 4);
        out->candidate[out->n++] = (lc_season_candidate){p, v.acf, v.z, accepted};
        if (!accepted) continue;
        if (out->period == 1) out->period = p;
        else if (!out->second) out->second = p;
    }
    lc_free(w.x);
    return LC_OK;
}

/* Inserts a candidate into the list, which is held by falling z from place `first` on; the weakest drops out. */
static void insert_candidate(lc_season *s, size_t first, lc_season_candidate c)
{
    size_t at = s->n;
    while (at > first && s->candidate[at - 1].z < c.z) at--;
    if (at == LC_SEASON_CANDIDATES) return;
    if (s->n < LC_SEASON_CANDIDATES) s->n++;
    for (size_t i = s->n - 1; i > at; i--) s->candidate[i] = s->candidate[i - 1];
    s->candidate[at] = c;
}

/* Chooses among the local maxima c (n, by rising period): the smallest accepted period that is nearly as good as the
 * best in both measures, since multiples of a season look like seasons too; else the strongest. Index, or n when none
 * is accepted. */
static size_t choose(const lc_season_candidate *c, size_t n)
{
    double best_acf = 0, best_z = 0;
    size_t strongest = n;
    for (size_t i = 0; i < n; i++) {
        if (!c[i].accepted) continue;
        if (strongest == n || c[i].z > c[strongest].z) strongest = i;
        best_acf = fmax(best_acf, c[i].acf);
        best_z = fmax(best_z, c[i].z);
    }
    for (size_t i = 0; i < n; i++) {
        if (c[i].accepted && c[i].acf >= .8 * best_acf && c[i].z >= .8 * best_z) return i;
    }
    return strongest;
}

/* Keeps the local maxima of z among c[1..n], where c[0] and c[n+1] are bounds; returns how many moved to the front of
 * c. */
static size_t keep_maxima(lc_season_candidate *c, size_t n, double least_acf)
{
    size_t kept = 0;
    double before = c[0].z;
    for (size_t i = 1; i <= n; i++) {
        lc_season_candidate now = c[i];
        bool maximum = now.z >= before && now.z >= c[i + 1].z;
        before = now.z;
        if (!maximum) continue;
        /* `accepted` still holds whether the autocorrelation has a peak. */
        now.accepted = now.accepted && now.z > ACCEPT_Z_FREE && now.acf > least_acf;
        c[kept++] = now;
    }
    return kept;
}

lc_code lc_season_find_free(lc_season *out, const double *y, size_t n, lc_status *st)
{
    *out = (lc_season){.period = 1};
    lc_season_candidate *c = NULL;
    workspace w;
    size_t used;
    bool usable;
    lc_code code = open_workspace(&w, &used, &usable, y, n, MOST_VALUES_FREE, st);
    if (code != LC_OK || !usable || used < 6) goto done;
    const size_t tested = used / 3 - 1; /* periods 2 to used / 3 */
    c = lc_calloc(tested + 2, sizeof *c);
    if (!c) {
        code = lc_fail_memory(st);
        goto done;
    }
    c[0].z = c[tested + 1].z = -INFINITY;
    for (size_t i = 1; i <= tested; i++) {
        verdict v = judge(&w, w.x, used, i + 1);
        c[i] = (lc_season_candidate){i + 1, v.acf, v.z, v.peak};
    }
    const size_t maxima = keep_maxima(c, tested, 2 / sqrt((double)used));
    const size_t chosen = choose(c, maxima);
    if (chosen < maxima) {
        out->period = c[chosen].period;
        out->candidate[out->n++] = c[chosen];
    }
    const size_t first = out->n;
    for (size_t i = 0; i < maxima; i++) {
        if (i != chosen) insert_candidate(out, first, c[i]);
    }

done:
    lc_free(w.x);
    lc_free(c);
    return code;
}
