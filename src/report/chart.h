/* Charts: a small description of a figure, drawn by gnuplot. All text is data: quotes, braces, backticks
 * and the like in names reach the picture as they are and gnuplot never as code. */
#ifndef LC_REPORT_CHART_H
#define LC_REPORT_CHART_H

#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "loomcast.h"

/* A polyline or band over x. Missing values are NaN: lines break there. */
typedef struct lc_forecast_figure {
    const char *title;   /* series and what is shown */
    const char *y_label; /* column name */
    bool calendar;       /* x is seconds since 1970 (drawn as dates), else step numbers */
    size_t n_history;
    const double *history_x, *history_y; /* (n_history) */
    size_t n;                            /* forecast steps */
    const double *x, *forecast;          /* (n) */
    size_t n_levels;                     /* widest last or first, any order */
    const double *level;                 /* (n_levels) percent */
    const double *const *lo, *const *hi; /* (n_levels)(n) */
    size_t n_past;                       /* steps of an earlier forecast, of rows that came; 0: none */
    const double *past_x, *past;         /* (n_past) */
} lc_forecast_figure;

/* The level nearest to 80 %, as most intervals are read; 0 where there is none. */
static inline size_t lc_usual_level(const lc_forecast_figure *f)
{
    size_t best = 0;
    for (size_t i = 1; i < f->n_levels; i++)
        if (fabs(f->level[i] - 80) < fabs(f->level[best] - 80)) best = i;
    return best;
}

/* Without any y and expected, as for rows of several columns, only the score is drawn. */
typedef struct lc_detect_figure {
    const char *title, *y_label;
    bool calendar;
    size_t n;
    const double *x, *y, *expected, *lo, *hi, *score; /* (n) */
    const int *anomaly;                               /* (n) 0 or 1 */
    const char *const *why;                           /* (n) a word or two on a flagged row, "": none; NULL: for none */
} lc_detect_figure;

typedef struct lc_loss_figure {
    const char *title, *y_label;
    size_t n;                    /* epochs */
    const double *train, *valid; /* (n) */
    size_t best;                 /* 1-based epoch whose weights were kept; 0: none marked */
} lc_loss_figure;

/* Whose errors a curve shows, which is how it is drawn. */
typedef enum lc_curve {
    LC_CURVE_MODEL,
    LC_CURVE_NAIVE,
    LC_CURVE_SEASONAL,
    LC_CURVE_BEST,  /* of the other baselines */
    LC_CURVE_OTHER, /* in the background */
    LC_CURVES
} lc_curve;

typedef struct lc_error_curve {
    lc_curve curve;
    const char *name;    /* in the legend; not of LC_CURVE_OTHER */
    const double *error; /* (horizon) */
} lc_error_curve;

typedef struct lc_backtest_figure {
    const char *title, *detail; /* what was forecast, which may be long; how often and how far */
    const char *measure;        /* of the errors, "MASE" */
    size_t horizon;
    size_t n_curves;
    const lc_error_curve *curve; /* (n_curves) but for LC_CURVE_OTHER each kind once */
    size_t n_levels;
    const double *level, *inside; /* (n_levels) percent, ascending; percent of the values */
    const bool *asked;            /* (n_levels) drawn large, with its number */
    size_t n_residuals;
    const double *residual; /* (n_residuals) actual less forecast, in any order */
    const char *residual_label;
    size_t n_lags;                    /* 0: too few windows to tell */
    const double *correlation, *band; /* (n_lags) at lag 1, 2, ...; what chance alone reaches */
    const char *lag_label;
} lc_backtest_figure;

/* Where a chart goes, and how it looks. */
typedef struct lc_drawing {
    const char *path;
    bool replace;          /* an existing file */
    const lc_style *style; /* NULL: as charts look by themselves */
} lc_drawing;

/* Draw one or more figures of a kind into `to->path`; the extension chooses: .png, .svg, .pdf, or .gp, which
 * writes the gnuplot script with its data inside, to edit by hand. Up to 12 figures become small multiples on one page
 * (worst/first ones first as given); `n` beyond that is an error of the caller. The file appears whole or not at all;
 * an existing one is kept unless `to->replace`. LC_E_TOOL with a hint when gnuplot is missing or fails. */
enum { LC_CHART_MOST = 12 };
lc_code lc_chart_forecast(const lc_forecast_figure *f, size_t n, const lc_drawing *to, lc_status *st);
lc_code lc_chart_detect(const lc_detect_figure *f, size_t n, const lc_drawing *to, lc_status *st);
lc_code lc_chart_loss(const lc_loss_figure *f, const lc_drawing *to, lc_status *st);
lc_code lc_chart_backtest(const lc_backtest_figure *f, const lc_drawing *to, lc_status *st);

/* A page of gnuplot's svg terminal with one figure, without title and legend, for a page of HTML that has its own:
 * appended to `script`, for lc_gp_picture to draw all of them in turn. */
lc_code lc_chart_forecast_inline(lc_buf *script, const lc_forecast_figure *f, const lc_style *style, lc_status *st);
lc_code lc_chart_detect_inline(lc_buf *script, const lc_detect_figure *f, const lc_style *style, lc_status *st);
/* The first `parts` of a backtest, each on such a page: errors by step, values inside intervals, residuals, their
 * autocorrelation; titles (LC_BACKTEST_PARTS): what they show. */
enum { LC_BACKTEST_PARTS = 4 };
extern const char *const lc_backtest_titles[LC_BACKTEST_PARTS];
lc_code lc_chart_backtest_inline(lc_buf *script, const lc_backtest_figure *f, size_t parts, const lc_style *style,
                                 lc_status *st);

/* LC_E_USAGE when the extension of `path` chooses nothing. */
lc_code lc_chart_check(const char *path, lc_status *st);

#endif
