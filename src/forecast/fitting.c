#include "forecast/fitting.h"

#include "forecast/interval.h"

lc_code lc_fit_calibrated(lc_model **out, const lc_panel *p, const lc_settings *resolved, const lc_split *split,
                          lc_progress_fn progress, void *user, lc_status *st)
{
    lc_code code = lc_fit(out, p, resolved, split, progress, user, st);
    if (!*out) return code;
    lc_status second = {0};
    lc_code calibrated = lc_interval_calibrate(*out, p, split, lc_fit_threads(resolved), code == LC_OK ? st : &second);
    if (calibrated == LC_OK && code == LC_OK) code = lc_fit_final(*out, p, split, progress, user, st);
    if (calibrated == LC_OK) return code;
    lc_model_free(*out);
    *out = NULL;
    return code == LC_OK ? calibrated : code;
}
