/* The residual as a z-score among those of a moving window, taken as normally distributed. */
#include <math.h>

#include "anomaly/method.h"
#include "base/memory.h"

enum {
    WINDOW = 6400, /* that of the Numenta benchmark's windowed Gaussian detector */
    WARM_UP = LC_METHOD_FIRST
};

/* Count, mean and sum of squared distances to it of some numbers. */
typedef struct moments {
    double count, mean, squares;
} moments;

/* Those of two sets of numbers together, by Chan, Golub and LeVeque (1979). */
static moments together(moments a, moments b)
{
    if (a.count == 0) return b;
    if (b.count == 0) return a;
    double n = a.count + b.count, apart = b.mean - a.mean;
    return (moments){n, a.mean + apart * b.count / n, a.squares + b.squares + apart * apart * a.count * b.count / n};
}

/* The moments of the last WINDOW numbers without ever subtracting one, so that a huge one that has passed leaves no
 * trace: the older ones stand as moments of all suffixes of a block, the newer ones as the moments of their own block.
 */
typedef struct window {
    double block[WINDOW];   /* the newer block as it grows */
    moments suffix[WINDOW]; /* [i]: of the older block from its i-th number on */
    moments newer;
    size_t n_newer, forgotten; /* forgotten: how many of the older block have left the window */
    bool has_older;
} window;

static moments window_moments(const window *w)
{
    return w->has_older && w->forgotten < WINDOW ? together(w->suffix[w->forgotten], w->newer) : w->newer;
}

static void window_push(window *w, double x)
{
    if (w->n_newer == WINDOW) { /* it becomes the older one */
        moments m = {0};
        for (size_t i = WINDOW; i-- > 0;) w->suffix[i] = m = together((moments){1, w->block[i], 0}, m);
        w->has_older = true;
        w->newer = (moments){0};
        w->n_newer = w->forgotten = 0;
    }
    w->block[w->n_newer++] = x;
    w->newer = together(w->newer, (moments){1, x, 0});
    if (w->has_older) w->forgotten++;
}

/* P(|Z| >= z) of a standard normal Z. */
static double two_sided(double z)
{
    return erfc(z * M_SQRT1_2);
}

/* The z with P(|Z| >= z) = p in (0, 1). */
static double two_sided_quantile(double p)
{
    double lo = 0, hi = 40;
    for (int i = 0; i < 100; i++) {
        double mid = 0.5 * (lo + hi);
        if (two_sided(mid) > p) lo = mid;
        else hi = mid;
    }
    return hi;
}

static void score(lc_finding *f, const moments *m, double e, double unit, double threshold, double most)
{
    double sd = fmax(sqrt(m->squares / m->count), 1e-4 * unit);
    double z = fabs(e - m->mean) / sd;
    if (isnan(z)) z = 0; /* the window's moments are no numbers: they overflowed */
    f->scored = true;
    f->p = two_sided(z);
    f->raised = z >= most;
    f->score = lc_finding_score(-log10(f->p), threshold, f->raised);
    f->lo = f->expected + m->mean - most * sd;
    f->hi = f->expected + m->mean + most * sd;
}

static lc_code find(lc_finding *out, const double *y, const double *expected, size_t n, const lc_method_options *o,
                    lc_status *st)
{
    double threshold;
    lc_code code = lc_method_threshold(&threshold, o, st);
    if (code != LC_OK) return code;
    window *w = lc_calloc(1, sizeof *w);
    if (!w) return lc_fail_memory(st);
    const double most = two_sided_quantile(pow(10, -threshold));
    double unit = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = lc_method_silence(expected[i]);
        double e = y[i] - expected[i];
        if (isfinite(e)) {
            moments m = window_moments(w);
            if (m.count == WARM_UP) unit = lc_method_unit(y, i);
            if (m.count >= WARM_UP) score(&out[i], &m, e, unit, threshold, most);
            window_push(w, e);
        }
    }
    lc_method_mark_events(out, n);
    lc_free(w);
    return LC_OK;
}

const lc_method lc_method_zscore = {
    .name = "zscore",
    .about = "z-score of the forecast residual in a moving window, taken as Gaussian",
    .heeds_alarms_per = true,
    .least = WARM_UP,
    .lookback = WINDOW,
    .batch = 1,
    .find = find,
};
