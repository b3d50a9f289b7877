#include "forecast/fitting.h"

#include "forecast/interval.h"

/* Calibrates, then learns again from all rows. code: what the fit ended with. */
static lc_code finish(lc_model **out, const lc_panel *p, const lc_settings *resolved, const lc_split *split,
                      lc_checkpoint *checkpoint, lc_code code, lc_progress_fn progress, void *user, lc_status *st)
{
    lc_status second = {0};
    lc_code calibrated = lc_interval_calibrate(*out, p, split, lc_fit_threads(resolved), code == LC_OK ? st : &second);
    if (calibrated == LC_OK && code == LC_OK) code = lc_fit_final(*out, p, split, checkpoint, progress, user, st);
    if (calibrated == LC_OK) return code;
    lc_model_free(*out);
    *out = NULL;
    return code == LC_OK ? calibrated : code;
}

lc_code lc_fit_calibrated(lc_model **out, const lc_panel *p, const lc_settings *resolved, const lc_split *split,
                          lc_progress_fn progress, void *user, lc_status *st)
{
    *out = NULL;
    lc_checkpoint *checkpoint = NULL;
    lc_code code = lc_checkpoint_open(&checkpoint, p, resolved, split, lc_fit_slots(resolved), st);
    if (code == LC_OK) code = lc_fit(out, p, resolved, split, checkpoint, progress, user, st);
    if (*out) code = finish(out, p, resolved, split, checkpoint, code, progress, user, st);
    lc_checkpoint_free(checkpoint);
    return code;
}
