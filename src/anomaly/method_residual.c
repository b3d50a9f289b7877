/* The residual of the forecast with a conformal p-value, by Laxhammar and Falkman, "Conformal prediction for
 * distribution-independent anomaly detection in streaming vessel data" (StreamKDD 2010) and "Inductive conformal
 * anomaly detection for sequential detection of anomalous sub-trajectories" (2015):
 *   p = (number of past residuals that are as large, plus 1) / (k + 1)
 * on the side where the residual lies, doubled for two sides. Below what k residuals resolve, the tail is a generalised
 * Pareto one: see tail.h. */
#include <math.h>

#include "anomaly/method.h"
#include "anomaly/tail.h"

enum { MEMORY = 8000, WARM_UP = LC_METHOD_FIRST };

/* What is known of a series' residuals. */
typedef struct judge {
    lc_tail *memory;
    double first[WARM_UP]; /* the first residuals, kept back until their usual size is known */
    size_t n_first;
    double size;  /* their usual one */
    double floor; /* added to the scale of the fitted tail, so that ties do not make it vanish */
    double least; /* residuals up to this size are never unusual */
    double threshold;
} judge;

_Static_assert(WARM_UP >= LC_TAIL_LEAST, "the first verdict needs a tail");

static const double two_sided = 0.301029995663981195; /* log10 2 */
static const double MODEST = 1.25, LEAST_MODEST = 4;

/* The tail score of a residual towards one side: sign 1 for those above the forecast, -1 for those below. */
static double side(const judge *j, double e, int sign)
{
    return sign > 0 ? lc_tail_upper(j->memory, e, j->floor) : lc_tail_lower(j->memory, e, j->floor);
}

/* The residual at which the score towards one side reaches q, found by bisection: the score grows with the distance. It
 * lies on the other side of 0 where residuals lean one way. */
static double bound(const judge *j, double q, int sign)
{
    double lo = 0, hi = j->size;
    if (side(j, 0, sign) < q) {
        for (int i = 0; i < 200 && side(j, sign * hi, sign) < q; i++) {
            lo = hi;
            hi *= 2;
        }
    } else {
        hi = 0;
        lo = -j->size;
        for (int i = 0; i < 200 && side(j, sign * lo, sign) >= q; i++) {
            hi = lo;
            lo *= 2;
        }
    }
    for (int i = 0; i < 60 && hi - lo > 1e-12 * (fabs(hi) + fabs(lo)); i++) {
        double mid = 0.5 * (lo + hi);
        if (side(j, sign * mid, sign) < q) lo = mid;
        else hi = mid;
    }
    return sign * hi;
}

/* The first residuals enter the memory, outliers among them moved in: a fault in the first rows must not make
 * all later ones look usual. unit: that of the values. */
static void warm_up(judge *j, double unit)
{
    double center;
    j->size = lc_method_size(j->first, WARM_UP, &center);
    j->least = 1e-3 * unit;
    if (!(j->size > j->least)) j->size = j->least;
    j->floor = 0.05 * j->size;
    const double most = 10 * j->size;
    for (size_t i = 0; i < WARM_UP; i++) lc_tail_push(j->memory, fmin(fmax(j->first[i], center - most), center + most));
}

/* Scores a residual by those before it, then remembers it. A fault is remembered as less than it was, so that it does
 * not hide the next: as one at MODEST times the threshold's score, LEAST_MODEST at least. Not at the threshold itself,
 * where later thresholds, a little higher or lower, would pass by half of them: twice the alarms asked for came. A
 * lasting change becomes usual step by step. */
static void judge_residual(judge *j, double e, lc_finding *f)
{
    double up = side(j, e, 1), down = side(j, e, -1);
    double q = fabs(e) > j->least ? fmax(fmax(up, down) - two_sided, 0) : 0;
    const double reached = j->threshold + two_sided, far = fmax(MODEST * reached, LEAST_MODEST);
    double lo = bound(j, reached, -1), hi = bound(j, reached, 1);
    f->scored = true;
    f->p = pow(10, -q);
    f->raised = q >= j->threshold;
    f->score = lc_finding_score(q, j->threshold, f->raised);
    f->lo = f->expected + (lo > j->least ? lo : fmin(lo, -j->least));
    f->hi = f->expected + (hi < -j->least ? hi : fmax(hi, j->least));
    if (up > far) e = fmin(e, bound(j, far, 1));
    if (down > far) e = fmax(e, bound(j, far, -1));
    lc_tail_push(j->memory, e);
}

static lc_code find(lc_finding *out, const double *y, const double *expected, size_t n, const lc_method_options *o,
                    lc_status *st)
{
    judge j = {0};
    lc_code code = lc_method_threshold(&j.threshold, o, st);
    if (code != LC_OK) return code;
    j.memory = lc_tail_create(MEMORY);
    if (!j.memory) return lc_fail_memory(st);
    for (size_t i = 0; i < n; i++) {
        out[i] = lc_method_silence(expected[i]);
        double e = y[i] - expected[i];
        if (j.n_first < WARM_UP) {
            if (!isfinite(e)) continue;
            j.first[j.n_first++] = e;
            if (j.n_first == WARM_UP) warm_up(&j, lc_method_unit(y, i + 1));
        } else if (isfinite(e)) {
            judge_residual(&j, e, &out[i]);
        }
    }
    lc_method_mark_events(out, n);
    lc_tail_free(j.memory);
    return LC_OK;
}

const lc_method lc_method_residual = {
    .name = "residual",
    .about = "forecast residual with a conformal p-value (Laxhammar & Falkman 2010)",
    .heeds_alarms_per = true,
    .least = WARM_UP,
    .lookback = MEMORY,
    .batch = 1,
    .find = find,
};
