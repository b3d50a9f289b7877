/* Charts of a job's report, drawn from what lies in its folder: results, and of backtests the records. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/job.h"

static bool is_small(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= (off_t)JOB_CHART_MIB << 20;
}

/* NULL: it cannot be drawn. Without the data, where they are gone or large, the result alone is. */
static lc_report_chart *draw(const job *j, const job_file *f, const lc_settings *s)
{
    lc_result *r = NULL;
    lc_panel *p = NULL;
    lc_report_chart *chart = NULL;
    char *path = cli_job_path(j, f->result);
    if (path && is_small(path) && lc_result_read(&r, path, NULL) == LC_OK) {
        const char *input = f->input;
        if (is_small(input)) lc_panel_read(&p, &input, 1, s, NULL);
        const lc_report what = {.result = r, .panel = p, .style = j->style};
        lc_report_chart_create(&chart, f->input, &what, NULL);
    }
    lc_panel_free(p);
    lc_result_free(r);
    free(path);
    return chart;
}

/* ---- of backtests ---- */

/* That of a process is written into the record of its file, and drawn when all files are done. */
void cli_job_put_backtest(json_t **summary, const lc_backtest_view *view)
{
    char *text = NULL;
    lc_status st = {0};
    const bool kept = lc_backtest_view_keep(&text, view, &st) == LC_OK;
    cli_json_put(summary, "backtest", kept ? json_string(text) : NULL);
    free(text);
}

static lc_report_chart *draw_backtest(const job *j, const job_file *f)
{
    lc_report_chart *chart = NULL;
    char *path = cli_job_record_path(j, f->result), *text = NULL;
    if (path && is_small(path)) text = cli_job_backtest(j, f->result);
    if (text) lc_report_chart_create_kept(&chart, f->input, text, j->style, NULL);
    free(text);
    free(path);
    return chart;
}

/* ---- all of them ---- */

bool cli_job_has_charts(const job *j)
{
    char labels[2];
    return strcmp(j->o->command->name, "evaluate") != 0 || !*cli_labels_name(j->o, labels, sizeof labels);
}

/* As the runs read them, by one thread: a team of OpenMP that gets no memory ends the process. NULL: no memory. */
static lc_settings *reading(const job *j)
{
    const bool detects = strcmp(j->o->command->name, "detect") == 0;
    if (detects && !j->o->loaded && cli_keep_rows(j->o) != LC_EXIT_OK) return NULL;
    lc_settings *s = lc_settings_copy(j->o->settings);
    if (s && lc_settings_set(s, "threads", "1", NULL) == LC_OK) return s;
    lc_settings_free(s);
    return NULL;
}

size_t cli_job_charts(lc_report_chart **chart, const job *j, const job_file *const *order)
{
    const size_t most = cli_charts(j->o);
    size_t n = 0;
    const bool tests = strcmp(j->o->command->name, "evaluate") == 0;
    if (j->o->nab || !cli_job_has_charts(j)) return 0;
    lc_settings *s = reading(j);
    if (!s) return 0;
    const size_t before = j->memory ? cli_job_limit_memory(j->memory) : 0;
    for (size_t i = 0; i < j->n && n < most; i++) {
        if (!cli_job_has_result(order[i])) continue;
        chart[i] = tests ? draw_backtest(j, order[i]) : draw(j, order[i], s);
        n += chart[i] != NULL;
    }
    if (j->memory) cli_job_limit_memory(before);
    lc_settings_free(s);
    return n;
}
