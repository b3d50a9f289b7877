#include "forecast/interval.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/order.h"
#include "base/text.h"
#include "forecast/blend.h"
#include "forecast/predict.h"
#include "forecast/skill.h"
#include "forecast/statistical.h"
#include "train/fit.h"

enum {
    FEW = 48,          /* windows that are forecast where statistical models take part that are slow */
    POOL_BELOW = 50,   /* windows: with fewer, all steps share their scores */
    KEEP = 400,        /* scores kept a step */
    KEEP_ALL = 2000000 /* and in all: a model file has to hold them */
};

lc_code lc_levels_parse(lc_levels *out, const char *text, lc_status *st)
{
    char **names;
    size_t n;
    *out = (lc_levels){0};
    if (!lc_split_names(text, &names, &n)) return lc_fail_memory(st);
    bool ok = n > 0 && n <= sizeof out->percent / sizeof out->percent[0];
    for (size_t i = 0; ok && i < n; i++) {
        double x;
        ok = lc_parse_double(names[i], strlen(names[i]), &x) && x > 0 && x < 100;
        for (size_t k = 0; ok && k < out->n; k++) ok = x != out->percent[k];
        if (ok) out->percent[out->n++] = x;
    }
    lc_free_names(names, n);
    if (!ok) {
        char shown[64];
        lc_fail(st, LC_E_USAGE, "level: \"%s\" is not a list of percentages",
                lc_printable(shown, sizeof shown, text, strlen(text)));
        lc_hint(st, "give up to eight distinct numbers between 0 and 100, as in --level 80,95");
        return LC_E_USAGE;
    }
    qsort(out->percent, out->n, sizeof out->percent[0], lc_ascending_reals);
    return LC_OK;
}

const char *lc_level_name(char out[48], const char *stem, const char *side, double percent)
{
    char number[LC_NUMBER_TEXT];
    lc_format_double(number, percent, 6);
    snprintf(out, 48, "%s-%s%s%.16s", stem, side, *side ? "-" : "", number);
    return out;
}

/* All errors of step h over the windows in units of the bands; fewer than windows->n where truth was not observed. */
static size_t scores_of_step(const lc_windows *w, const lc_bands *b, size_t h, double *score)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        size_t series, origin;
        lc_windows_at(w, i, &series, &origin);
        const lc_series *s = &w->panel->series[series];
        size_t row = origin + h;
        if (row >= s->steps || row >= w->span[series].limit || !lc_is_observed(s, row)) continue;
        const size_t at = i * w->horizon + h;
        const double error = lc_value(s, row) - b->point[at];
        score[n++] = fmin(error < 0 ? -error / b->below[at] : error / b->above[at], DBL_MAX);
    }
    return n;
}

/* Sorts n scores and keeps `kept` of them: the i-th is the order statistic of rank ceil((i+1) n / kept). */
static void keep(double *score, size_t n, double *out, size_t kept)
{
    qsort(score, n, sizeof *score, lc_ascending_reals);
    for (size_t i = 0; i < kept; i++) out[i] = score[((i + 1) * n + kept - 1) / kept - 1];
}

/* Windows that do not overlap, over all series. */
static size_t blocks_of(const lc_windows *w)
{
    size_t blocks = 0, horizon = w->horizon ? w->horizon : 1;
    for (size_t i = 0; i < w->panel->n_series; i++) {
        size_t origins = w->span[i].end > w->span[i].begin ? w->span[i].end - w->span[i].begin : 0;
        blocks += origins ? 1 + (origins - 1) / horizon : 0;
    }
    return blocks;
}

static lc_code collect(lc_calibration *c, const lc_windows *w, const lc_bands *b, lc_status *st)
{
    double *score = lc_calloc(w->n * (w->n < POOL_BELOW ? w->horizon : 1), sizeof *score);
    if (!score) return lc_fail_memory(st);
    size_t least = SIZE_MAX;
    for (size_t h = 0; h < w->horizon; h++) {
        size_t n = scores_of_step(w, b, h, score);
        if (n < least) least = n;
    }
    c->pooled = least < POOL_BELOW;
    c->blocks = blocks_of(w);
    size_t n = 0;
    if (c->pooled && w->n < POOL_BELOW) {
        for (size_t h = 0; h < w->horizon; h++) n += scores_of_step(w, b, h, score + n);
    } else if (c->pooled) {
        /* Many windows, but some step is hardly ever observed: the first step speaks for all. */
        n = scores_of_step(w, b, 0, score);
    } else {
        n = least;
    }
    c->windows = n;
    size_t most = KEEP_ALL / (w->horizon ? w->horizon : 1);
    if (most > KEEP) most = KEEP;
    c->kept = n < most ? n : most;
    lc_code code = LC_OK;
    if (n) {
        lc_free(c->score);
        c->score = lc_calloc((c->pooled ? 1 : w->horizon) * c->kept, sizeof *c->score);
        if (!c->score) code = lc_fail_memory(st);
        else if (c->pooled) keep(score, n, c->score, c->kept);
        for (size_t h = 0; code == LC_OK && !c->pooled && h < w->horizon; h++)
            keep(score, scores_of_step(w, b, h, score), c->score + h * c->kept, c->kept);
    }
    lc_free(score);
    return code;
}

lc_code lc_interval_calibrate(lc_model *m, const lc_panel *p, const lc_split *split, size_t threads, lc_status *st)
{
    lc_scales scales = {0};
    lc_windows w = {0};
    lc_bands b = {0};
    size_t unknown;
    lc_code code = lc_model_scales(m, p, NULL, &scales, &unknown, st);
    const size_t most = lc_statistical_is_slow(m) ? (p->n_series > FEW ? p->n_series : FEW) : LC_FIT_VALIDATION;
    if (code == LC_OK) code = lc_fit_validation(&w, p, &scales, m->settings, split, most, st);
    if (code == LC_OK && w.n) code = lc_blend_choose(m, &w, threads, st);
    if (code == LC_OK && isnan(m->settings->blend)) m->settings->blend = 0;
    if (code != LC_OK || w.n == 0) goto done;
    code = lc_bands_create(&b, w.n, w.horizon, st);
    if (code == LC_OK) code = lc_predict(m, &w, 0, w.n, threads, &b, st);
    if (code == LC_OK) code = lc_skill_measure(m, &w, b.point, st);
    if (code == LC_OK) code = collect(&m->calibration, &w, &b, st);
    m->calibration.quantiles = lc_model_networked(m) && m->net->spec.quantiles;
done:
    lc_bands_free(&b);
    lc_windows_free(&w);
    lc_scales_free(&scales);
    return code;
}

/* Quantile of the standard normal distribution for p in [0.5, 1), by bisection. */
static double normal_quantile(double p)
{
    double lo = 0, hi = 40;
    for (int i = 0; i < 80; i++) {
        double mid = 0.5 * (lo + hi);
        if (0.5 * erfc(-mid / sqrt(2.0)) < p) lo = mid;
        else hi = mid;
    }
    return lo;
}

/* How much wider an interval of Student's distribution is than the normal one, two-sided: what few independent windows
 * leave unknown about the size of errors. Exact for 2 degrees of freedom, Cornish and Fisher's expansion from 3 on
 * (Abramowitz and Stegun 26.7.5). */
static double student_factor(double percent, size_t freedom)
{
    double p = 0.5 + percent / 200, z = normal_quantile(p), n = (double)freedom;
    if (!(z > 0)) return 1;
    if (freedom <= 2) return (2 * p - 1) / sqrt(2 * p * (1 - p)) / z;
    double z2 = z * z;
    return 1 + (z2 + 1) / (4 * n) + ((5 * z2 + 16) * z2 + 3) / (96 * n * n) +
           (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * n * n * n);
}

double lc_interval_half_width(const lc_calibration *c, size_t step, double percent)
{
    if (!c->windows) return NAN;
    const double *score = c->score + (c->pooled ? 0 : step * c->kept);
    /* 64.4 % of 250 is 161, which binary fractions miss by a hair. */
    double rank = ceil(((double)c->windows + 1) * percent / 100 * (1 - 1e-12));
    /* The smallest kept order statistic whose rank is at least the wanted one. */
    double at = ceil(rank * (double)c->kept / (double)c->windows) - 1;
    size_t i = at < 0 ? 0 : at > (double)(c->kept - 1) ? c->kept - 1 : (size_t)at;
    if (!c->pooled) return score[i];
    double least = c->quantiles ? normal_quantile(0.5 + percent / 200) / normal_quantile(0.9) : 0;
    return fmin(fmax(score[i] * student_factor(percent, c->blocks + 1), least), DBL_MAX);
}

static double finite_or_nan(double x)
{
    return isinf(x) ? copysign(DBL_MAX, x) : x;
}

static double within(double x, double least, double most)
{
    return x < least ? least : x > most ? most : x;
}

void lc_interval_around(const lc_settings *s, const lc_bands *b, size_t at, double half, double *lo, double *hi)
{
    *lo = within(finite_or_nan(b->point[at] - half * b->below[at]), s->least, s->most);
    *hi = within(finite_or_nan(b->point[at] + half * b->above[at]), s->least, s->most);
}
