/* What tests of whole runs share: made series, their CSV text, small models, a folder for files. */
#ifndef LC_TESTS_PIPELINE_H
#define LC_TESTS_PIPELINE_H

#include "base/memory.h"
#include "data/panel.h"

/* y_t = phi y_(t-1) + noise of variance 1. */
void make_ar1(double *y, size_t n, double phi, uint64_t seed);
/* Amplitude 10 around 100 with some noise. */
void make_sine(double *y, size_t n, double period, double noise, uint64_t seed);

/* One column "y" without stamps; NaN is an empty cell (written "NA"). Free it. */
char *csv_of(const double *y, size_t n);

/* The same as a panel; options as in panel_text.h. */
lc_panel *panel_of_values(const double *y, size_t n, const char *options);

/* A model of the panel that must fit; threads=1 unless the options say otherwise. */
lc_model *fit_model_of(const lc_panel *p, const char *options);

/* What lc_detect says, which must go well; m and info may be NULL. */
lc_result *detect_of(const lc_panel *p, const lc_model *m, const char *options, lc_detect_info *info);

/* A new folder below TMPDIR or /tmp; path_in gives a name in it (to be freed). */
char *folder_create(void);
char *path_in(const char *folder, const char *name);
size_t folder_entries(const char *folder);
/* Removes it with its files. */
void folder_remove(char *folder);

/* A file's bytes with a NUL behind them; *n without it. NULL: there is none. */
char *file_bytes(const char *path, size_t *n);
void file_put(const char *path, const void *bytes, size_t n);

/* The text that a result is written as. */
char *result_text(const lc_result *r);

#endif
