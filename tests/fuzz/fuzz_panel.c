/* Whole files become panels or errors with words. The first two bytes choose the settings. */
#include <string.h>

#include "data/panel.h"
#include "fuzz/fuzz.h"

static void set(lc_settings *s, const char *name, const char *value)
{
    FUZZ_MUST(lc_settings_set(s, name, value, NULL) == LC_OK);
}

static void look_at(const lc_panel *p)
{
    char text[LC_STAMP_TEXT];
    for (size_t i = 0; i < p->n_series; i++) {
        const lc_series *s = &p->series[i];
        const lc_frame *f = &p->frames[s->frame];
        size_t missing = 0;
        FUZZ_MUST(s->steps == f->steps && s->steps > 0);
        for (size_t k = 0; k < s->steps; k++) {
            double x = lc_value(s, k);
            FUZZ_MUST(x - x == 0);
            missing += !lc_is_observed(s, k);
            if (k) FUZZ_MUST(lc_panel_stamp(p, f, k) >= lc_panel_stamp(p, f, k - 1));
        }
        FUZZ_MUST(missing == s->missing && missing < s->steps);
        lc_panel_stamp_text(p, f, s->steps + 3, text);
        FUZZ_MUST(lc_panel_find(p, s->id) == i);
    }
    for (size_t row = 0; row < p->n_rows; row++) {
        lc_row_place at = lc_panel_row(p, row);
        FUZZ_MUST(at.frame < p->n_frames && (at.step == LC_NO_STEP || at.step < p->frames[at.frame].steps));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const gaps[] = {"fill", "skip", "error", "fill"},
                             *const twins[] = {"error", "first", "last", "mean"},
                             *const gather[] = {"none", "none", "mean", "sum"}, *const freq[] = {"",      "h", "D",
                                                                                                 "W",     "M", "B",
                                                                                                 "15min", "Y"};
    if (size < 2) return 0;
    lc_settings *s = lc_settings_create();
    lc_status st = {0};
    lc_panel *p = NULL;
    set(s, "gaps", gaps[data[0] & 3]);
    set(s, "duplicates", twins[data[0] >> 2 & 3]);
    set(s, "aggregate", gather[data[0] >> 4 & 3]);
    set(s, "freq", freq[data[1] & 7]);
    if (data[1] & 8) set(s, "decimal-comma", "true");
    if (data[1] & 16) set(s, "id", "a");
    if (data[1] & 32) set(s, "past", "b");
    if (data[1] & 64) set(s, "missing", "-1,x");
    lc_code code = lc_panel_read_memory(&p, "f.csv", (const char *)data + 2, size - 2, s, &st);
    FUZZ_MUST((code == LC_OK) == (p != NULL) && code == st.code && (code == LC_OK || st.text[0]));
    if (p) look_at(p);
    lc_panel_free(p);
    lc_settings_free(s);
    return 0;
}
