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
static lc_report_chart *draw(const job *j, const job_file *f, const lc_settings *s, lc_status *st)
{
    lc_result *r = NULL;
    lc_panel *p = NULL;
    lc_report_chart *chart = NULL;
    char *path = cli_job_path(j, f->result);
    if (path && is_small(path) && lc_result_read(&r, path, st) == LC_OK) {
        const char *input = f->input;
        if (is_small(input)) lc_panel_read(&p, &input, 1, s, NULL);
        const lc_report what = {.result = r, .panel = p, .style = j->style};
        lc_report_chart_create(&chart, f->input, &what, st);
    }
    if (!path) cli_job_no_memory(st);
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

static lc_report_chart *draw_backtest(const job *j, const job_file *f, lc_status *st)
{
    lc_report_chart *chart = NULL;
    char *path = cli_job_record_path(j, f->result), *text = NULL;
    if (!path) cli_job_no_memory(st);
    else if (is_small(path)) text = cli_job_backtest(j, f->result, st);
    if (text) lc_report_chart_create_kept(&chart, f->input, text, j->style, st);
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

/* What is packed may be any size once unpacked: without --memory, too, reading has a limit. */
static size_t limit(const job *j)
{
    const size_t held = cli_job_memory_held(), room = (size_t)16 * JOB_CHART_MIB << 20;
    const size_t most = j->memory ? j->memory : held < SIZE_MAX - room ? held + room : SIZE_MAX;
    const size_t before = cli_job_limit_memory(most);
    if (before < most) cli_job_limit_memory(before); /* never raised */
    return before;
}

job_drawn cli_job_charts(lc_report_chart **chart, const job *j, const job_file *const *order)
{
    const size_t most = cli_charts(j->o);
    job_drawn d = {0};
    const bool tests = strcmp(j->o->command->name, "evaluate") == 0;
    if (j->o->nab || !cli_job_has_charts(j)) return d;
    lc_settings *s = reading(j);
    d.no_memory = !s;
    if (!s) return d;
    const size_t before = limit(j);
    for (size_t i = 0; i < j->n && d.n < most; i++) {
        lc_status st = {0};
        if (!cli_job_has_result(order[i])) continue;
        chart[i] = tests ? draw_backtest(j, order[i], &st) : draw(j, order[i], s, &st);
        d.n += chart[i] != NULL;
        d.passed_over += chart[i] == NULL;
        d.no_memory |= st.code == LC_E_MEMORY;
    }
    cli_job_limit_memory(before);
    lc_settings_free(s);
    return d;
}
