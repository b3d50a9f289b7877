/* What include/loomcast.h promises about known anomalies. */
#include "anomaly/detect_table.h"
#include "anomaly/measures.h"
#include "anomaly/method_run.h"
#include "api_detect.h"

lc_code lc_labels_read(lc_labels **out, const lc_panel *p, const lc_settings *s, lc_status *st)
{
    LC_NEED(out);
    LC_NEED(p);
    LC_NEED(s);
    return lc_labels_make(out, p, s, st);
}

lc_code lc_detection_measures(lc_result **table, const char *method, const lc_result *r, const lc_labels *l,
                              const lc_panel *p, const lc_settings *s, lc_status *st)
{
    LC_NEED(table);
    LC_NEED(method);
    LC_NEED(r);
    LC_NEED(l);
    LC_NEED(p);
    LC_NEED(s);
    return lc_measures_add(table, method, r, l, p, s, st);
}

/* One method's findings as a table, and that against the labels. */
static lc_code judge(lc_result **out, const char *method, const lc_detection *d, const lc_panel *p, const lc_labels *l,
                     const lc_settings *s, lc_status *st)
{
    lc_result *found = NULL;
    lc_code code = lc_detect_table(&found, d, p, false, st);
    if (code == LC_OK) code = lc_measures_add(out, method, found, l, p, s, st);
    lc_result_free(found);
    return code;
}

lc_code lc_evaluate_labels(lc_result **out, const lc_panel *p, const lc_labels *l, const lc_settings *s,
                           lc_progress_fn progress, void *user, lc_status *st)
{
    LC_NEED(out);
    LC_NEED(p);
    LC_NEED(l);
    LC_NEED(s);
    *out = NULL;
    lc_detect_progress told = {progress, user};
    lc_detection own;
    lc_code code = lc_detection_run(&own, NULL, p, s, progress ? lc_tell_detect : NULL, &told, st);
    if (code != LC_OK) return code;
    code = judge(out, "default", &own, p, l, s, st);
    if (code == LC_OK && own.row) {
        lc_detection columns = own; /* without a verdict on the row as a whole it has what its columns have */
        columns.row = NULL;
        code = judge(out, "columns", &columns, p, l, s, st);
    }
    for (size_t i = 0; code == LC_OK && i < lc_method_count(); i++) {
        lc_detection other;
        code = lc_method_run(&other, lc_method_at(i), &own, p, s, st);
        if (code != LC_OK) break;
        code = judge(out, lc_method_at(i)->name, &other, p, l, s, st);
        lc_detection_free(&other);
    }
    lc_detection_free(&own);
    if (code != LC_OK) {
        lc_result_free(*out);
        *out = NULL;
    }
    return code;
}
