/* What include/loomcast.h promises about models and runs, by calls to the floors below. Functions that a
 * lower floor already has in the promised form (settings, results, lc_model_free ...) live there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/detect_table.h"
#include "anomaly/event_table.h"
#include "anomaly/method_run.h"
#include "api_detect.h"
#include "base/memory.h"
#include "forecast/fitting.h"
#include "forecast/forecast.h"
#include "forecast/reach.h"
#include "forecast/statistical.h"
#include "nn/arch.h"
#include "par/team.h"
#include "train/fit.h"
#include "train/recipe.h"

/* ---- settings ---- */

lc_code lc_settings_check(const lc_settings *s, lc_status *st)
{
    lc_levels levels;
    return lc_levels_parse(&levels, s->level, st);
}

/* ---- data ---- */

lc_code lc_panel_read(lc_panel **out, const char *const *paths, size_t n, const lc_settings *s, lc_status *st)
{
    LC_NEED(out);
    LC_NEED(paths);
    LC_NEED(s);
    return lc_panel_read_files(out, paths, n, s, st);
}

lc_code lc_panel_read_text(lc_panel **out, const char *name, const char *bytes, size_t n, const lc_settings *s,
                           lc_status *st)
{
    LC_NEED(out);
    LC_NEED(name);
    LC_NEED(bytes);
    LC_NEED(s);
    return lc_panel_read_memory(out, name, bytes, n, s, st);
}

size_t lc_panel_series_count(const lc_panel *p)
{
    return p->n_series;
}

const char *lc_panel_series_id(const lc_panel *p, size_t series)
{
    return series < p->n_series ? p->series[series].id : "";
}

size_t lc_panel_series_steps(const lc_panel *p, size_t series)
{
    return series < p->n_series ? p->series[series].steps : 0;
}

size_t lc_panel_row_count(const lc_panel *p)
{
    return p->n_rows;
}

const char *lc_panel_frequency(const lc_panel *p, char out[24])
{
    return lc_freq_format(&p->freq, out);
}

size_t lc_panel_notice_count(const lc_panel *p)
{
    return p->n_notices;
}

const char *lc_panel_notice(const lc_panel *p, size_t i)
{
    return i < p->n_notices ? p->notices[i] : "";
}

/* ---- models ---- */

lc_code lc_model_fit(lc_model **out, const lc_panel *p, const lc_settings *s, lc_progress_fn progress, void *user,
                     lc_status *st)
{
    LC_NEED(out);
    LC_NEED(p);
    LC_NEED(s);
    *out = NULL;
    lc_settings *resolved = lc_settings_copy(s);
    lc_split *split = lc_calloc(p->n_series, sizeof *split);
    lc_code code = resolved && split ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK && *resolved->from) code = lc_model_inherit(resolved, resolved->from, st);
    if (code == LC_OK) code = lc_resolve_settings(resolved, p, NULL, st);
    if (code == LC_OK) {
        lc_resolve_split(split, p, resolved, NULL);
        code = lc_fit_calibrated(out, p, resolved, split, progress, user, st);
    }
    lc_free(split);
    lc_settings_free(resolved);
    return code;
}

lc_code lc_model_save(const lc_model *m, const char *path, bool replace, lc_status *st)
{
    LC_NEED(m);
    LC_NEED(path);
    return lc_model_write(m, path, replace, st);
}

lc_code lc_model_load(lc_model **out, const char *path, lc_status *st)
{
    LC_NEED(out);
    LC_NEED(path);
    return lc_model_read(out, path, st);
}

void lc_model_get_info(const lc_model *m, lc_model_info *out)
{
    *out = (lc_model_info){.against_naive = NAN, .against_seasonal_naive = NAN, .valid_loss = NAN};
    if (!m) return;
    const lc_training_summary *t = &m->training;
    *out = (lc_model_info){.horizon = m->settings->horizon,
                           .lookback = m->settings->lookback,
                           .season = m->settings->season,
                           .hidden = m->settings->hidden,
                           .layers = m->settings->layers,
                           .series = t->series,
                           .rows = t->rows,
                           .windows = t->windows,
                           .valid_windows = t->valid_windows,
                           .epochs = t->epochs,
                           .best_epoch = t->best_epoch,
                           .valid_loss = t->best_epoch ? t->valid_loss[t->best_epoch - 1] : NAN,
                           .against_naive = t->against_naive,
                           .against_seasonal_naive = t->against_seasonal_naive};
    const bool networked = lc_model_networked(m);
    out->members = networked ? m->settings->members : 0;
    out->segment = m->settings->segment;
    out->steps = networked ? t->steps[0] : 0;
    out->blend = m->settings->blend;
    if (!networked || out->blend > 0) lc_statistical_name(m, out->statistical, sizeof out->statistical);
    snprintf(out->arch, sizeof out->arch, "%s", m->settings->arch);
    out->is_baseline = !networked && strcmp(out->arch, out->statistical) == 0;
    lc_freq_format(&m->freq, out->frequency);
    for (size_t i = 0; m->net && i < m->net->n_layers; i++) {
        lc_layer_tensor tensor[LC_LAYER_TENSORS];
        size_t n = m->net->layer[i].kind->tensors(&m->net->layer[i], tensor);
        for (size_t k = 0; k < n; k++)
            out->parameters +=
                m->settings->members * tensor[k].shape[0] * (tensor[k].dims == 2 ? tensor[k].shape[1] : 1);
    }
}

size_t lc_model_losses(const lc_model *m, const double **train, const double **valid)
{
    *train = m->training.train_loss;
    *valid = m->training.valid_loss;
    return m->training.epochs;
}

/* ---- runs ---- */

lc_code lc_forecast(lc_result **out, const lc_model *m, const lc_panel *p, const lc_settings *s, size_t *unknown_series,
                    lc_status *st)
{
    LC_NEED(out);
    LC_NEED(m);
    LC_NEED(p);
    LC_NEED(s);
    *out = NULL;
    lc_levels levels;
    size_t unknown = 0;
    lc_code code = lc_levels_parse(&levels, s->level, st);
    if (code == LC_OK) code = lc_forecast_table(out, m, p, &levels, s->adapt, lc_fit_threads(s), &unknown, st);
    if (unknown_series) *unknown_series = unknown;
    return code;
}

lc_code lc_forecast_past(lc_result **out, const lc_model *m, const lc_panel *p, const lc_settings *s, lc_status *st)
{
    LC_NEED(out);
    LC_NEED(m);
    LC_NEED(p);
    LC_NEED(s);
    *out = NULL;
    lc_levels levels;
    lc_code code = lc_levels_parse(&levels, s->level, st);
    return code == LC_OK ? lc_forecast_past_table(out, m, p, &levels, s->adapt, lc_fit_threads(s), st) : code;
}

lc_code lc_forecast_check(const lc_model *m, const lc_panel *p, const lc_settings *s, lc_status *st)
{
    LC_NEED(p);
    LC_NEED(s);
    size_t horizon = m ? m->settings->horizon : s->horizon;
    return lc_forecast_ready(p, horizon ? horizon : lc_freq_horizon(&p->freq), st);
}

lc_code lc_model_reach(lc_reach *out, const lc_model *m, const lc_panel *p, lc_status *st)
{
    LC_NEED(out);
    LC_NEED(m);
    LC_NEED(p);
    return lc_reach_of(out, m, p, st);
}

/* With another method its findings take the place of the detector's, whose expectations it judges by. */
static lc_code find_anomalies(lc_detection *found, const lc_model *m, const lc_panel *p, const lc_settings *s,
                              lc_detect_progress *told, lc_status *st)
{
    const lc_method *method = lc_method_named(s->method);
    lc_code code = lc_detection_run(found, m, p, s, told->tell ? lc_tell_detect : NULL, told, st);
    if (code != LC_OK || !method) return code;
    lc_detection other;
    code = lc_method_run(&other, method, found, p, s, st);
    lc_detection_free(found);
    if (code == LC_OK) *found = other;
    return code;
}

lc_code lc_detect(lc_result **out, lc_detect_info *info, const lc_model *m, const lc_panel *p, const lc_settings *s,
                  lc_progress_fn progress, void *user, lc_status *st)
{
    return lc_detect_events(out, NULL, info, m, p, s, progress, user, st);
}

lc_code lc_detect_events(lc_result **out, lc_result **events, lc_detect_info *info, const lc_model *m,
                         const lc_panel *p, const lc_settings *s, lc_progress_fn progress, void *user, lc_status *st)
{
    LC_NEED(out);
    LC_NEED(p);
    LC_NEED(s);
    *out = NULL;
    if (events) *events = NULL;
    if (info) memset(info, 0, sizeof *info);
    lc_detect_progress told = {progress, user};
    lc_detection found;
    lc_code code = find_anomalies(&found, m, p, s, &told, st);
    if (code != LC_OK) return code;
    code = lc_detect_table(out, &found, p, s->explain, st);
    if (code == LC_OK && events) code = lc_event_table(events, &found, p, st);
    if (code != LC_OK) {
        lc_result_free(*out);
        *out = NULL;
    }
    if (code == LC_OK && info) {
        info->rows = lc_result_rows(*out);
        info->scored = found.scored;
        info->flagged = found.flagged;
        info->rows_scored = found.rows_scored;
        info->rows_flagged = found.rows_flagged;
        if (m) lc_model_get_info(m, &info->model);
    }
    lc_detection_free(&found);
    return code;
}

/* ---- this build ---- */

const char *lc_version(void)
{
    return LC_VERSION;
}

const char *lc_instruction_set(void)
{
    const lc_kernels *k = lc_kernels_default();
    return k ? k->isa : NULL;
}

const char *lc_instruction_sets(void)
{
    return lc_kernels_names();
}

size_t lc_default_threads(void)
{
    return lc_team_default();
}
