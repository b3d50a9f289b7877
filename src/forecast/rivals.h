/* The baselines beside a model, forecasting the same windows. */
#ifndef LC_FORECAST_RIVALS_H
#define LC_FORECAST_RIVALS_H

#include "baseline/baseline.h"
#include "data/window.h"

typedef struct lc_rivals {
    const lc_baseline **rival; /* (n) */
    size_t n;
    size_t season;
    size_t slow_every; /* slow ones forecast from every so manyth origin of a series */
} lc_rivals;

/* All baselines but the model itself, which goes by the name `arch`. `windows` and `series` are how many the backtest
 * has: slow ones are held to some LC_RIVALS_SLOW windows, but from one origin of every series at least. */
enum { LC_RIVALS_SLOW = 50 };
lc_code lc_rivals_create(lc_rivals *r, const char *arch, size_t season, size_t windows, lc_status *st);
void lc_rivals_free(lc_rivals *r);

/* Whether a rival forecasts from the given origin of a series, counted from 0. */
bool lc_rivals_runs(const lc_rivals *r, size_t rival, size_t origin);

/* Truth (horizon) of a window as the file writes it: NaN where it was not observed, and where nothing before the origin
 * was, as nobody can forecast from that. Returns how many steps there are to score. */
size_t lc_window_truth(double *truth, const lc_windows *w, size_t series, size_t origin);

/* Forecasts of the n windows from `first` on: out (r->n, n, horizon). `skipped` (n_series) origins of each series come
 * before the first of `w`. What lc_rivals_runs says no to, and windows without truth, are left as they are. */
lc_code lc_rivals_forecast(const lc_rivals *r, const lc_windows *w, const size_t *skipped, size_t first, size_t n,
                           size_t threads, double *out, lc_status *st);

#endif
