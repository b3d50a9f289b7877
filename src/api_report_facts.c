/* What a report says of the run. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/methods.h"
#include "api_report.h"
#include "base/memory.h"
#include "base/settings.h"
#include "data/panel.h"
#include "report/axis.h"

static void add(lc_facts *f, const char *name, const char *fmt, ...) LC_PRINTF(3, 4);
static void add(lc_facts *f, const char *name, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    lc_facts_add(f, name, text);
}

void lc_report_count(lc_facts *f, const char *name, size_t n)
{
    char label[LC_TICK_TEXT];
    lc_number_label(label, (double)n, 15);
    lc_facts_add(f, name, label);
}

/* x as tick labels write it, whatever the locale. */
static const char *number(char out[LC_TICK_TEXT], double x)
{
    lc_number_label(out, x, 3);
    return out;
}

static const char *method_of(const lc_report *what)
{
    return what->settings ? what->settings->method : "default";
}

void lc_report_key(lc_facts *f, const lc_report *what, bool is_detect, const lc_groups *g, const lc_report_series *s)
{
    char freq[24], text[LC_TICK_TEXT];
    const lc_model_info *m = what->model;
    lc_report_count(f, "series", g->n - s->wholes);
    if (what->panel) lc_report_count(f, "rows", what->panel->n_rows);
    if (what->panel) add(f, "step", "%s", lc_panel_frequency(what->panel, freq));
    if (is_detect) {
        if (s->wholes) lc_report_count(f, "flags of rows as a whole", s->whole_flags);
        lc_report_count(f, s->wholes ? "flags of single columns" : "flags", s->flags);
        if (g->n - s->wholes > 1) lc_report_count(f, "series with flags", s->flagged);
        return;
    }
    lc_report_count(f, "steps ahead", g->list[0].n);
    if (m) add(f, "model", "%s", m->arch);
    if (m && isfinite(m->against_naive)) add(f, "error", "%s \xc3\x97 naive", number(text, m->against_naive));
}

static void add_model(lc_facts *f, const lc_model_info *m)
{
    char text[LC_TICK_TEXT];
    add(f, "model", "%s", m->arch);
    if (m->members > 1) lc_report_count(f, "networks", m->members);
    if (m->members) add(f, "hidden units, lookback", "%zu units, %zu rows", m->hidden, m->lookback);
    if (m->segment > 1) add(f, "step of the network", "%zu rows", m->segment);
    if (m->blend > 0) add(f, "statistical share", "%s %% %s", number(text, 100 * fmin(m->blend, 1)), m->statistical);
    lc_report_count(f, "horizon", m->horizon);
    if (m->season > 1) add(f, "season", "%zu rows", m->season);
    else lc_facts_add(f, "season", "none");
    add(f, "trained on", "%zu rows of %zu series, %zu windows", m->rows, m->series, m->windows);
    if (!isfinite(m->against_naive)) return; /* without one, or it has no error: the warning says so */
    lc_buf b = {0};
    lc_buf_printf(&b, "%s times that of repeating the last value", number(text, m->against_naive));
    if (isfinite(m->against_seasonal_naive))
        lc_buf_printf(&b, ", %s times that of repeating the last season", number(text, m->against_seasonal_naive));
    lc_buf_printf(&b, ", on %zu validation windows", m->valid_windows);
    if (b.failed) f->failed = true;
    else lc_facts_add(f, "absolute error", b.data);
    lc_buf_free(&b);
}

void lc_report_options(lc_facts *f, const lc_settings *s)
{
    lc_buf b = {0};
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        char *value = lc_settings_dup(s, info->name);
        if (!value) f->failed = true;
        const bool unset = !value || strcmp(value, info->fallback) == 0 ||
                           (info->type == LC_SETTING_COUNT && !*info->fallback && strcmp(value, "0") == 0);
        if (!unset && info->type == LC_SETTING_SWITCH) lc_buf_printf(&b, "%s--%s", b.len ? " " : "", info->name);
        else if (!unset) lc_buf_printf(&b, "%s--%s %s", b.len ? " " : "", info->name, value);
        free(value);
    }
    if (b.failed) f->failed = true;
    else lc_facts_add(f, "options", b.len ? b.data : "all as they are by default");
    lc_buf_free(&b);
}

void lc_report_assumed(lc_facts *f, const lc_report *what, bool is_detect)
{
    char freq[24], text[LC_TICK_TEXT];
    const lc_panel *p = what->panel;
    for (size_t i = 0; i < what->n_files; i++) lc_facts_add(f, i ? "" : "read", what->files[i]);
    if (p) add(f, "step", "%s%s", lc_panel_frequency(p, freq), *p->time_name ? "" : ", no column of time stamps");
    for (size_t i = 0; p && i < p->n_notices; i++) lc_facts_add(f, i ? "" : "note", p->notices[i]);
    if (what->model && *what->model->arch) add_model(f, what->model);
    else if (is_detect && p)
        lc_facts_add(f, "expectations", "of a small LSTM for each series, which learns as it reads");
    if (is_detect && what->settings) {
        const lc_method *method = lc_method_named(what->settings->method);
        if (!method || method->heeds_alarms_per)
            add(f, "false alarms asked for", "%s in 10,000 normal rows of a series",
                number(text, lc_settings_alarms(what->settings)));
        add(f, "method", "%s", method_of(what));
    }
    if (!is_detect && what->settings) add(f, "intervals", "%s %%, split conformal", what->settings->level);
    if (what->settings && (is_detect || what->model)) add(f, "seed", "%zu", what->settings->seed);
    if (what->settings) lc_report_options(f, what->settings);
    lc_facts_add(f, "version", LC_VERSION);
}

void lc_report_warnings(lc_facts *f, const lc_report *what)
{
    char text[LC_TICK_TEXT];
    const lc_model_info *m = what->model;
    if (!m) return;
    const bool seasonal = m->against_seasonal_naive > m->against_naive;
    const double worst = seasonal ? m->against_seasonal_naive : m->against_naive;
    const char *what_repeats = seasonal ? "season" : "value";
    if (!(worst >= 1) || m->is_baseline) return;
    if (isinf(worst))
        add(f, "",
            "The naive forecast was better: on the validation windows repeating the last %s has no error at all.",
            what_repeats);
    else
        add(f, "",
            "The naive forecast was %s: on the validation windows repeating the last %s has an error of 1, this model "
            "of "
            "%s.",
            worst > 1 ? "better" : "as good", what_repeats, number(text, worst));
}
