/* What include/loomcast.h promises about known anomalies. */
#include "anomaly/measures.h"

#define NEED(argument)                                                                                                 \
    if (!(argument)) return lc_fail(st, LC_E_USAGE, "argument \"%s\" is missing", #argument)

lc_code lc_labels_read(lc_labels **out, const lc_panel *p, const lc_settings *s, lc_status *st)
{
    NEED(out);
    NEED(p);
    NEED(s);
    return lc_labels_make(out, p, s, st);
}

lc_code lc_detection_measures(lc_result **table, const char *method, const lc_result *r, const lc_labels *l,
                              const lc_panel *p, const lc_settings *s, lc_status *st)
{
    NEED(table);
    NEED(method);
    NEED(r);
    NEED(l);
    NEED(p);
    NEED(s);
    return lc_measures_add(table, method, r, l, p, s, st);
}

lc_code lc_evaluate_labels(lc_result **out, const lc_panel *p, const lc_labels *l, const lc_settings *s,
                           lc_progress_fn progress, void *user, lc_status *st)
{
    NEED(out);
    NEED(p);
    NEED(l);
    NEED(s);
    *out = NULL;
    lc_result *found = NULL;
    lc_code code = lc_detect(&found, NULL, NULL, p, s, progress, user, st);
    if (code == LC_OK) code = lc_measures_add(out, "default", found, l, p, s, st);
    lc_result_free(found);
    return code;
}
