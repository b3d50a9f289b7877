#include "forecast/recent.h"

#include <string.h>

#include "base/memory.h"
#include "forecast/rivals.h"
#include "forecast/statistical.h"

enum {
    MOST = 2000,       /* windows of a series */
    FEWEST = 24,       /* of each of very many series */
    ALL = 20000,       /* of all series together, about */
    FEW = 48,          /* of all where statistical models take part that are slow; one of each series at least */
    AT_A_TIME = 20000, /* steps of windows whose forecasts are held at once */
};

/* The first row of the series after all that the model was fitted with. */
static size_t first_new(const lc_panel *p, size_t series, lc_stamp known)
{
    const lc_frame *f = &p->frames[p->series[series].frame];
    size_t lo = 0, hi = p->series[series].steps;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (lc_panel_stamp(p, f, middle) > known) hi = middle;
        else lo = middle + 1;
    }
    return lo;
}

static size_t most_windows(const lc_model *m, size_t n_series)
{
    const bool slow = lc_statistical_is_slow(m);
    const size_t share = (slow ? FEW : ALL) / n_series, least = slow ? 1 : FEWEST;
    return share > MOST ? MOST : share < least ? least : share;
}

/* The origins whose forecasts can be held against later rows; *rows: the most of any series. */
static lc_code find_spans(lc_span *span, const lc_model *m, const lc_panel *p, const size_t *origin, size_t *rows,
                          lc_status *st)
{
    const size_t lookback = m->settings->lookback;
    lc_stamp *known = lc_calloc(p->n_series, sizeof *known);
    const lc_code code = known ? lc_model_known(m, p, known, st) : lc_fail_memory(st);
    *rows = 0;
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        size_t begin = first_new(p, i, known[i]);
        if (begin < lookback) begin = lookback; /* a series that the model has never seen */
        if (begin >= origin[i]) continue;
        span[i] = (lc_span){begin, origin[i], origin[i]};
        if (origin[i] - begin > *rows) *rows = origin[i] - begin;
    }
    lc_free(known);
    return code;
}

/* Windows whose forecasts are there. */
typedef struct held {
    size_t first, n, room;
    lc_bands bands;
} held;

static lc_code hold(held *x, size_t window, const lc_model *m, const lc_windows *w, size_t threads, lc_status *st)
{
    if (window < x->first + x->n) return LC_OK;
    x->first = window;
    x->n = w->n - window < x->room ? w->n - window : x->room;
    return lc_predict(m, w, x->first, x->n, threads, &x->bands, st);
}

/* All origins of a series, and what came of them. */
static lc_code replay(lc_adapt *a, held *x, size_t series, const lc_model *m, const lc_windows *w, double *truth,
                      size_t threads, lc_status *st)
{
    lc_code code = LC_OK;
    for (size_t i = w->first[series]; code == LC_OK && i < w->first[series + 1]; i++) {
        size_t same, origin;
        lc_windows_at(w, i, &same, &origin);
        code = hold(x, i, m, w, threads, st);
        lc_window_truth(truth, w, series, origin);
        lc_adapt_reach(a, origin);
        lc_adapt_push(a, origin, truth, &x->bands, i - x->first);
    }
    return code;
}

lc_code lc_recent_half_widths(double *out, const double *percent, size_t n, const lc_model *m, const lc_panel *p,
                              const lc_scales *scales, const size_t *origin, double rate, size_t threads, lc_status *st)
{
    const size_t horizon = m->settings->horizon;
    const bool follows = rate > 0 && m->calibration.windows > 0;
    size_t rows = 0;
    held x = {.room = AT_A_TIME / horizon + 1};
    lc_adapt a = {0};
    lc_windows w = {0};
    lc_span *span = lc_calloc(p->n_series, sizeof *span);
    double *truth = lc_calloc(horizon, sizeof *truth);
    lc_code code = span && truth ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK && follows) code = find_spans(span, m, p, origin, &rows, st);
    const size_t stride = rows ? (rows - 1) / most_windows(m, p->n_series) + 1 : 1;
    if (code == LC_OK && rows) code = lc_predict_windows(&w, m, p, scales, span, stride, st);
    if (code == LC_OK) code = lc_adapt_create(&a, &m->calibration, percent, n, horizon, stride, w.n, rate, st);
    if (x.room > w.n) x.room = w.n;
    if (code == LC_OK && w.n) code = lc_bands_create(&x.bands, x.room, horizon, st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        lc_adapt_begin(&a);
        if (w.n) code = replay(&a, &x, i, m, &w, truth, threads, st);
        lc_adapt_reach(&a, origin[i]);
        memcpy(out + i * n * horizon, a.half, n * horizon * sizeof *out);
    }
    lc_bands_free(&x.bands);
    lc_adapt_free(&a);
    lc_windows_free(&w);
    lc_free(span);
    lc_free(truth);
    return code;
}
