/* What include/loomcast.h promises about the backtest: its files, and what it says of itself. */
#include <string.h>

#include "base/file.h"
#include "forecast/backtest.h"

typedef struct rows_file {
    lc_output file;
    bool started;
} rows_file;

static lc_code write_rows(void *user, const lc_result *rows, lc_status *st)
{
    rows_file *f = user;
    lc_code code =
        f->started ? lc_result_write_rows(rows, f->file.stream, st) : lc_result_write_stream(rows, f->file.stream, st);
    f->started = true;
    return code;
}

lc_code lc_evaluate(lc_result **out, lc_evaluate_info *info, const lc_panel *p, const lc_settings *s,
                    const lc_evaluate_files *files, lc_progress_fn progress, void *user, lc_status *st)
{
    if (!out || !p || !s) return lc_fail(st, LC_E_USAGE, "argument \"%s\" is missing", !out ? "out" : !p ? "p" : "s");
    const char *windows_path = files ? files->windows : NULL, *steps_path = files ? files->steps : NULL;
    rows_file windows = {0}, steps = {0};
    lc_backtest_report report = {0};
    lc_code code = LC_OK;
    *out = NULL;
    if (files && files->view) *files->view = NULL;
    if (info) memset(info, 0, sizeof *info);
    if (windows_path) code = lc_output_open(&windows.file, windows_path, files->replace, st);
    if (code == LC_OK && steps_path) code = lc_output_open(&steps.file, steps_path, files->replace, st);
    if (code == LC_OK) {
        const lc_backtest_sinks sinks = {windows_path ? write_rows : NULL, steps_path ? write_rows : NULL, &windows,
                                         &steps, files && files->view};
        code = lc_backtest(out, &report, p, s, &sinks, progress, user, st);
    }
    if (code == LC_OK && windows_path) code = lc_output_commit(&windows.file, st);
    if (code == LC_OK && steps_path) code = lc_output_commit(&steps.file, st);
    lc_output_discard(&windows.file);
    lc_output_discard(&steps.file);
    if (code == LC_OK && info) {
        lc_model_get_info(report.model, &info->model);
        info->fits = report.fits;
        info->slow_every = report.slow_every;
        info->verdict = report.verdict;
    }
    lc_model_free(report.model);
    if (code == LC_OK && files && files->view) *files->view = report.view;
    else lc_backtest_view_free(report.view);
    if (code != LC_OK) {
        lc_result_free(*out);
        *out = NULL;
    }
    return code;
}

/* Whether the models of the table repeat after so many rows. */
static bool repeats(const lc_result *r, size_t column, size_t after)
{
    const size_t rows = lc_result_rows(r);
    for (size_t i = after; i < rows; i++)
        if (strcmp(lc_result_text(r, i, column), lc_result_text(r, i - after, column)) != 0) return false;
    return rows % after == 0;
}

size_t lc_evaluate_totals(const lc_result *table)
{
    const size_t rows = table ? lc_result_rows(table) : 0, column = rows ? lc_result_find(table, "model") : SIZE_MAX;
    size_t models = 1;
    if (column == SIZE_MAX) return 0;
    /* Each series has the same models in the same order, and so have all together. */
    while (models < rows && !repeats(table, column, models)) models++;
    return rows - models;
}
