/* What the chart of a backtest shows, gathered window by window. Memory depends on series and steps, never on how many
 * windows there are. */
#ifndef LC_FORECAST_BACKTEST_VIEW_H
#define LC_FORECAST_BACKTEST_VIEW_H

#include "forecast/correlogram.h"
#include "forecast/interval.h"
#include "forecast/rivals.h"
#include "forecast/scores.h"

enum {
    LC_VIEW_RESIDUALS = 100000, /* kept; of more, as many by chance */
    LC_VIEW_LEVELS = 12         /* those of --level, and those that CRPS' quantiles bound */
};

typedef struct lc_view_level {
    double percent;
    bool given; /* by --level */
    lc_metrics metrics;
} lc_view_level;

struct lc_backtest_view {
    char *subject; /* file, with a single series its name, too: text from outside, as label is */
    char *label;   /* what a single series' values are */
    char *model;
    size_t series, windows; /* that were scored */
    size_t horizon, stride, season;
    size_t rivals;
    const lc_baseline **rival; /* (rivals) */
    size_t *rival_windows;     /* (rivals) */
    lc_metrics *step;          /* (horizon) the model's */
    lc_metrics *theirs, *mine; /* (rivals, horizon) a rival's, and the model's on the rival's windows */
    size_t best;               /* of the rivals that say something else than naive and seasonal-naive; SIZE_MAX: none */
    size_t n_levels;
    lc_view_level level[LC_VIEW_LEVELS]; /* (n_levels) ascending */
    bool scaled;                         /* residuals are in units of MASE's denominator */
    double *residual;                    /* actual less forecast, (the lesser of residuals and LC_VIEW_RESIDUALS) */
    size_t residuals;                    /* seen */
    lc_correlogram one_step;             /* of the residuals of first steps */
};
typedef struct lc_backtest_view lc_backtest_view;

/* origins (n_series): windows that each series will have. scale (n_series): MASE's denominators. */
lc_code lc_backtest_view_create(lc_backtest_view **out, const lc_panel *p, const lc_rivals *rivals,
                                const lc_levels *levels, const lc_settings *s, const size_t *origins,
                                const double *scale, lc_status *st);
void lc_backtest_view_free(lc_backtest_view *v);

/* One window of the model, those of a series in the order of time; arguments as of lc_scores_add_model. */
void lc_backtest_view_add(lc_backtest_view *v, size_t series, const double *truth, const double *point,
                          const double *band, const double *quantile, double scale);
void lc_backtest_view_add_rival(lc_backtest_view *v, size_t rival, const double *truth, const double *point,
                                const double *theirs, double scale);

/* Errors by step (horizon), in MASE where `scaled`, else mean absolute ones: of the model, and of a rival. Where that
 * did not forecast every window, its error is the model's times how they compare on its windows. */
void lc_backtest_view_errors(const lc_backtest_view *v, bool scaled, double *out);
void lc_backtest_view_rival_errors(const lc_backtest_view *v, size_t rival, bool scaled, double *out);

#endif
