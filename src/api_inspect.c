/* The description of data: how a file was understood, and what a run would do with it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api_describe.h"
#include "base/text.h"
#include "data/season.h"
#include "model/config.h"
#include "report/sketch.h"
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

/* Mean and sd of the observed steps, from their differences to the least one: a meter may stand at 1e15. */
static void moments(const lc_series *s, double least, double most, double *mean, double *sd)
{
    const double half = most / 2 - least / 2; /* of the range, which itself may be too large for a double */
    double square = 0, n = 0, m = 0;
    *mean = least;
    *sd = 0;
    if (!(half > 0)) return;
    for (size_t i = 0; i < s->steps; i++) {
        if (!lc_is_observed(s, i)) continue;
        const double x = (lc_value(s, i) / 2 - least / 2) / half, d = x - m; /* Welford 1962 */
        n++;
        m += d / n;
        square += d * (x - m);
    }
    *mean = least + half * m + half * m;
    *sd = half * (2 * sqrt(square / n));
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
    double mean, sd;
    moments(s, least, most, &mean, &sd);
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
    lc_json_put(o, "mean", real(mean), ok);
    lc_json_put(o, "max", real(most), ok);
    lc_json_put(o, "sd", real(sd), ok);
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

/* ---- the whole ---- */

static bool is_among(char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0) return true;
    return false;
}

/* Whether the column is the list, or one of the names in it. */
static bool is_listed(const char *list, const char *column)
{
    const size_t n = strlen(column);
    if (strcmp(list, column) == 0) return true;
    for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (strncmp(p, column, n) == 0 && (p[n] == ',' || !p[n])) return true;
    return false;
}

static const char *role_of(const lc_panel *p, const char *column)
{
    if (is_listed(p->time_name, column)) return "time";
    if (strcmp(p->id_name, column) == 0) return "id";
    if (is_among(p->targets, p->n_targets, column)) return "target";
    static const char *const kind[] = {
        [LC_KNOWN_PAST] = "past", [LC_KNOWN_AHEAD] = "future", [LC_STATIC] = "static", [LC_CALENDAR] = "ignored"};
    for (size_t c = 0; c < p->n_past; c++)
        if (strcmp(p->past[c], column) == 0) return kind[lc_panel_covariate(p, c)];
    return "ignored";
}

static json_t *roles_json(const lc_panel *p, bool *ok)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_columns; i++) lc_json_append(list, json_string(role_of(p, p->columns[i])), ok);
    return list;
}

/* Names as an option takes them; NULL where there are none or too many to read, or memory ran out: *ok is then false.
 */
static char *joined(char *const *name, size_t n, bool *ok)
{
    enum { MOST = 12 };
    lc_buf b = {0};
    for (size_t i = 0; i < n && n <= MOST; i++) {
        if (i) lc_buf_puts(&b, ",");
        lc_buf_puts(&b, name[i]);
    }
    if (b.failed) *ok = false;
    if (b.failed) lc_buf_free(&b);
    return b.data;
}

/* What the file showed, as the options that would say the same. */
static void column_options(json_t *o, const lc_panel *p, const lc_settings *s, bool *ok)
{
    char freq[24];
    const char delimiter[2] = {p->delimiter, '\0'};
    const size_t past = p->n_past - p->n_features - p->n_static - p->n_future;
    char *targets = joined(p->targets, p->n_targets, ok), *covariates = joined(p->past, past, ok),
         *ahead = joined(p->past + past, p->n_future, ok),
         *fixed = joined(p->past + past + p->n_future, p->n_static, ok);
    if (*p->time_name) lc_json_put(o, "time", text_json(p->time_name), ok);
    if (*p->id_name) lc_json_put(o, "id", text_json(p->id_name), ok);
    if (targets) lc_json_put(o, "target", text_json(targets), ok);
    if (covariates) lc_json_put(o, "past", text_json(covariates), ok);
    if (ahead) lc_json_put(o, "future", text_json(ahead), ok);
    if (fixed) lc_json_put(o, "static", text_json(fixed), ok);
    if (lc_clock_is_calendar(&p->clock)) lc_json_put(o, "freq", json_string(lc_freq_format(&p->freq, freq)), ok);
    if (p->clock.style == LC_CLOCK_PATTERN) lc_json_put(o, "time-format", text_json(p->clock.pattern), ok);
    if (p->delimiter != ',') lc_json_put(o, "delimiter", json_string(p->delimiter == '\t' ? "tab" : delimiter), ok);
    if (p->decimal_comma) lc_json_put(o, "decimal-comma", json_string(""), ok);
    if (p->n_features) lc_json_put(o, "calendar", json_string(""), ok);
    if (!p->has_header) lc_json_put(o, "no-header", json_string(""), ok);
    if (strcmp(s->gaps, "fill") != 0) lc_json_put(o, "gaps", json_string(s->gaps), ok);
    if (strcmp(s->duplicates, "error") != 0) lc_json_put(o, "duplicates", json_string(s->duplicates), ok);
    if (strcmp(s->aggregate, "none") != 0) lc_json_put(o, "aggregate", json_string(s->aggregate), ok);
    free(targets);
    free(covariates);
    free(ahead);
    free(fixed);
}

/* The options that a run would use, those that follow from the data included. */
static json_t *options_json(const lc_panel *p, const lc_settings *s, bool *ok)
{
    json_t *o = json_object();
    column_options(o, p, s, ok);
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        const bool seasonal =
            strcmp(info->name, "season") == 0 || (strcmp(info->name, "second-season") == 0 && s->second > 1);
        if (info->group != LC_GROUP_MODEL && info->group != LC_GROUP_TRAINING && !seasonal) continue;
        char *text = lc_settings_dup(s, info->name);
        const bool open = !*info->fallback && (info->type == LC_SETTING_COUNT || info->type == LC_SETTING_REAL);
        const bool unset = text && open && (!*text || (info->type == LC_SETTING_COUNT && strcmp(text, "0") == 0));
        if (!text) *ok = false;
        if (text && *text && !unset) lc_json_put(o, info->name, text_json(text), ok);
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
    lc_json_put(o, "roles", roles_json(p, ok), ok);
    lc_json_put(o, "decimal_comma", json_boolean(p->decimal_comma), ok);
    lc_json_put(o, "time", text_json(p->time_name), ok);
    lc_json_put(o, "id", text_json(p->id_name), ok);
    lc_json_put(o, "targets", names(p->targets, p->n_targets, ok), ok);
    const size_t past = p->n_past - p->n_features - p->n_static - p->n_future;
    char *const *ahead = p->past + past, *const *fixed = ahead + p->n_future, *const *calendar = fixed + p->n_static;
    lc_json_put(o, "past", names(p->past, past, ok), ok);
    if (p->n_future) lc_json_put(o, "future", names(ahead, p->n_future, ok), ok);
    if (p->n_static) lc_json_put(o, "static", names(fixed, p->n_static, ok), ok);
    if (p->n_features) lc_json_put(o, "calendar", names(calendar, p->n_features, ok), ok);
    lc_json_put(o, "frequency", json_string(lc_freq_format(&p->freq, freq)), ok);
    lc_json_put(o, "options", options_json(p, resolved, ok), ok);
    lc_json_put(o, "notices", names(p->notices, p->n_notices, ok), ok);
    lc_json_put(o, "series", list, ok);
    for (size_t i = 0; i < p->n_series; i++) {
        lc_json_append(list, series_json(p, &p->series[i], ok), ok);
    }
    return o;
}

/* ---- as text ---- */

/* As many digits as it takes to tell the least number from the largest. */
static int digits_of(const json_t *series)
{
    enum { USUAL = 5, MOST = 16 };
    const double lo = json_number_value(json_object_get(series, "min")),
                 hi = json_number_value(json_object_get(series, "max"));
    const double size = fmax(fabs(lo), fabs(hi)), ratio = size / (hi - lo);
    if (!(ratio > 1 && ratio < 1e300)) return USUAL;
    const int digits = (int)ceil(log10(ratio)) + 2;
    return digits < USUAL ? USUAL : digits > MOST ? MOST : digits;
}

static void put_number(lc_buf *b, const json_t *o, const char *key, int digits)
{
    const json_t *x = json_object_get(o, key);
    if (json_is_number(x)) lc_buf_printf(b, " %11.*g", digits, json_number_value(x));
    else lc_buf_printf(b, " %11s", "-");
}

static void put_series(lc_buf *b, const json_t *list)
{
    enum { MOST = 40 };
    size_t n = json_array_size(list);
    lc_buf_printf(b, "\n%-18s %7s %7s %11s %11s %11s %11s  %s\n", "series", "steps", "missing", "min", "mean", "max",
                  "sd", "season");
    for (size_t i = 0; i < n && i < MOST; i++) {
        const json_t *s = json_array_get(list, i);
        char shown[18];
        const char *id = lc_text_of(s, "unique_id");
        lc_buf_printf(b, "%-18s %7lld %7lld", lc_printable(shown, sizeof shown, id, strlen(id)), lc_int_of(s, "steps"),
                      lc_int_of(s, "missing_cells") + lc_int_of(s, "missing_steps"));
        const int digits = digits_of(s);
        put_number(b, s, "min", digits);
        put_number(b, s, "mean", digits);
        put_number(b, s, "max", digits);
        put_number(b, s, "sd", 5);
        if (lc_int_of(s, "season") > 1) lc_buf_printf(b, "  %lld\n", lc_int_of(s, "season"));
        else lc_buf_puts(b, "  none\n");
    }
    if (n > MOST) lc_buf_printf(b, "and %zu more series\n", n - MOST);
}

/* The periods that were tried on the first series, each with its autocorrelation. */
static void put_seasons(lc_buf *b, const json_t *series)
{
    const json_t *list = json_object_get(series, "season_candidates");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *c = json_array_get(list, i);
        lc_buf_printf(b, "%s%lld (autocorrelation %.2f%s)", i ? ", " : "seasons     ", lc_int_of(c, "period"),
                      fmin(json_number_value(json_object_get(c, "autocorrelation")), 1),
                      json_is_true(json_object_get(c, "accepted")) ? ", taken" : "");
    }
    if (json_array_size(list)) lc_buf_puts(b, "\n");
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

static void put_columns(lc_buf *b, const json_t *names, const json_t *roles)
{
    enum { MOST = 12 };
    size_t n = json_array_size(names);
    lc_buf_puts(b, "columns     ");
    for (size_t i = 0; i < n && i < MOST; i++) {
        if (i) lc_buf_puts(b, ", ");
        lc_put_name(b, json_string_value(json_array_get(names, i)));
        lc_buf_printf(b, " (%s)", json_string_value(json_array_get(roles, i)));
    }
    if (n > MOST) lc_buf_printf(b, " and %zu more", n - MOST);
    lc_buf_puts(b, "\n");
}

static void put_panel(lc_buf *b, const json_t *o)
{
    const json_t *series = json_object_get(o, "series"), *first = json_array_get(series, 0);
    lc_buf_puts(b, "file        ");
    lc_put_name(b, lc_text_of(o, "file"));
    lc_buf_printf(b, "\nrows        %lld, separated by %s, %s\n", lc_int_of(o, "rows"),
                  delimiter_name(lc_text_of(o, "delimiter")),
                  json_is_true(json_object_get(o, "header")) ? "with a header" : "without a header");
    put_columns(b, json_object_get(o, "columns"), json_object_get(o, "roles"));
    lc_buf_puts(b, "time        ");
    if (*lc_text_of(o, "time")) lc_put_name(b, lc_text_of(o, "time"));
    else lc_buf_puts(b, "none, rows are steps");
    lc_buf_printf(b, "\nstep        %s", lc_text_of(o, "frequency"));
    lc_buf_printf(b, ", from %s to %s\n", lc_text_of(first, "first"), lc_text_of(first, "last"));
    if (*lc_text_of(o, "id")) {
        lc_buf_puts(b, "id          ");
        lc_put_name(b, lc_text_of(o, "id"));
        lc_buf_printf(b, ", %zu series\n", json_array_size(series));
    }
    lc_put_list(b, "targets", json_object_get(o, "targets"));
    lc_put_covariates(b, o);
    put_seasons(b, first);
    put_series(b, series);
    lc_buf_puts(b, "\nwould use  ");
    const char *key;
    json_t *value;
    size_t column = 11;
    json_object_foreach(json_object_get(o, "options"), key, value)
        lc_put_option(b, &column, key, json_string_value(value));
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

/* The first series' shape, for people: ranges of stretches of steps, or a few columns a step. */
static char *sketch(const lc_panel *p)
{
    const lc_series *s = &p->series[0];
    double lo[LC_SKETCH_COLUMNS], hi[LC_SKETCH_COLUMNS];
    size_t n = LC_SKETCH_COLUMNS;
    if (s->steps < n) n = s->steps * (n / s->steps);
    for (size_t i = 0; i < n; i++) {
        size_t begin = (size_t)((double)i / (double)n * (double)s->steps + 1e-9), end = begin + 1;
        if (s->steps > n) end = (size_t)((double)(i + 1) / (double)n * (double)s->steps + 1e-9);
        lo[i] = hi[i] = (double)NAN;
        for (size_t k = begin; k < end && k < s->steps; k++) {
            if (!lc_is_observed(s, k)) continue;
            lo[i] = fmin(lo[i], lc_value(s, k));
            hi[i] = fmax(hi[i], lc_value(s, k));
        }
    }
    lc_buf b = {0};
    char name[64];
    lc_buf_printf(&b, "\n%s\n", lc_printable(name, sizeof name, s->id, strlen(s->id)));
    lc_sketch(&b, lo, hi, n);
    if (b.failed) lc_buf_free(&b);
    return b.data;
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
    if (code == LC_OK) code = lc_describe_finish(o, json, put_panel, text, st);
    if (code != LC_OK || json) return code;
    char *drawn = sketch(p);
    lc_buf all = {0};
    lc_buf_puts(&all, *text);
    if (drawn) lc_buf_puts(&all, drawn);
    free(*text);
    *text = all.data;
    if (drawn && !all.failed) {
        free(drawn);
        return LC_OK;
    }
    free(drawn);
    lc_buf_free(&all);
    *text = NULL;
    return lc_fail_memory(st);
}
