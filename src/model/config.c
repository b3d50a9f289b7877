/* The `config` of a model file: one JSON text that holds everything but the weights. */
#include "model/config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static json_t *names_json(char *const *names, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *real_json(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *reals_json(const double *x, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, real_json(x[i]));
    return list;
}

static json_t *scale_json(lc_scale s)
{
    return json_pack("{s:f, s:f}", "mean", s.mean, "sd", s.sd);
}

static json_t *settings_json(const lc_settings *s)
{
    json_t *object = json_object();
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        char text[1024];
        /* How the work is done leaves no trace: the file is the same at any number of threads. */
        if (info->group == LC_GROUP_RUN) continue;
        if (lc_settings_get(s, info->name, text, sizeof text))
            json_object_set_new(object, info->name, json_string(text));
    }
    return object;
}

static json_t *scales_json(const lc_model *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->n_scales; i++) {
        json_t *one = scale_json(m->scales[i].scale), *past = json_array();
        json_object_set_new(one, "id", json_string(m->scales[i].id));
        for (size_t c = 0; c < m->n_past; c++) json_array_append_new(past, scale_json(m->scales[i].past[c]));
        json_object_set_new(one, "past", past);
        json_array_append_new(list, one);
    }
    return list;
}

json_t *lc_config_write(const lc_model *m)
{
    char freq[24];
    const lc_network_spec *n = &m->net->spec;
    const lc_calibration *c = &m->calibration;
    const lc_training_summary *t = &m->training;
    json_t *root = json_object();
    json_object_set_new(root, "arch", json_string(m->settings->arch));
    json_object_set_new(root, "network",
                        json_pack("{s:I, s:I, s:I, s:I, s:I}", "inputs", (json_int_t)n->inputs, "lookback",
                                  (json_int_t)n->steps, "hidden", (json_int_t)n->hidden, "layers",
                                  (json_int_t)n->layers, "outputs", (json_int_t)n->outputs));
    json_object_set_new(root, "frequency", json_string(lc_freq_format(&m->freq, freq)));
    json_object_set_new(root, "month_end", json_boolean(m->freq.month_end));
    json_object_set_new(root, "targets", names_json(m->targets, m->n_targets));
    json_object_set_new(root, "past", names_json(m->past, m->n_past));
    json_object_set_new(root, "settings", settings_json(m->settings));
    json_object_set_new(root, "scalers", scales_json(m));
    size_t steps = c->windows ? (c->pooled ? 1 : n->outputs) : 0;
    json_t *calibration = json_pack("{s:I, s:b}", "windows", (json_int_t)c->windows, "pooled", (int)c->pooled);
    json_t *scores = json_array();
    for (size_t h = 0; h < steps; h++) json_array_append_new(scores, reals_json(c->score + h * c->kept, c->kept));
    json_object_set_new(calibration, "scores", scores);
    json_object_set_new(root, "calibration", calibration);
    json_t *training =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "series", (json_int_t)t->series, "rows", (json_int_t)t->rows,
                  "windows", (json_int_t)t->windows, "valid_windows", (json_int_t)t->valid_windows, "epochs",
                  (json_int_t)t->epochs, "best_epoch", (json_int_t)t->best_epoch);
    json_object_set_new(training, "train_loss", reals_json(t->train_loss, t->epochs));
    json_object_set_new(training, "valid_loss", reals_json(t->valid_loss, t->epochs));
    json_object_set_new(training, "against_naive", real_json(t->against_naive));
    json_object_set_new(training, "against_seasonal_naive", real_json(t->against_seasonal_naive));
    json_object_set_new(root, "training", training);
    return root;
}

char *lc_model_config(const lc_model *m)
{
    json_t *root = lc_config_write(m);
    char *text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
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
    *s = (lc_scale){json_number_value(mean), json_number_value(sd)};
    return isfinite(s->mean) && isfinite(s->sd) && s->sd > 0;
}

static bool get_names(const json_t *list, char ***names, size_t *n)
{
    if (!json_is_array(list)) return false;
    *names = calloc(json_array_size(list) + 1, sizeof **names);
    if (!*names) return false;
    for (*n = 0; *n < json_array_size(list); ++*n) {
        const json_t *text = json_array_get(list, *n);
        if (!json_is_string(text) || !((*names)[*n] = lc_strdup(json_string_value(text)))) return false;
    }
    return true;
}

lc_code lc_config_settings(const json_t *root, lc_settings **out, size_t *inputs, lc_status *st)
{
    *out = NULL;
    const json_t *arch = json_object_get(root, "arch"), *network = json_object_get(root, "network");
    if (!json_is_string(arch) || !json_is_object(network)) return broken(st, "\"arch\" or \"network\" is missing");
    lc_settings *s = lc_settings_create();
    if (!s) return lc_fail_memory(st);
    lc_status inner = {0};
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(root, "settings"), key, value)
    {
        const char *text = json_is_string(value) ? json_string_value(value) : "?";
        /* Later versions may know more settings; those are no reason to refuse the file. A count of 0 stands
         * for "not set". */
        char known[8];
        if (!lc_settings_get(s, key, known, sizeof known) || strcmp(text, "0") == 0) continue;
        if (lc_settings_set(s, key, text, &inner) != LC_OK) {
            lc_settings_free(s);
            return broken(st, inner.text);
        }
    }
    size_t lookback, horizon, hidden, layers;
    if (!get_count(network, "inputs", 1u << 20, inputs) || !get_count(network, "lookback", 1u << 20, &lookback) ||
        !get_count(network, "hidden", 1u << 20, &hidden) || !get_count(network, "layers", 64, &layers) ||
        !get_count(network, "outputs", 1u << 20, &horizon) || lookback != s->lookback || horizon != s->horizon ||
        hidden != s->hidden || layers != s->layers) {
        lc_settings_free(s);
        return broken(st, "\"network\" is incomplete or contradicts \"settings\"");
    }
    *out = s;
    return LC_OK;
}

static bool read_scales(const json_t *list, lc_model *m)
{
    if (!json_is_array(list)) return false;
    size_t n = json_array_size(list);
    m->scales = lc_calloc(n, sizeof *m->scales);
    if (!m->scales) return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(list, i), *id = json_object_get(one, "id"),
                     *past = json_object_get(one, "past");
        lc_named_scale *s = &m->scales[i];
        if (!json_is_string(id) || !get_scale(one, &s->scale)) return false;
        if (!json_is_array(past) || json_array_size(past) != m->n_past) return false;
        m->n_scales++;
        s->id = lc_strdup(json_string_value(id));
        s->past = lc_calloc(m->n_past, sizeof *s->past);
        if (!s->id || !s->past) return false;
        for (size_t c = 0; c < m->n_past; c++)
            if (!get_scale(json_array_get(past, c), &s->past[c])) return false;
    }
    return true;
}

static bool read_calibration(const json_t *object, lc_calibration *c, size_t horizon)
{
    if (!get_count(object, "windows", SIZE_MAX / 2, &c->windows)) return false;
    c->pooled = json_is_true(json_object_get(object, "pooled"));
    const json_t *scores = json_object_get(object, "scores");
    size_t steps = c->windows ? (c->pooled ? 1 : horizon) : 0;
    if (!json_is_array(scores) || json_array_size(scores) != steps) return false;
    if (!steps) return true;
    c->kept = json_array_size(json_array_get(scores, 0));
    if (!c->kept || c->kept > c->windows || c->kept > ((size_t)1 << 20)) return false;
    c->score = lc_calloc(steps * c->kept, sizeof *c->score);
    if (!c->score) return false;
    for (size_t h = 0; h < steps; h++) {
        const json_t *row = json_array_get(scores, h);
        if (json_array_size(row) != c->kept) return false;
        for (size_t i = 0; i < c->kept; i++) {
            const json_t *x = json_array_get(row, i);
            double v = json_number_value(x);
            if (!json_is_number(x) || !(v >= 0) || (i && v < c->score[h * c->kept + i - 1])) return false;
            c->score[h * c->kept + i] = v;
        }
    }
    return true;
}

static double real_or_nan(const json_t *x)
{
    return json_is_number(x) ? json_number_value(x) : NAN;
}

static bool read_losses(const json_t *list, size_t n, double **out)
{
    if (!json_is_array(list) || json_array_size(list) != n) return false;
    *out = calloc(n ? n : 1, sizeof **out);
    for (size_t i = 0; *out && i < n; i++) {
        const json_t *x = json_array_get(list, i);
        (*out)[i] = real_or_nan(x);
    }
    return *out != NULL;
}

static bool read_training(const json_t *object, lc_training_summary *t)
{
    const size_t most = SIZE_MAX / 2;
    t->against_naive = real_or_nan(json_object_get(object, "against_naive"));
    t->against_seasonal_naive = real_or_nan(json_object_get(object, "against_seasonal_naive"));
    return get_count(object, "series", most, &t->series) && get_count(object, "rows", most, &t->rows) &&
           get_count(object, "windows", most, &t->windows) &&
           get_count(object, "valid_windows", most, &t->valid_windows) &&
           get_count(object, "epochs", most, &t->epochs) && get_count(object, "best_epoch", most, &t->best_epoch) &&
           t->best_epoch <= t->epochs &&
           read_losses(json_object_get(object, "train_loss"), t->epochs, &t->train_loss) &&
           read_losses(json_object_get(object, "valid_loss"), t->epochs, &t->valid_loss);
}

lc_code lc_config_read(const json_t *root, lc_model *m, lc_status *st)
{
    const json_t *freq = json_object_get(root, "frequency");
    if (!json_is_string(freq) || !lc_freq_parse(&m->freq, json_string_value(freq)))
        return broken(st, "\"frequency\" is missing or unknown");
    m->freq.month_end = json_is_true(json_object_get(root, "month_end"));
    if (!get_names(json_object_get(root, "targets"), &m->targets, &m->n_targets) ||
        !get_names(json_object_get(root, "past"), &m->past, &m->n_past) || m->n_past + 1 != m->net->spec.inputs)
        return broken(st, "\"targets\" or \"past\" does not fit the network");
    if (!read_scales(json_object_get(root, "scalers"), m)) return broken(st, "\"scalers\" is damaged");
    if (!read_calibration(json_object_get(root, "calibration"), &m->calibration, m->net->spec.outputs))
        return broken(st, "\"calibration\" is damaged");
    if (!read_training(json_object_get(root, "training"), &m->training)) return broken(st, "\"training\" is damaged");
    return LC_OK;
}
