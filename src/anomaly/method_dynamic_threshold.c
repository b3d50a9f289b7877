/* The nonparametric dynamic error threshold of Hundman, Constantinou, Laporte, Colwell and Soderstrom, "Detecting
 * spacecraft anomalies using LSTMs and nonparametric dynamic thresholding" (KDD 2018), section 3.2.
 *
 * Errors |e| are smoothed to e_s. In a window of them the threshold is eps = mean(e_s) + z sd(e_s) with the z whose
 * removal of what lies above takes most off mean and sd for the fewest errors and sequences:
 *   (dmean/mean + dsd/sd) / (|e_a| + |E_seq|^2)
 * e_a: the errors above eps; E_seq: the sequences of neighbours that they form. Then sequences are pruned: their maxima
 * and the largest error below eps are sorted, and those after the last fall by more than PRUNE are taken back.
 *
 * The window ends with a batch of rows, which get their verdicts by it. It has no rate of false alarms to ask for. */
#include <math.h>
#include <stdlib.h>

#include "anomaly/method.h"
#include "base/memory.h"
#include "base/order.h"

enum {
    BATCH = 70,
    WINDOW = 30 * BATCH,
    LEAST = 5 * BATCH,  /* errors before the first verdict: the paper waits for a whole window */
    SPAN = WINDOW / 20, /* of the moving average, whose weights fall by 1 - 2 / (SPAN + 1) a row */
    CANDIDATES = 17     /* z = 2, 2.5 ... 10 */
};

static const double least_z = 2, step_z = 0.5, PRUNE = 0.13;

static double mean_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum / (double)n;
}

static double sd_of(const double *x, size_t n, double mean)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
    return sqrt(sum / (double)n);
}

/* What a threshold is worth; -1 where nothing lies above it. below: (n) scratch */
static double worth(const double *e, size_t n, double eps, double mean, double sd, double *below)
{
    size_t n_below = 0, above = 0, sequences = 0;
    for (size_t i = 0; i < n; i++) {
        if (e[i] < eps) below[n_below++] = e[i];
        if (e[i] > eps) {
            above++;
            sequences += i == 0 || !(e[i - 1] > eps);
        }
    }
    if (above == 0) return -1;
    double mean_below = mean_of(below, n_below), sd_below = sd_of(below, n_below, mean_below);
    return ((mean - mean_below) / mean + (sd - sd_below) / sd) /
           ((double)above + (double)sequences * (double)sequences);
}

/* The threshold of a window, the largest of equals; *found is false where no candidate leaves anything above it, and
 * the threshold then the least candidate. */
static double choose(const double *e, size_t n, double *below, bool *found)
{
    double mean = mean_of(e, n), sd = sd_of(e, n, mean), best = 0, eps = mean + least_z * sd;
    *found = false;
    if (!(sd > 1e-9 * mean)) return eps; /* equal but for rounding */
    for (int c = 0; c < CANDIDATES; c++) {
        double candidate = mean + (least_z + step_z * c) * sd, value = worth(e, n, candidate, mean, sd, below);
        if (value < 0) break; /* nor does anything lie above larger ones */
        if (!*found || value >= best) {
            best = value;
            eps = candidate;
            *found = true;
        }
    }
    return eps;
}

/* The smallest maximum of a sequence that pruning leaves; infinite where it leaves none. maxima: (n) scratch */
static double pruned(const double *e, size_t n, double eps, double *maxima)
{
    size_t sequences = 0;
    double largest_below = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(e[i] > eps)) {
            largest_below = fmax(largest_below, e[i]);
        } else if (i == 0 || !(e[i - 1] > eps)) {
            maxima[sequences++] = e[i];
        } else {
            maxima[sequences - 1] = fmax(maxima[sequences - 1], e[i]);
        }
    }
    qsort(maxima, sequences, sizeof *maxima, lc_ascending_reals);
    double next = largest_below;
    for (size_t i = 0; i < sequences; i++) { /* from the end of the paper's list: the last fall comes first */
        if ((maxima[i] - next) / maxima[i] > PRUNE) return maxima[i];
        next = maxima[i];
    }
    return INFINITY;
}

/* Verdicts on the last `fresh` errors of a window of n. row: (n) which row an error belongs to. scratch: (n) */
static void judge(lc_finding *out, const double *e, const size_t *row, size_t n, size_t fresh, double *scratch)
{
    bool found;
    double eps = choose(e, n, scratch, &found);
    double least = found ? pruned(e, n, eps, scratch) : INFINITY;
    for (size_t i = n - fresh; i < n; i++) {
        lc_finding *f = &out[row[i]];
        if (found && e[i] > eps) {
            double largest = e[i];
            for (size_t k = i; k-- > 0 && e[k] > eps;) largest = fmax(largest, e[k]);
            for (size_t k = i + 1; k < n && e[k] > eps; k++) largest = fmax(largest, e[k]);
            f->raised = largest >= least;
        }
        f->scored = true;
        f->score = eps > 0 ? lc_finding_score(e[i], eps, f->raised) : 0;
    }
}

static lc_code find(lc_finding *out, const double *y, const double *expected, size_t n, const lc_method_options *o,
                    lc_status *st)
{
    (void)o;
    lc_code code = LC_OK;
    double *e = lc_calloc(n, sizeof *e), *scratch = lc_calloc(WINDOW, sizeof *scratch);
    size_t *row = lc_calloc(n, sizeof *row);
    if (!e || !scratch || !row) {
        code = lc_fail_memory(st);
        goto done;
    }
    const double keep = 1 - 2.0 / (SPAN + 1);
    double smoothed = 0, weight = 0;
    size_t k = 0; /* errors */
    for (size_t i = 0; i < n; i++) {
        out[i] = lc_method_silence(expected[i]);
        double error = fabs(y[i] - expected[i]);
        if (!isfinite(error)) continue;
        weight = 1 + keep * weight;
        smoothed += (error - smoothed) / weight;
        row[k] = i;
        e[k++] = smoothed;
    }
    for (size_t start = 0; start < k; start += BATCH) {
        size_t end = k - start > BATCH ? start + BATCH : k, from = end > WINDOW ? end - WINDOW : 0;
        if (start + BATCH > LEAST) judge(out, e + from, row + from, end - from, end - start, scratch);
    }
    lc_method_mark_events(out, n);
done:
    lc_free(e);
    lc_free(scratch);
    lc_free(row);
    return code;
}

const lc_method lc_method_dynamic_threshold = {
    .name = "dynamic-threshold",
    .about = "NASA's nonparametric dynamic error threshold (Hundman et al. 2018)",
    .heeds_alarms_per = false,
    .least = LEAST,
    .lookback = WINDOW,
    .batch = BATCH,
    .find = find,
};
