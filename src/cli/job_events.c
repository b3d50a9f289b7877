/* The events of a job: of each file the most unusual are kept, and the report lists those of all files. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/job.h"

static const lc_column columns[] = {
    {"file", LC_COLUMN_TEXT, 0}, {"unique_id", LC_COLUMN_TEXT, 0}, {"start", LC_COLUMN_TEXT, 0},
    {"end", LC_COLUMN_TEXT, 0},  {"rows", LC_COLUMN_REAL, 15},     {"flags", LC_COLUMN_REAL, 15},
    {"peak", LC_COLUMN_TEXT, 0}, {"y", LC_COLUMN_REAL, 0},         {"expected", LC_COLUMN_REAL, 0},
    {"lo", LC_COLUMN_REAL, 0},   {"hi", LC_COLUMN_REAL, 0},        {"score", LC_COLUMN_REAL, 3},
    {"p", LC_COLUMN_REAL, 0},    {"statistic", LC_COLUMN_TEXT, 0}, {"column", LC_COLUMN_TEXT, 0}};
enum { COLUMNS = sizeof columns / sizeof columns[0], FILE_NAME = 0 };

/* As text: a tree of JSON takes ten times the memory, and a job holds those of all its files. */
static json_t *as_text(const lc_result *worst)
{
    json_t *list = cli_json_rows(worst);
    char *text = lc_json_text(list, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_t *value = text ? json_string(text) : NULL;
    free(text);
    json_decref(list);
    return value;
}

void cli_job_put_worst(json_t **summary, const lc_result *events)
{
    static const char *const shown[] = {"peak", "statistic"};
    lc_status st = {0};
    lc_result *worst = NULL;
    if (lc_events_worst(&worst, events, JOB_EVENTS, &st) == LC_OK) {
        cli_json_put(summary, "worst", as_text(worst));
        const double p = lc_result_rows(worst) ? lc_result_real(worst, 0, lc_result_find(worst, "p")) : NAN;
        if (isfinite(p)) cli_json_put(summary, "p", json_real(p));
        for (size_t i = 0; lc_result_rows(worst) && i < sizeof shown / sizeof shown[0]; i++)
            cli_json_put(summary, shown[i], cli_json_text(lc_result_text(worst, 0, lc_result_find(worst, shown[i]))));
    } else {
        cli_json_put(summary, "worst", NULL);
    }
    lc_result_free(worst);
}

static double number(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static lc_code add_event(lc_result *r, const char *file, const json_t *event, lc_status *st)
{
    lc_code code = lc_result_add_row(r, st);
    for (size_t c = 0; c < COLUMNS && code == LC_OK; c++) {
        const json_t *value = json_object_get(event, columns[c].name);
        const char *text = c == FILE_NAME ? file : json_string_value(value);
        if (columns[c].type == LC_COLUMN_TEXT) code = lc_result_set_text(r, c, text ? text : "", st);
        else lc_result_set_real(r, c, number(value));
    }
    return code;
}

lc_code cli_job_events_begin(job_events *e, lc_status *st)
{
    return lc_result_create_with(&e->list, columns, COLUMNS, st);
}

/* What is more unusual stands above, and of two alike what came first, so that nothing is lost that would be shown. */
static lc_code shorten(job_events *e, lc_status *st)
{
    lc_result *worst = NULL;
    const lc_code code = lc_events_worst(&worst, e->list, LC_REPORT_EVENTS, st);
    if (code != LC_OK) return code;
    lc_result_free(e->list);
    e->list = worst;
    return LC_OK;
}

lc_code cli_job_events_add(job_events *e, const job_file *f, lc_status *st)
{
    enum { MOST = 2 * LC_REPORT_EVENTS };
    size_t i;
    const json_t *event;
    const char *text = json_string_value(json_object_get(f->figures, "worst"));
    json_t *list = NULL;
    lc_code code = text ? lc_json_parse(&list, f->result, text, strlen(text), st) : LC_OK;
    json_array_foreach(list, i, event)
    {
        if (code == LC_OK) code = add_event(e->list, f->input, event, st);
        if (code == LC_OK) e->n++;
        if (code == LC_OK && lc_result_rows(e->list) >= MOST) code = shorten(e, st);
    }
    json_decref(list);
    return code;
}

void cli_job_events_free(job_events *e)
{
    lc_result_free(e->list);
    *e = (job_events){0};
}
