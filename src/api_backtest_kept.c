/* What the chart of errors by step shows, as text to keep: a job draws from it when all its files are done. */
#include <math.h>
#include <string.h>

#include "api_backtest.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/config.h"

enum { SIX_DIGITS = JSON_REAL_PRECISION(6) };

static const char *const kinds[LC_CURVES] = {[LC_CURVE_MODEL] = "model",
                                             [LC_CURVE_NAIVE] = "naive",
                                             [LC_CURVE_SEASONAL] = "seasonal",
                                             [LC_CURVE_BEST] = "best",
                                             [LC_CURVE_OTHER] = "other"};

/* ---- writing ---- */

/* JSON has no word for what is not finite. */
static json_t *real(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *curve(const lc_error_curve *c, size_t horizon, bool *ok)
{
    json_t *o = json_object(), *error = json_array();
    lc_json_put(o, "kind", json_string(kinds[c->curve]), ok);
    if (c->name) lc_json_put(o, "name", json_string(c->name), ok);
    for (size_t h = 0; h < horizon; h++) lc_json_append(error, real(c->error[h]), ok);
    lc_json_put(o, "error", error, ok);
    return o;
}

static json_t *interval(const lc_backtest_figure *f, size_t i, bool *ok)
{
    json_t *o = json_object();
    lc_json_put(o, "level", json_real(f->level[i]), ok);
    lc_json_put(o, "inside", real(f->inside[i]), ok);
    return o;
}

lc_code lc_backtest_view_keep(char **text, const lc_backtest_view *v, lc_status *st)
{
    lc_backtest_drawing *d = NULL;
    if (!text || !v) return lc_fail(st, LC_E_USAGE, "text or view is missing");
    *text = NULL;
    lc_code code = lc_backtest_drawing_create(&d, v, st);
    if (code != LC_OK) return code;
    const lc_backtest_figure *f = &d->figure;
    bool ok = true;
    json_t *o = json_object(), *curves = json_array(), *intervals = json_array();
    for (size_t i = 0; i < f->n_curves; i++) lc_json_append(curves, curve(&f->curve[i], f->horizon, &ok), &ok);
    for (size_t i = 0; i < f->n_levels; i++)
        if (f->asked[i]) lc_json_append(intervals, interval(f, i, &ok), &ok);
    lc_json_put(o, "scaled", json_boolean(d->scaled), &ok);
    lc_json_put(o, "series", json_integer((json_int_t)d->series), &ok);
    lc_json_put(o, "windows", json_integer((json_int_t)d->windows), &ok);
    lc_json_put(o, "curves", curves, &ok);
    lc_json_put(o, "intervals", intervals, &ok);
    *text = ok ? lc_json_text(o, JSON_COMPACT | SIX_DIGITS) : NULL;
    if (!*text) code = lc_fail_memory(st);
    json_decref(o);
    lc_backtest_drawing_free(d);
    return code;
}

/* ---- reading ---- */

static lc_code refuse(lc_status *st)
{
    return lc_fail(st, LC_E_PARSE, "this is not what was kept of a backtest");
}

static bool read_count(size_t *out, const json_t *o, const char *key)
{
    const json_t *value = json_object_get(o, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
    *out = (size_t)json_integer_value(value);
    return true;
}

/* An error is not negative; whatever else stands there is a gap. */
static double read_error(const json_t *value)
{
    return json_is_number(value) && json_number_value(value) >= 0 ? json_number_value(value) : NAN;
}

/* Each kind but the others' once, and with a name. */
static lc_code read_curve(lc_backtest_drawing *d, size_t i, const json_t *o, lc_status *st)
{
    const char *word = json_string_value(json_object_get(o, "kind")),
               *name = json_string_value(json_object_get(o, "name"));
    const json_t *error = json_object_get(o, "error");
    const size_t horizon = d->figure.horizon;
    size_t kind = 0;
    while (word && kind < LC_CURVES && strcmp(word, kinds[kind]) != 0) kind++;
    const bool named = kind < LC_CURVE_OTHER;
    if (!word || kind == LC_CURVES || json_array_size(error) != horizon) return refuse(st);
    if (named && (!name || d->name[kind].len)) return refuse(st);
    for (size_t h = 0; h < horizon; h++) d->error[i * horizon + h] = read_error(json_array_get(error, h));
    if (named) lc_buf_puts(&d->name[kind], name);
    if (named && d->name[kind].failed) return lc_fail_memory(st);
    d->curve[i] = (lc_error_curve){(lc_curve)kind, named ? d->name[kind].data : NULL, d->error + i * horizon};
    return LC_OK;
}

static lc_code read_curves(lc_backtest_drawing *d, const json_t *curves, lc_status *st)
{
    size_t cells;
    const size_t n = json_array_size(curves),
                 horizon = json_array_size(json_object_get(json_array_get(curves, 0), "error"));
    if (!n || !horizon) return refuse(st);
    if (!lc_mul(n, horizon, &cells)) return lc_fail_memory(st);
    d->error = lc_calloc(cells, sizeof *d->error);
    d->curve = lc_calloc(n, sizeof *d->curve);
    if (!d->error || !d->curve) return lc_fail_memory(st);
    lc_code code = LC_OK;
    d->figure.horizon = horizon;
    for (size_t i = 0; i < n && code == LC_OK; i++) code = read_curve(d, i, json_array_get(curves, i), st);
    d->figure.n_curves = n;
    d->figure.curve = d->curve;
    return code;
}

static void read_intervals(lc_backtest_drawing *d, const json_t *list)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(list) && n < LC_VIEW_LEVELS; i++) {
        const json_t *o = json_array_get(list, i), *level = json_object_get(o, "level");
        if (!json_is_number(level)) continue;
        d->level[n] = json_number_value(level);
        d->inside[n] = read_error(json_object_get(o, "inside"));
        d->asked[n++] = true;
    }
    d->figure.n_levels = n;
    d->figure.level = d->level;
    d->figure.inside = d->inside;
    d->figure.asked = d->asked;
}

lc_code lc_backtest_drawing_restore(lc_backtest_drawing **out, const char *text, lc_status *st)
{
    lc_json_fault fault;
    json_t *o = NULL;
    *out = NULL;
    lc_code code = lc_json_read(&o, text, strlen(text), &fault);
    if (code != LC_OK) return code == LC_E_MEMORY ? lc_fail_memory(st) : refuse(st);
    lc_backtest_drawing *d = lc_calloc(1, sizeof *d);
    if (!d) code = lc_fail_memory(st);
    else if (!read_count(&d->series, o, "series") || !read_count(&d->windows, o, "windows")) code = refuse(st);
    if (code == LC_OK) code = read_curves(d, json_object_get(o, "curves"), st);
    if (code == LC_OK) {
        read_intervals(d, json_object_get(o, "intervals"));
        d->scaled = json_is_true(json_object_get(o, "scaled"));
        d->figure.title = d->figure.detail = d->figure.residual_label = d->figure.lag_label = "";
        d->figure.measure = lc_backtest_measure(d->scaled);
        *out = d;
    } else {
        lc_backtest_drawing_free(d);
    }
    json_decref(o);
    return code;
}
