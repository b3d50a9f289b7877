#include <string.h>

#include "cli/cli.h"
#include "cli/job.h"

static void print_flags(const cli_options *o, const lc_detect_info *info)
{
    if (info->scored == 0) {
        cli_note(o, "warning: none of %zu rows was scored: a column needs 100 values, and a day, before it is judged",
                 info->rows);
        return;
    }
    if (info->rows_scored)
        cli_line(
            o, "flags   %zu of %zu rows as a whole; %zu of %zu values (the first 100 and the first day are not scored)",
            info->rows_flagged, info->rows_scored, info->flagged, info->scored);
    else
        cli_line(o, "flags   %zu of %zu scored rows; %zu not scored (the first 100, the first day, or no value)",
                 info->flagged, info->scored, info->rows - info->scored);
}

static void warn_of_idle(const cli_options *o)
{
    enum { NEEDS = 3 };
    static const struct {
        const char *option, *needs[NEEDS], *why; /* one of `needs` gives it an effect */
    } idle[] = {{"vus-buffer", {"labels"}, "it needs --labels"},
                {"max-series", {NULL}, "it bounds --online"},
                {"calendar", {NULL}, "the detector knows the calendar by itself"},
                {"freq",
                 {"aggregate", "gaps", "future"},
                 "rows are taken as they come; --aggregate gathers them, --gaps fills steps"}};
    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
        bool used = false;
        for (size_t k = 0; k < NEEDS && idle[i].needs[k]; k++) used = used || cli_chosen(o, idle[i].needs[k]);
        if (cli_given(o, idle[i].option) && !used)
            cli_note(o, "warning: --%s has no effect: %s", idle[i].option, idle[i].why);
    }
    cli_warn_of_fitting(o, "detect learns as it reads; train a model and name it with --model");
}

static int write_events(const lc_result *events, const cli_options *o)
{
    lc_status st = {0};
    const size_t n = lc_result_rows(events);
    if (lc_result_write_file(events, o->events, o->force, &st) != LC_OK) return cli_fail(&st);
    cli_line(o, "wrote   %s, %zu event%s", o->events, n, n == 1 ? "" : "s");
    return LC_EXIT_OK;
}

/* The table in the form that was asked for. */
static int deliver(const cli_outcome *what, const cli_options *o)
{
    lc_result *nab = NULL;
    lc_status st = {0};
    if (!o->nab) return cli_deliver(what, o);
    int code =
        lc_result_nab(&nab, what->result, &st) == LC_OK ? cli_deliver(&(cli_outcome){.result = nab}, o) : cli_fail(&st);
    lc_result_free(nab);
    return code;
}

/* That benchmark prices a miss as some seventeen false alarms, so that its results are those of a sensitive detector
 * unless somebody says otherwise. */
static int settle_nab(const cli_options *o)
{
    lc_status st = {0};
    if (!o->nab || cli_chosen(o, "sensitivity") || cli_chosen(o, "alarms-per")) return LC_EXIT_OK;
    return lc_settings_set(o->settings, "sensitivity", "sensitive", &st) == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

int cli_detect(const cli_options *o)
{
    const int settled = settle_nab(o);
    if (settled != LC_EXIT_OK) return settled;
    if (o->online) return cli_detect_online(o);
    lc_panel *p = NULL;
    lc_model *m = NULL;
    lc_labels *l = NULL;
    lc_result *r = NULL, *events = NULL, *measures = NULL;
    lc_status st = {0};
    lc_detect_info info;
    if (o->follow || o->state) return cli_usage(NULL, "--%s needs --online", o->follow ? "follow" : "state");
    if (o->nab && o->plot) return cli_usage("leave one of the two out", "--plot draws no result of --nab");
    int code = cli_check_json(o);
    if (code == LC_EXIT_OK) code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_load_model(&m, o);
    if (code == LC_EXIT_OK && !m) warn_of_idle(o);
    /* A model wants the regular steps that it learned from. */
    if (code == LC_EXIT_OK && !m) code = cli_keep_rows(o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code == LC_EXIT_OK) code = cli_read_labels(&l, o, p);
    if (code == LC_EXIT_OK) code = cli_warn_of_misfit(o, m, p);
    if (code != LC_EXIT_OK) goto done;
    cli_progress progress = cli_progress_start(o);
    const bool wants_events = o->events || o->json || (o->plot && lc_report_is(o->plot));
    lc_code detected = lc_detect_events(&r, wants_events ? &events : NULL, &info, m, p, o->settings, cli_progress_step,
                                        &progress, &st);
    cli_progress_clear(&progress);
    if (detected != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    if (m) cli_print_model(o, p, &info.model);
    else cli_print_read(o, p, NULL);
    print_flags(o, &info);
    if (l) code = cli_measure(&measures, o, r, l, p);
    if (code == LC_EXIT_OK && o->events) code = write_events(events, o);
    if (code == LC_EXIT_OK)
        code = deliver(&(cli_outcome){.result = r, .events = events, .panel = p, .model = m ? &info.model : NULL}, o);
    if (code == LC_EXIT_OK) {
        json_t *s = cli_summary(o, p, &info.model);
        cli_json_put(&s, "scored", json_integer((json_int_t)info.scored));
        cli_json_put(&s, "flagged", json_integer((json_int_t)info.flagged));
        if (info.rows_scored) {
            cli_json_put(&s, "rows_scored", json_integer((json_int_t)info.rows_scored));
            cli_json_put(&s, "rows_flagged", json_integer((json_int_t)info.rows_flagged));
        }
        cli_json_put(&s, "events", json_integer((json_int_t)(events ? lc_result_rows(events) : 0)));
        if (o->figures && events) cli_json_put(&s, "worst", cli_job_worst(events));
        if (measures) cli_json_put(&s, "measures", cli_json_rows(measures));
        code = cli_print_summary(s, o);
    }
    if (code == LC_EXIT_OK && o->exit_code && (info.flagged || info.rows_flagged)) code = LC_EXIT_ANOMALIES;
done:
    lc_result_free(measures);
    lc_result_free(events);
    lc_result_free(r);
    lc_labels_free(l);
    lc_model_free(m);
    lc_panel_free(p);
    return code;
}
