#include "model/model.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "baseline/baseline.h"
#include "model/feed.h"
#include "nn/arch.h"

lc_code lc_model_network(lc_network **out, const lc_settings *settings, lc_covariate_counts n, lc_status *st)
{
    *out = NULL;
    const lc_arch *arch = lc_arch_find(settings->arch);
    if (!arch && lc_baseline_find(settings->arch)) return LC_OK;
    if (!arch) return lc_fail(st, LC_E_MODEL, "architecture \"%.40s\" is not one of this version", settings->arch);
    const lc_segment_shape shape = lc_feed_shape(settings, n);
    const bool rich = strcmp(settings->arch, "auto") == 0;
    lc_network_spec spec = {.arch = arch,
                            .inputs = shape.inputs,
                            .steps = shape.steps,
                            .skip = rich && strcmp(settings->skip, "off") != 0,
                            .skip_from = shape.skip_from,
                            .side = shape.side,
                            .quantiles = rich,
                            .hidden = settings->hidden,
                            .layers = settings->layers,
                            .outputs = settings->horizon,
                            .dropout = settings->dropout};
    const lc_kernels *kernels = lc_kernels_default();
    if (kernels) return lc_network_create(out, &spec, kernels, st);
    lc_fail(st, LC_E_USAGE, "LOOMCAST_ISA names no instruction set of this build");
    lc_hint(st, "use %s", lc_kernels_names());
    return LC_E_USAGE;
}

lc_code lc_model_create(lc_model **out, const lc_settings *settings, lc_covariate_counts n, lc_status *st)
{
    *out = NULL;
    lc_model *m = lc_calloc(1, sizeof *m);
    if (!m) return lc_fail_memory(st);
    lc_code code = LC_OK;
    m->training.against_naive = m->training.against_seasonal_naive = NAN;
    m->settings = lc_settings_copy(settings);
    if (!m->settings) {
        code = lc_fail_memory(st);
        goto done;
    }
    code = lc_model_network(&m->net, settings, n, st);
    if (code != LC_OK) goto done;
    const size_t members = settings->members, params = m->net ? m->net->params : 0;
    size_t floats = 0;
    m->training.steps = lc_calloc(members, sizeof *m->training.steps);
    if (lc_mul(members, params, &floats)) m->w = lc_calloc(floats, sizeof *m->w);
    if (!m->w || !m->training.steps) code = lc_fail_memory(st);
done:
    if (code != LC_OK) lc_model_free(m);
    else *out = m;
    return code;
}

void lc_model_free(lc_model *m)
{
    if (!m) return;
    lc_settings_free(m->settings);
    lc_free_names(m->targets, m->n_targets);
    lc_free_names(m->past, m->n_past);
    for (size_t i = 0; i < m->n_scales; i++) {
        free(m->scales[i].id);
        lc_free(m->scales[i].past);
    }
    lc_free(m->scales);
    lc_network_free(m->net);
    lc_free(m->w);
    lc_free(m->calibration.score);
    lc_free(m->training.steps);
    free(m->training.train_loss);
    free(m->training.valid_loss);
    json_decref(m->unknown);
    lc_free(m);
}

bool lc_model_networked(const lc_model *m)
{
    const lc_settings *s = m->settings;
    return m->net && m->training.steps[0] && (!(s->blend >= 1) || strcmp(s->blend_with, "median") == 0);
}

float *lc_model_weights(const lc_model *m, size_t member)
{
    return m->w + member * m->net->params;
}

static bool copy_names(char ***to, size_t *n_to, char *const *from, size_t n)
{
    *to = calloc(n ? n : 1, sizeof **to);
    if (!*to) return false;
    for (*n_to = 0; *n_to < n; ++*n_to)
        if (!((*to)[*n_to] = lc_utf8(from[*n_to]))) return false;
    return true;
}

lc_code lc_model_adopt(lc_model *m, const lc_panel *p, const lc_scales *scales, lc_status *st)
{
    m->freq = p->freq;
    m->n_future = p->n_future;
    m->n_static = p->n_static;
    m->n_calendar = p->n_features;
    bool ok = copy_names(&m->targets, &m->n_targets, p->targets, p->n_targets) &&
              copy_names(&m->past, &m->n_past, p->past, p->n_past);
    m->scales = ok ? lc_calloc(p->n_series, sizeof *m->scales) : NULL;
    ok = ok && m->scales;
    for (size_t i = 0; ok && i < p->n_series; i++) {
        lc_named_scale *s = &m->scales[i];
        m->n_scales++;
        s->scale = scales->series[i];
        s->until = LC_NEVER;
        s->id = lc_utf8(p->series[i].id);
        s->past = lc_calloc(p->n_past, sizeof *s->past);
        ok = s->id && s->past;
        for (size_t c = 0; ok && c < p->n_past; c++) s->past[c] = scales->past[p->series[i].frame * p->n_past + c];
    }
    return ok ? LC_OK : lc_fail_memory(st);
}

static int by_id(const void *a, const void *b)
{
    const lc_named_scale *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

static const lc_named_scale *find_scale(const lc_named_scale *const *sorted, size_t n, const char *id)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = strcmp(sorted[mid]->id, id);
        if (order == 0) return sorted[mid];
        if (order < 0) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

/* " --option a,b" for names `from` to `to`. */
static void put_option(lc_buf *b, const lc_model *m, const char *option, size_t from, size_t to)
{
    char shown[64];
    for (size_t c = from; c < to; c++) {
        if (c == from) lc_buf_printf(b, " --%s ", option);
        lc_buf_printf(b, "%s%s", c == from ? "" : ",",
                      lc_printable(shown, sizeof shown, m->past[c], strlen(m->past[c])));
    }
}

/* The options that name the model's covariates; NULL: out of memory. */
static char *covariate_options(const lc_model *m)
{
    lc_buf b = {0};
    size_t n = m->n_past - m->n_calendar, future = n - m->n_static - m->n_future;
    put_option(&b, m, "past", 0, future);
    put_option(&b, m, "future", future, future + m->n_future);
    put_option(&b, m, "static", future + m->n_future, n);
    lc_buf_puts(&b, m->n_calendar ? " --calendar" : "");
    if (b.failed) lc_buf_free(&b);
    return b.data;
}

static lc_code same_covariates(const lc_model *m, const lc_panel *p, lc_status *st)
{
    bool same = m->n_past == p->n_past && m->n_future == p->n_future && m->n_static == p->n_static;
    for (size_t c = 0; same && c < m->n_past; c++) {
        char *name = lc_utf8(p->past[c]);
        if (!name) return lc_fail_memory(st);
        same = strcmp(m->past[c], name) == 0;
        free(name);
    }
    if (same) return LC_OK;
    lc_fail(st, LC_E_MODEL, "the model was fitted with %zu covariates, the data has %zu or others", m->n_past,
            p->n_past);
    char *options = covariate_options(m);
    if (!options) return lc_fail_memory(st);
    if (*options) lc_hint(st, "give those of the training, in its order:%s", options);
    else lc_hint(st, "the training had none");
    free(options);
    return LC_E_MODEL;
}

/* What the model knows of each series of the panel (n_series); NULL: nothing. */
static lc_code look_up(const lc_model *m, const lc_panel *p, const lc_named_scale **found, lc_status *st)
{
    const lc_named_scale **sorted = lc_calloc(m->n_scales, sizeof *sorted);
    lc_code code = sorted ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; sorted && i < m->n_scales; i++) sorted[i] = &m->scales[i];
    if (sorted) qsort(sorted, m->n_scales, sizeof *sorted, by_id);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        char *id = lc_utf8(p->series[i].id);
        if (id) found[i] = find_scale(sorted, m->n_scales, id);
        else code = lc_fail_memory(st);
        free(id);
    }
    lc_free(sorted);
    return code;
}

lc_code lc_model_scales(const lc_model *m, const lc_panel *p, const size_t *rows, lc_scales *out, size_t *unknown,
                        lc_status *st)
{
    *out = (lc_scales){0};
    *unknown = 0;
    lc_code code = same_covariates(m, p, st);
    if (code != LC_OK) return code;
    const lc_named_scale **found = lc_calloc(p->n_series, sizeof *found);
    code = found ? look_up(m, p, found, st) : lc_fail_memory(st);
    if (code == LC_OK) code = lc_scales_fit(out, p, rows, lc_feed_scaling(m->settings), st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        const size_t at = p->series[i].frame * p->n_past;
        *unknown += !found[i];
        if (found[i]) out->series[i] = found[i]->scale;
        for (size_t c = 0; c < p->n_past; c++) {
            if (found[i]) out->past[at + c] = found[i]->past[c];
            /* What is static is scaled over the series of the training, whichever series it is. */
            else if (m->n_scales && lc_panel_covariate(p, c) == LC_STATIC) out->past[at + c] = m->scales[0].past[c];
        }
    }
    lc_free(found);
    return code;
}

lc_code lc_model_known(const lc_model *m, const lc_panel *p, lc_stamp *out, lc_status *st)
{
    /* Rows that are counted say nothing of days, nor the reverse. */
    const bool same_clock = m->freq.unit == p->freq.unit && m->freq.multiple == p->freq.multiple;
    const lc_named_scale **found = lc_calloc(p->n_series, sizeof *found);
    const lc_code code = found ? look_up(m, p, found, st) : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        out[i] = found[i] ? found[i]->until : INT64_MIN;
        if (found[i] && (found[i]->until == LC_NEVER || !same_clock)) out[i] = INT64_MAX;
    }
    lc_free(found);
    return code;
}
