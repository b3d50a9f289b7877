/* Descriptions of data and models, for people and as JSON. Both are made from one JSON object, so that they
 * cannot tell different things. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/season.h"
#include "model/config.h"
#include "train/resolve.h"

static json_t *real(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *count(size_t n)
{
    return json_integer((json_int_t)n);
}

/* Text of a file in any encoding; JSON holds UTF-8. */
static json_t *text_json(const char *text)
{
    char *utf8 = lc_utf8(text);
    json_t *o = utf8 ? json_string(utf8) : NULL;
    free(utf8);
    return o;
}

static json_t *names(char *const *name, size_t n, bool *ok)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) lc_json_append(list, text_json(name[i]), ok);
    return list;
}

/* These two clear *ok where memory ran out; what is made is then not shown. */
static json_t *series_json(const lc_panel *p, const lc_series *s, bool *ok)
{
    const lc_frame *f = &p->frames[s->frame];
    double least = INFINITY, most = -INFINITY;
    size_t cells = 0, steps = 0;
    for (size_t i = 0; i < s->steps; i++) {
        if (!lc_is_observed(s, i)) {
            *(s->mask[i] == LC_MISSING_CELL ? &cells : &steps) += 1;
            continue;
        }
        least = fmin(least, lc_value(s, i));
        most = fmax(most, lc_value(s, i));
    }
    lc_scale scale = lc_scale_fit(s->y, s->mask, s->steps);
    char first[LC_STAMP_TEXT], last[LC_STAMP_TEXT];
    lc_panel_stamp_text(p, f, 0, first);
    lc_panel_stamp_text(p, f, s->steps - 1, last);
    json_t *o = json_object();
    lc_json_put(o, "unique_id", text_json(s->id), ok);
    lc_json_put(o, "first", json_string(first), ok);
    lc_json_put(o, "last", json_string(last), ok);
    lc_json_put(o, "steps", count(s->steps), ok);
    lc_json_put(o, "missing_cells", count(cells), ok);
    lc_json_put(o, "missing_steps", count(steps), ok);
    lc_json_put(o, "min", real(least), ok);
    lc_json_put(o, "mean", real(scale.mean), ok);
    lc_json_put(o, "max", real(most), ok);
    lc_json_put(o, "sd", real(least < most ? scale.sd : 0), ok);
    lc_season season;
    /* Only memory can fail: a panel holds finite values. */
    if (lc_season_of(&season, s, s->steps, &p->freq, NULL) != LC_OK) {
        *ok = false;
        return o;
    }
    json_t *candidates = json_array();
    for (size_t i = 0; i < season.n; i++) {
        const lc_season_candidate *c = &season.candidate[i];
        json_t *one = json_object();
        lc_json_put(one, "period", count(c->period), ok);
        lc_json_put(one, "autocorrelation", real(c->acf), ok);
        lc_json_put(one, "z", real(c->z), ok);
        lc_json_put(one, "accepted", json_boolean(c->accepted), ok);
        lc_json_append(candidates, one, ok);
    }
    lc_json_put(o, "season", count(season.period), ok);
    lc_json_put(o, "season_candidates", candidates, ok);
    return o;
}

/* The options that a run would use, those that follow from the data included. */
static json_t *options_json(const lc_settings *s, bool *ok)
{
    json_t *o = json_object();
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        if (info->group != LC_GROUP_MODEL && info->group != LC_GROUP_TRAINING && strcmp(info->name, "season") != 0)
            continue;
        char *text = lc_settings_dup(s, info->name);
        bool unset = text && info->type == LC_SETTING_COUNT && strcmp(text, "0") == 0 && !*info->fallback;
        if (!text) *ok = false;
        if (text && !unset) lc_json_put(o, info->name, text_json(text), ok);
        free(text);
    }
    return o;
}

static json_t *panel_json(const lc_panel *p, const lc_settings *resolved, bool *ok)
{
    char freq[24];
    const char delimiter[2] = {p->delimiter, '\0'};
    json_t *o = json_object(), *list = json_array();
    lc_json_put(o, "file", text_json(p->source), ok);
    lc_json_put(o, "rows", count(p->n_rows), ok);
    lc_json_put(o, "delimiter", json_string(delimiter), ok);
    lc_json_put(o, "header", json_boolean(p->has_header), ok);
    lc_json_put(o, "columns", names(p->columns, p->n_columns, ok), ok);
    lc_json_put(o, "time", text_json(p->time_name), ok);
    lc_json_put(o, "id", text_json(p->id_name), ok);
    lc_json_put(o, "targets", names(p->targets, p->n_targets, ok), ok);
    lc_json_put(o, "past", names(p->past, p->n_past, ok), ok);
    lc_json_put(o, "frequency", json_string(lc_freq_format(&p->freq, freq)), ok);
    lc_json_put(o, "options", options_json(resolved, ok), ok);
    lc_json_put(o, "notices", names(p->notices, p->n_notices, ok), ok);
    lc_json_put(o, "series", list, ok);
    for (size_t i = 0; i < p->n_series; i++) {
        lc_json_append(list, series_json(p, &p->series[i], ok), ok);
    }
    return o;
}

/* ---- as text ---- */

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static long long int_of(const json_t *o, const char *key)
{
    return (long long)json_integer_value(json_object_get(o, key));
}

/* Names from a file, fit for a terminal. */
static void put_name(lc_buf *b, const char *name)
{
    char shown[64];
    lc_buf_puts(b, lc_printable(shown, sizeof shown, name, strlen(name)));
}

static void put_list(lc_buf *b, const char *title, const json_t *list)
{
    enum { MOST = 12 };
    size_t n = json_array_size(list);
    if (!n) return;
    lc_buf_printf(b, "%-11s ", title);
    for (size_t i = 0; i < n && i < MOST; i++) {
        if (i) lc_buf_puts(b, ", ");
        put_name(b, json_string_value(json_array_get(list, i)));
    }
    if (n > MOST) lc_buf_printf(b, " and %zu more", n - MOST);
    lc_buf_puts(b, "\n");
}

static void put_number(lc_buf *b, const json_t *o, const char *key)
{
    const json_t *x = json_object_get(o, key);
    if (json_is_number(x)) lc_buf_printf(b, " %11.5g", json_number_value(x));
    else lc_buf_printf(b, " %11s", "-");
}

static void put_series(lc_buf *b, const json_t *list)
{
    enum { MOST = 40 };
    size_t n = json_array_size(list);
    lc_buf_printf(b, "\n%-18s %7s %7s %11s %11s %11s  %s\n", "series", "steps", "missing", "min", "mean", "max",
                  "season");
    for (size_t i = 0; i < n && i < MOST; i++) {
        const json_t *s = json_array_get(list, i);
        char shown[18];
        const char *id = text_of(s, "unique_id");
        lc_buf_printf(b, "%-18s %7lld %7lld", lc_printable(shown, sizeof shown, id, strlen(id)), int_of(s, "steps"),
                      int_of(s, "missing_cells") + int_of(s, "missing_steps"));
        put_number(b, s, "min");
        put_number(b, s, "mean");
        put_number(b, s, "max");
        if (int_of(s, "season") > 1) lc_buf_printf(b, "  %lld\n", int_of(s, "season"));
        else lc_buf_puts(b, "  none\n");
    }
    if (n > MOST) lc_buf_printf(b, "and %zu more series\n", n - MOST);
}

/* Options as they would be typed, in lines of at most 80 columns behind column 12. */
static void put_option(lc_buf *b, size_t *column, const char *name, const char *value)
{
    enum { INDENT = 11, WIDTH = 80 };
    char shown[64];
    lc_printable(shown, sizeof shown, value, strlen(value));
    size_t width = strlen(name) + strlen(shown) + (*shown ? 4 : 3);
    if (*column + width > WIDTH && *column > INDENT) {
        lc_buf_printf(b, "\n%*s", INDENT, "");
        *column = INDENT;
    }
    lc_buf_printf(b, " --%s%s%s", name, *shown ? " " : "", shown);
    *column += width;
}

static const char *delimiter_name(const char *delimiter)
{
    switch (*delimiter) {
    case ',': return "commas";
    case ';': return "semicolons";
    case '\t': return "tabs";
    default: return "bars (|)";
    }
}

static void put_panel(lc_buf *b, const json_t *o)
{
    const json_t *series = json_object_get(o, "series"), *first = json_array_get(series, 0);
    lc_buf_puts(b, "file        ");
    put_name(b, text_of(o, "file"));
    lc_buf_printf(b, "\nrows        %lld, separated by %s, %s\n", int_of(o, "rows"),
                  delimiter_name(text_of(o, "delimiter")),
                  json_is_true(json_object_get(o, "header")) ? "with a header" : "without a header");
    put_list(b, "columns", json_object_get(o, "columns"));
    lc_buf_puts(b, "time        ");
    if (*text_of(o, "time")) put_name(b, text_of(o, "time"));
    else lc_buf_puts(b, "none, rows are steps");
    lc_buf_printf(b, "\nstep        %s", text_of(o, "frequency"));
    lc_buf_printf(b, ", from %s to %s\n", text_of(first, "first"), text_of(first, "last"));
    if (*text_of(o, "id")) {
        lc_buf_puts(b, "id          ");
        put_name(b, text_of(o, "id"));
        lc_buf_printf(b, ", %zu series\n", json_array_size(series));
    }
    put_list(b, "targets", json_object_get(o, "targets"));
    put_list(b, "covariates", json_object_get(o, "past"));
    put_series(b, series);
    lc_buf_puts(b, "\nwould use  ");
    const char *key;
    json_t *value;
    size_t column = 11;
    json_object_foreach(json_object_get(o, "options"), key, value)
        put_option(b, &column, key, json_string_value(value));
    lc_buf_puts(b, "\n");
    const json_t *notices = json_object_get(o, "notices");
    for (size_t i = 0; i < json_array_size(notices); i++) {
        lc_buf_puts(b, "note: ");
        const char *line = json_string_value(json_array_get(notices, i));
        char shown[512];
        lc_buf_puts(b, lc_printable(shown, sizeof shown, line, strlen(line)));
        lc_buf_puts(b, "\n");
    }
}

/* Hands over JSON text or what `put` writes of it; takes o. */
static lc_code finish(json_t *o, bool json, void (*put)(lc_buf *b, const json_t *o), char **text, lc_status *st)
{
    lc_buf b = {0};
    if (o && json) {
        char *dump = json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
        if (dump) {
            lc_buf_puts(&b, dump);
            lc_buf_puts(&b, "\n");
        } else {
            b.failed = true;
        }
        free(dump);
    } else if (o) {
        put(&b, o);
    }
    json_decref(o);
    if (!o || b.failed) {
        lc_buf_free(&b);
        return lc_fail_memory(st);
    }
    *text = b.data;
    return LC_OK;
}

lc_code lc_panel_describe(const lc_panel *p, const lc_settings *s, bool json, char **text, lc_status *st)
{
    if (!p || !s || !text) return lc_fail(st, LC_E_USAGE, "panel, settings or text is missing");
    *text = NULL;
    lc_settings *resolved = lc_settings_copy(s);
    if (!resolved) return lc_fail_memory(st);
    lc_code code = lc_resolve_settings(resolved, p, NULL, st);
    bool ok = true;
    json_t *o = code == LC_OK ? panel_json(p, resolved, &ok) : NULL;
    lc_settings_free(resolved);
    if (!ok) {
        json_decref(o);
        o = NULL;
    }
    return code == LC_OK ? finish(o, json, put_panel, text, st) : code;
}

static bool is_default(const char *name, const char *value)
{
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        bool from_data = info->type == LC_SETTING_COUNT && !*info->fallback && strcmp(value, "0") == 0;
        if (strcmp(info->name, name) == 0) return from_data || strcmp(info->fallback, value) == 0;
    }
    return false;
}

static void put_model(lc_buf *b, const json_t *o)
{
    const json_t *n = json_object_get(o, "network"), *t = json_object_get(o, "training");
    const json_t *losses = json_object_get(t, "valid_loss");
    size_t best = (size_t)int_of(t, "best_epoch");
    lc_buf_printf(b, "model       %s, %lld layer%s of %lld hidden units, %lld input%s a step\n", text_of(o, "arch"),
                  int_of(n, "layers"), int_of(n, "layers") == 1 ? "" : "s", int_of(n, "hidden"), int_of(n, "inputs"),
                  int_of(n, "inputs") == 1 ? "" : "s");
    lc_buf_printf(b, "window      lookback %lld, horizon %lld, step %s, season %s\n", int_of(n, "lookback"),
                  int_of(n, "outputs"), text_of(o, "frequency"), text_of(json_object_get(o, "settings"), "season"));
    put_list(b, "targets", json_object_get(o, "targets"));
    put_list(b, "covariates", json_object_get(o, "past"));
    lc_buf_printf(b, "training    %lld series, %lld rows, %lld windows\n", int_of(t, "series"), int_of(t, "rows"),
                  int_of(t, "windows"));
    lc_buf_printf(b, "epoch       %zu of %lld kept", best, int_of(t, "epochs"));
    const json_t *loss = best ? json_array_get(losses, best - 1) : NULL;
    if (json_is_number(loss)) lc_buf_printf(b, ", validation loss %.5g", json_number_value(loss));
    lc_buf_printf(
        b, "\nintervals   calibrated on %lld errors a step%s\n", int_of(json_object_get(o, "calibration"), "windows"),
        json_is_true(json_object_get(json_object_get(o, "calibration"), "pooled")) ? ", all steps together" : "");
    const json_t *naive = json_object_get(t, "against_naive"), *seasonal = json_object_get(t, "against_seasonal_naive");
    if (json_is_number(naive)) lc_buf_printf(b, "error       %.3g x naive", json_number_value(naive));
    if (json_is_number(seasonal)) lc_buf_printf(b, ", %.3g x seasonal naive", json_number_value(seasonal));
    if (json_is_number(naive)) lc_buf_puts(b, ", on the validation windows\n");
    const char *key;
    json_t *value;
    size_t column = 11;
    bool any = false;
    json_object_foreach(json_object_get(o, "settings"), key, value)
    {
        if (is_default(key, json_string_value(value))) continue;
        if (!any) lc_buf_puts(b, "settings   ");
        bool flag = strcmp(json_string_value(value), "true") == 0;
        put_option(b, &column, key, flag ? "" : json_string_value(value));
        any = true;
    }
    if (any) lc_buf_puts(b, "\n");
}

lc_code lc_model_describe(const lc_model *m, bool json, char **text, lc_status *st)
{
    if (!m || !text) return lc_fail(st, LC_E_USAGE, "model or text is missing");
    *text = NULL;
    return finish(lc_config_write(m), json, put_model, text, st);
}
