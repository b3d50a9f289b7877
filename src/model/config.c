/* The `config` of a model file: one JSON text that holds everything but the weights. */
#include "model/config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "baseline/baseline.h"
#include "model/feed.h"
#include "model/unknown.h"
#include "nn/arch.h"

/* Whether every part found memory is asked once, at the end. */
void lc_json_put(json_t *object, const char *key, json_t *value, bool *ok)
{
    if (json_object_set_new(object, key, value) != 0) *ok = false;
}

void lc_json_append(json_t *list, json_t *value, bool *ok)
{
    if (json_array_append_new(list, value) != 0) *ok = false;
}

/* Names come from files in any encoding; JSON holds UTF-8. */
static json_t *name_json(const char *name)
{
    char *utf8 = lc_utf8(name);
    json_t *text = utf8 ? json_string(utf8) : NULL;
    free(utf8);
    return text;
}

static json_t *count_json(size_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *names_json(char *const *names, size_t n, bool *ok)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) lc_json_append(list, name_json(names[i]), ok);
    return list;
}

static json_t *real_json(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *reals_json(const double *x, size_t n, bool *ok)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) lc_json_append(list, real_json(x[i]), ok);
    return list;
}

static json_t *scale_json(lc_scale s)
{
    return json_pack("{s:f, s:f}", "mean", s.mean, "sd", s.sd);
}

static json_t *settings_json(const lc_settings *s, bool *ok)
{
    json_t *object = json_object();
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        /* How the work is done leaves no trace: the file is the same at any number of threads. */
        if (info->group == LC_GROUP_RUN || strcmp(info->name, "from") == 0) continue;
        char *text = lc_settings_dup(s, info->name);
        lc_json_put(object, info->name, text ? name_json(text) : NULL, ok);
        free(text);
    }
    return object;
}

static json_t *scales_json(const lc_model *m, bool *ok)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->n_scales; i++) {
        json_t *one = scale_json(m->scales[i].scale), *past = json_array();
        lc_json_put(one, "id", name_json(m->scales[i].id), ok);
        if (m->scales[i].until != LC_NEVER) lc_json_put(one, "until", json_integer(m->scales[i].until), ok);
        for (size_t c = 0; c < m->n_past; c++) lc_json_append(past, scale_json(m->scales[i].past[c]), ok);
        lc_json_put(one, "past", past, ok);
        lc_json_append(list, one, ok);
    }
    return list;
}

static json_t *network_json(const lc_model *m, bool *ok)
{
    json_t *object = json_object();
    const lc_settings *s = m->settings;
    lc_json_put(object, "inputs", count_json(m->net ? m->net->spec.inputs : 0), ok);
    lc_json_put(object, "lookback", count_json(s->lookback), ok);
    if (m->net && m->net->spec.steps != s->lookback) lc_json_put(object, "steps", count_json(m->net->spec.steps), ok);
    lc_json_put(object, "hidden", count_json(s->hidden), ok);
    lc_json_put(object, "layers", count_json(s->layers), ok);
    lc_json_put(object, "outputs", count_json(s->horizon), ok);
    if (s->members > 1) lc_json_put(object, "members", count_json(s->members), ok);
    return object;
}

static json_t *calibration_json(const lc_calibration *c, size_t horizon, bool *ok)
{
    json_t *object = json_object(), *scores = json_array();
    size_t steps = c->windows ? (c->pooled ? 1 : horizon) : 0;
    for (size_t h = 0; h < steps; h++) lc_json_append(scores, reals_json(c->score + h * c->kept, c->kept, ok), ok);
    lc_json_put(object, "windows", count_json(c->windows), ok);
    lc_json_put(object, "blocks", count_json(c->blocks), ok);
    lc_json_put(object, "pooled", json_boolean(c->pooled), ok);
    lc_json_put(object, "quantiles", json_boolean(c->quantiles), ok);
    lc_json_put(object, "scores", scores, ok);
    return object;
}

static json_t *counts_json(const size_t *n, size_t count, bool *ok)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) lc_json_append(list, count_json(n[i]), ok);
    return list;
}

static json_t *training_json(const lc_training_summary *t, size_t members, bool *ok)
{
    json_t *object = json_object();
    if (*t->program) lc_json_put(object, "program", json_string(t->program), ok);
    lc_json_put(object, "series", count_json(t->series), ok);
    lc_json_put(object, "rows", count_json(t->rows), ok);
    lc_json_put(object, "windows", count_json(t->windows), ok);
    lc_json_put(object, "valid_windows", count_json(t->valid_windows), ok);
    lc_json_put(object, "epochs", count_json(t->epochs), ok);
    lc_json_put(object, "best_epoch", count_json(t->best_epoch), ok);
    lc_json_put(object, "train_loss", reals_json(t->train_loss, t->epochs, ok), ok);
    lc_json_put(object, "valid_loss", reals_json(t->valid_loss, t->epochs, ok), ok);
    lc_json_put(object, "steps", counts_json(t->steps, members, ok), ok);
    lc_json_put(object, "against_naive", real_json(t->against_naive), ok);
    lc_json_put(object, "against_seasonal_naive", real_json(t->against_seasonal_naive), ok);
    return object;
}

/* Covariates by kind, in the order of the network's inputs; kinds that do not occur are left out but for the first. */
static void put_covariates(json_t *root, const lc_model *m, bool *ok)
{
    const size_t past = m->n_past - m->n_future - m->n_static - m->n_calendar;
    char *const *name = m->past;
    lc_json_put(root, "past", names_json(name, past, ok), ok);
    name += past;
    if (m->n_future) lc_json_put(root, "future", names_json(name, m->n_future, ok), ok);
    name += m->n_future;
    if (m->n_static) lc_json_put(root, "static", names_json(name, m->n_static, ok), ok);
    name += m->n_static;
    if (m->n_calendar) lc_json_put(root, "calendar", names_json(name, m->n_calendar, ok), ok);
}

json_t *lc_config_write(const lc_model *m)
{
    char freq[24];
    bool ok = true;
    json_t *root = json_object();
    lc_json_put(root, "arch", json_string(m->settings->arch), &ok);
    lc_json_put(root, "network", network_json(m, &ok), &ok);
    lc_json_put(root, "frequency", json_string(lc_freq_format(&m->freq, freq)), &ok);
    lc_json_put(root, "month_end", json_boolean(m->freq.month_end), &ok);
    lc_json_put(root, "targets", names_json(m->targets, m->n_targets, &ok), &ok);
    put_covariates(root, m, &ok);
    lc_json_put(root, "settings", settings_json(m->settings, &ok), &ok);
    lc_json_put(root, "scalers", scales_json(m, &ok), &ok);
    lc_json_put(root, "calibration", calibration_json(&m->calibration, m->settings->horizon, &ok), &ok);
    lc_json_put(root, "training", training_json(&m->training, m->settings->members, &ok), &ok);
    if (m->unknown && !lc_unknown_restore(root, m->unknown)) ok = false;
    if (ok) return root;
    json_decref(root);
    return NULL;
}

char *lc_model_config(const lc_model *m)
{
    json_t *root = lc_config_write(m);
    char *text = lc_json_text(root, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(root);
    return text;
}

/* ---- reading: the file is hostile until every part has been checked ---- */

static lc_code broken(lc_status *st, const char *what)
{
    lc_fail(st, LC_E_MODEL, "config: %s", what);
    lc_hint(st, "the file was not written by loomcast or is damaged");
    return LC_E_MODEL;
}

/* Why a part could not be read: `code` of the functions below, LC_E_MODEL without a message where it is damaged. */
static lc_code unread(lc_code code, lc_status *st, const char *what)
{
    return code == LC_E_MEMORY ? lc_fail_memory(st) : broken(st, what);
}

static bool get_count(const json_t *object, const char *key, size_t most, size_t *out)
{
    const json_t *v = json_object_get(object, key);
    if (!json_is_integer(v) || json_integer_value(v) < 0 || (unsigned long long)json_integer_value(v) > most)
        return false;
    *out = (size_t)json_integer_value(v);
    return true;
}

static bool get_scale(const json_t *object, lc_scale *s)
{
    const json_t *mean = json_object_get(object, "mean"), *sd = json_object_get(object, "sd");
    if (!json_is_number(mean) || !json_is_number(sd)) return false;
    *s = (lc_scale){.mean = json_number_value(mean), .sd = json_number_value(sd)};
    return isfinite(s->mean) && isfinite(s->sd) && s->sd > 0;
}

static lc_code get_names(const json_t *list, char ***names, size_t *n)
{
    if (!json_is_array(list)) return LC_E_MODEL;
    *names = calloc(json_array_size(list) + 1, sizeof **names);
    if (!*names) return LC_E_MEMORY;
    for (*n = 0; *n < json_array_size(list); ++*n) {
        const json_t *text = json_array_get(list, *n);
        if (!json_is_string(text)) return LC_E_MODEL;
        if (!((*names)[*n] = lc_strdup(json_string_value(text)))) return LC_E_MEMORY;
    }
    return LC_OK;
}

/* Later versions may know more settings; those are no reason to refuse the file. */
static lc_code read_setting(lc_settings *s, const char *key, const json_t *value, lc_status *st)
{
    const lc_setting_info *info = NULL;
    for (size_t i = 0; i < lc_setting_count() && !info; i++)
        if (strcmp(lc_setting_at(i)->name, key) == 0) info = lc_setting_at(i);
    if (!info || info->group == LC_GROUP_RUN) return LC_OK;
    if (!json_is_string(value)) return broken(st, "a setting is no text");
    const char *text = json_string_value(value);
    /* A count that follows from the data is 0 while nobody has set it. */
    if (info->type == LC_SETTING_COUNT && !*info->fallback && strcmp(text, "0") == 0) return LC_OK;
    if (info->type == LC_SETTING_REAL && !*info->fallback && !*text) return LC_OK;
    lc_status inner = {0};
    lc_code code = lc_settings_set(s, key, text, &inner);
    if (code == LC_E_MEMORY) return lc_fail_memory(st);
    return code == LC_OK ? LC_OK : broken(st, inner.text);
}

/* The network that the file describes is the one of the settings. */
static bool read_network(const json_t *network, const lc_settings *s, lc_covariate_counts n)
{
    const size_t most = (size_t)1 << 20;
    size_t inputs, lookback, horizon, hidden, layers;
    return get_count(network, "inputs", most, &inputs) && get_count(network, "lookback", most, &lookback) &&
           get_count(network, "hidden", most, &hidden) && get_count(network, "layers", most, &layers) &&
           get_count(network, "outputs", most, &horizon) && horizon && lookback && lookback == s->lookback &&
           horizon == s->horizon && hidden == s->hidden && layers == s->layers && s->members && s->segment &&
           s->segment <= most && s->lookback % s->segment == 0 && s->season <= most &&
           (strcmp(s->seasonal_base, "on") != 0 ||
            (s->season > 1 && s->season <= s->lookback / 2 && s->second <= s->lookback / 2)) &&
           (lc_baseline_find(s->arch) || inputs == lc_feed_shape(s, n).inputs);
}

/* Which of the covariates are of which kind, before memory is taken for their names. */
static bool read_counts(const json_t *root, lc_covariate_counts *n)
{
    const size_t most = 1 << 20;
    *n = (lc_covariate_counts){0, json_array_size(json_object_get(root, "future")),
                               json_array_size(json_object_get(root, "static")),
                               json_array_size(json_object_get(root, "calendar"))};
    n->all = json_array_size(json_object_get(root, "past")) + n->ahead + n->fixed + n->calendar;
    return n->all <= most;
}

lc_code lc_config_settings(const json_t *root, lc_settings **out, lc_covariate_counts *n, lc_status *st)
{
    *out = NULL;
    const json_t *arch = json_object_get(root, "arch"), *network = json_object_get(root, "network");
    json_t *settings = json_object_get(root, "settings");
    if (!json_is_string(arch) || !json_is_object(network) || !json_is_object(settings))
        return broken(st, "\"arch\", \"network\" or \"settings\" is missing");
    lc_settings *s = lc_settings_create();
    if (!s) return lc_fail_memory(st);
    lc_code code = LC_OK;
    const char *key;
    json_t *value;
    json_object_foreach(settings, key, value) if (code == LC_OK) code = read_setting(s, key, value, st);
    if (code == LC_OK && strcmp(json_string_value(arch), s->arch) != 0)
        code = broken(st, "\"arch\" is unknown or contradicts \"settings\"");
    /* A file of a version that knew fewer settings has not resolved them. */
    if (code == LC_OK) code = lc_arch_defaults(s, st);
    if (code == LC_OK && (!read_counts(root, n) || !read_network(network, s, *n)))
        code = broken(st, "\"network\" is incomplete or contradicts \"settings\"");
    if (code == LC_OK) *out = s;
    else lc_settings_free(s);
    return code;
}

static lc_code read_scales(const json_t *list, lc_model *m)
{
    if (!json_is_array(list)) return LC_E_MODEL;
    size_t n = json_array_size(list);
    m->scales = lc_calloc(n, sizeof *m->scales);
    if (!m->scales) return LC_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(list, i), *id = json_object_get(one, "id"),
                     *past = json_object_get(one, "past"), *until = json_object_get(one, "until");
        lc_named_scale *s = &m->scales[i];
        if (!json_is_string(id) || !get_scale(one, &s->scale)) return LC_E_MODEL;
        s->scale.log = lc_feed_scaling(m->settings) == LC_SCALE_LOG;
        if (!json_is_array(past) || json_array_size(past) != m->n_past) return LC_E_MODEL;
        m->n_scales++;
        s->until = json_is_integer(until) ? json_integer_value(until) : LC_NEVER;
        s->id = lc_strdup(json_string_value(id));
        s->past = lc_calloc(m->n_past, sizeof *s->past);
        if (!s->id || !s->past) return LC_E_MEMORY;
        for (size_t c = 0; c < m->n_past; c++)
            if (!get_scale(json_array_get(past, c), &s->past[c])) return LC_E_MODEL;
    }
    return LC_OK;
}

static lc_code read_calibration(const json_t *object, lc_calibration *c, size_t horizon)
{
    if (!get_count(object, "windows", SIZE_MAX / 2, &c->windows)) return LC_E_MODEL;
    if (!get_count(object, "blocks", SIZE_MAX / 2, &c->blocks)) return LC_E_MODEL;
    c->pooled = json_is_true(json_object_get(object, "pooled"));
    c->quantiles = json_is_true(json_object_get(object, "quantiles"));
    const json_t *scores = json_object_get(object, "scores");
    size_t steps = c->windows ? (c->pooled ? 1 : horizon) : 0;
    if (!json_is_array(scores) || json_array_size(scores) != steps) return LC_E_MODEL;
    if (!steps) return LC_OK;
    c->kept = json_array_size(json_array_get(scores, 0));
    if (!c->kept || c->kept > c->windows) return LC_E_MODEL;
    /* All rows are there before memory is taken for them: what is allocated is bounded by the file. */
    for (size_t h = 0; h < steps; h++)
        if (json_array_size(json_array_get(scores, h)) != c->kept) return LC_E_MODEL;
    c->score = lc_calloc(steps * c->kept, sizeof *c->score);
    if (!c->score) return LC_E_MEMORY;
    for (size_t h = 0; h < steps; h++) {
        const json_t *row = json_array_get(scores, h);
        for (size_t i = 0; i < c->kept; i++) {
            const json_t *x = json_array_get(row, i);
            double v = json_number_value(x);
            if (!json_is_number(x) || !(v >= 0) || (i && v < c->score[h * c->kept + i - 1])) return LC_E_MODEL;
            c->score[h * c->kept + i] = v;
        }
    }
    return LC_OK;
}

static double real_or_nan(const json_t *x)
{
    return json_is_number(x) ? json_number_value(x) : NAN;
}

static lc_code read_losses(const json_t *list, size_t n, double **out)
{
    if (!json_is_array(list) || json_array_size(list) != n) return LC_E_MODEL;
    *out = calloc(n ? n : 1, sizeof **out);
    for (size_t i = 0; *out && i < n; i++) {
        const json_t *x = json_array_get(list, i);
        (*out)[i] = real_or_nan(x);
    }
    return *out ? LC_OK : LC_E_MEMORY;
}

static lc_code read_training(const json_t *object, lc_training_summary *t, size_t members)
{
    const size_t most = SIZE_MAX / 2;
    const json_t *steps = json_object_get(object, "steps"); /* older files have none */
    for (size_t i = 0; i < members; i++) {
        const json_int_t n = json_integer_value(json_array_get(steps, i));
        t->steps[i] = !steps ? 1 : n > 0 ? (size_t)n : 0;
    }
    const char *program = json_string_value(json_object_get(object, "program"));
    snprintf(t->program, sizeof t->program, "%s", program ? program : "");
    t->against_naive = real_or_nan(json_object_get(object, "against_naive"));
    t->against_seasonal_naive = real_or_nan(json_object_get(object, "against_seasonal_naive"));
    const bool counted = get_count(object, "series", most, &t->series) && get_count(object, "rows", most, &t->rows) &&
                         get_count(object, "windows", most, &t->windows) &&
                         get_count(object, "valid_windows", most, &t->valid_windows) &&
                         get_count(object, "epochs", most, &t->epochs) &&
                         get_count(object, "best_epoch", most, &t->best_epoch) && t->best_epoch <= t->epochs;
    if (!counted) return LC_E_MODEL;
    const lc_code code = read_losses(json_object_get(object, "train_loss"), t->epochs, &t->train_loss);
    return code == LC_OK ? read_losses(json_object_get(object, "valid_loss"), t->epochs, &t->valid_loss) : code;
}

static lc_code read_covariates(const json_t *root, lc_model *m)
{
    static const char *const kind[] = {"past", "future", "static", "calendar"};
    size_t *const count[] = {NULL, &m->n_future, &m->n_static, &m->n_calendar};
    json_t *all = json_array();
    lc_code code = all ? LC_OK : LC_E_MEMORY;
    for (size_t k = 0; code == LC_OK && k < sizeof kind / sizeof kind[0]; k++) {
        json_t *list = json_object_get(root, kind[k]);
        if (!list && k) continue;
        if (!json_is_array(list)) code = LC_E_MODEL;
        else if (json_array_extend(all, list) != 0) code = LC_E_MEMORY;
        else if (k) *count[k] = json_array_size(list);
    }
    if (code == LC_OK) code = get_names(all, &m->past, &m->n_past);
    json_decref(all);
    return code;
}

lc_code lc_config_read(const json_t *root, lc_model *m, lc_status *st)
{
    const json_t *freq = json_object_get(root, "frequency");
    if (!json_is_string(freq) || !lc_freq_parse(&m->freq, json_string_value(freq)))
        return broken(st, "\"frequency\" is missing or unknown");
    m->freq.month_end = json_is_true(json_object_get(root, "month_end"));
    lc_code code = get_names(json_object_get(root, "targets"), &m->targets, &m->n_targets);
    if (code == LC_OK) code = read_covariates(root, m);
    if (code != LC_OK) return unread(code, st, "\"targets\" or a list of covariates does not fit the network");
    code = read_scales(json_object_get(root, "scalers"), m);
    if (code != LC_OK) return unread(code, st, "\"scalers\" is damaged");
    code = read_calibration(json_object_get(root, "calibration"), &m->calibration, m->settings->horizon);
    if (code != LC_OK) return unread(code, st, "\"calibration\" is damaged");
    code = read_training(json_object_get(root, "training"), &m->training, m->settings->members);
    if (code != LC_OK) return unread(code, st, "\"training\" is damaged");
    json_t *known = lc_config_write(m);
    const bool kept = known && lc_unknown_of(&m->unknown, root, known);
    json_decref(known);
    return kept ? LC_OK : lc_fail_memory(st);
}
