/* The events of a job: of each file the most unusual are kept, and the report lists those of all files. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <string.h>

#include "cli/job.h"

static const lc_column columns[] = {
    {"file", LC_COLUMN_TEXT, 0}, {"unique_id", LC_COLUMN_TEXT, 0}, {"start", LC_COLUMN_TEXT, 0},
    {"end", LC_COLUMN_TEXT, 0},  {"rows", LC_COLUMN_REAL, 15},     {"flags", LC_COLUMN_REAL, 15},
    {"peak", LC_COLUMN_TEXT, 0}, {"y", LC_COLUMN_REAL, 0},         {"expected", LC_COLUMN_REAL, 0},
    {"lo", LC_COLUMN_REAL, 0},   {"hi", LC_COLUMN_REAL, 0},        {"score", LC_COLUMN_REAL, 3},
    {"p", LC_COLUMN_REAL, 0},    {"statistic", LC_COLUMN_TEXT, 0}, {"column", LC_COLUMN_TEXT, 0}};
enum { COLUMNS = sizeof columns / sizeof columns[0], FILE_NAME = 0 };

json_t *cli_job_worst(const lc_result *events)
{
    lc_status st = {0};
    lc_result *worst = NULL;
    json_t *list = lc_events_worst(&worst, events, JOB_EVENTS, &st) == LC_OK ? cli_json_rows(worst) : NULL;
    lc_result_free(worst);
    return list;
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

lc_code cli_job_events(lc_result **out, const job *j, lc_status *st)
{
    size_t i;
    const json_t *event;
    lc_code code = lc_result_create_with(out, columns, COLUMNS, st);
    for (size_t k = 0; k < j->n && code == LC_OK; k++) {
        const job_file *f = &j->file[k];
        if (!cli_job_has_result(f)) continue;
        json_array_foreach(json_object_get(f->figures, "worst"), i, event)
        {
            if (code == LC_OK) code = add_event(*out, f->input, event, st);
        }
    }
    return code;
}

static const json_t *peak(const job_file *f)
{
    return json_array_get(json_object_get(f->figures, "worst"), 0);
}

const char *cli_job_peak(const job_file *f, const char *name)
{
    const char *text = json_string_value(json_object_get(peak(f), name));
    return text ? text : "";
}

double cli_job_p(const job_file *f)
{
    return number(json_object_get(peak(f), "p"));
}
