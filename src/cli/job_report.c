/* The page of a job: what it came to, charts of the worst files, the events of all. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "cli/job.h"

enum { FACTS = 7, WARNINGS = 2, WORDS = 320 };

/* What stands above the table. */
typedef struct head {
    char title[80], count[FACTS][32], said[WARNINGS][120];
    lc_report_fact key[FACTS];
    const char *warning[WARNINGS];
    size_t n_key, n_warnings;
} head;

static void write_head(head *h, const job *j, const job_totals *t)
{
    const bool detects = strcmp(j->o->command->name, "detect") == 0;
    const struct {
        const char *name;
        size_t n;
        bool shown;
    } fact[FACTS] = {{"files", j->n, true},
                     {"done", t->status[JOB_DONE], true},
                     {"skipped, as nothing changed", t->status[JOB_SKIPPED], true},
                     {"failed", t->status[JOB_FAILED], true},
                     {"pending", t->status[JOB_PENDING], t->status[JOB_PENDING] > 0},
                     {"flags", t->flagged, detects},
                     {"files with flags", t->with_flags, detects}};
    for (size_t i = 0; i < FACTS; i++)
        if (fact[i].shown) h->key[h->n_key++] = (lc_report_fact){fact[i].name, lc_count_text(h->count[i], fact[i].n)};
    char part[48] = "", files[32];
    if (j->shards > 1) snprintf(part, sizeof part, ", part %zu of %zu", j->shard, j->shards);
    snprintf(h->title, sizeof h->title, "loomcast %s: %s file%s%s", j->o->command->name, lc_count_text(files, j->n),
             j->n == 1 ? "" : "s", part);
    const size_t failed = t->status[JOB_FAILED];
    if (failed)
        snprintf(h->said[h->n_warnings++], sizeof h->said[0], "%s file%s failed: the table says why.",
                 lc_count_text(files, failed), failed == 1 ? "" : "s");
    if (t->worse)
        snprintf(h->said[h->n_warnings++], sizeof h->said[0],
                 "In %s file%s repeating the last value was no worse than the model.", lc_count_text(files, t->worse),
                 t->worse == 1 ? "" : "s");
    for (size_t i = 0; i < WARNINGS; i++) h->warning[i] = h->said[i];
}

/* Words on what is drawn; NULL: this command's results have no chart. */
static const char *say_charts(char out[WORDS], const job *j, const job_drawn *d, size_t results)
{
    const bool tests = strcmp(j->o->command->name, "evaluate") == 0;
    const size_t most = cli_charts(j->o), drawn = d->n;
    char passed[80] = "";
    if (d->passed_over)
        snprintf(passed, sizeof passed, ", but for %zu that cannot be drawn%s", d->passed_over,
                 d->no_memory ? ", as memory was short" : "");
    if (!cli_job_has_charts(j)) return NULL;
    if (results == 0) snprintf(out, WORDS, "None, as no file has a result.");
    else if (j->o->nab) snprintf(out, WORDS, "None, as --nab leaves out what they show.");
    else if (most == 0) snprintf(out, WORDS, "None were asked for.");
    else if (drawn == results)
        snprintf(out, WORDS, "%sIn the order of the table.", tests ? "Errors by step of the horizon. " : "");
    else if (drawn == most)
        snprintf(out, WORDS,
                 "%sThe first %zu of %zu files of the table%s. --charts %zu draws them all, and %s any one.",
                 tests ? "Errors by step of the horizon. " : "", drawn, results, passed, results,
                 tests ? "\"loomcast evaluate INPUT --plot FILE\" shows more of"
                       : "\"loomcast plot RESULT INPUT --plot FILE\"");
    else if (d->no_memory)
        snprintf(out, WORDS, "%zu of %zu files have one: %s.", drawn, results,
                 j->memory ? "others cannot be drawn within --memory" : "for others memory was short");
    else if (tests)
        snprintf(
            out, WORDS,
            "%zu of %zu files have one: of the others no errors by step were kept, as by an earlier version. Remove "
            "such a result, and the same line makes it again, with its chart.",
            drawn, results);
    else
        snprintf(out, WORDS, "%zu of %zu files have one: other results are larger than %d MiB or cannot be read%s.",
                 drawn, results, JOB_CHART_MIB, j->memory ? " within --memory" : "");
    return out;
}

static size_t find_column(const lc_listing *rows, const char *name)
{
    size_t i = 0;
    while (i < rows->n_columns && strcmp(rows->column[i].name, name) != 0) i++;
    return i;
}

lc_code cli_job_report(const job *j, const job_totals *t, const lc_listing *rows, const char *lead,
                       const job_file *const *order, const job_events *events, const char *path, lc_status *st)
{
    head h = {.n_key = 0};
    char charts[WORDS], most[WORDS];
    lc_code code = LC_OK;
    const char **link = calloc(j->n + 1, sizeof *link);
    lc_report_chart **chart = calloc(j->n + 1, sizeof *chart);
    lc_settings *settings = cli_chosen_settings(j->o);
    if (!link || !chart || !settings) {
        code = cli_job_no_memory(st);
        goto done;
    }
    for (size_t i = 0; i < j->n; i++) link[i] = cli_job_has_result(order[i]) ? order[i]->result : NULL;
    const job_drawn drawn = cli_job_charts(chart, j, order);
    const size_t results = t->status[JOB_DONE] + t->status[JOB_SKIPPED];
    write_head(&h, j, t);
    snprintf(most, sizeof most, "At most %d of a file: its result has every flag.", JOB_EVENTS);
    const lc_report_files what = {.title = h.title,
                                  .lead = lead,
                                  .table = rows,
                                  .link_column = find_column(rows, "result"),
                                  .link = link,
                                  .chart = (const lc_report_chart *const *)chart,
                                  .charts_note = say_charts(charts, j, &drawn, results),
                                  .events = events->list,
                                  .n_events = events->n,
                                  .events_note = most,
                                  .key = h.key,
                                  .n_key = h.n_key,
                                  .warning = h.warning,
                                  .n_warnings = h.n_warnings,
                                  .settings = settings,
                                  .style = j->style};
    code = lc_report_write_files(&what, path, true, st);
    /* Nobody asked for charts: the page says why it has none. */
    if (code == LC_E_TOOL) {
        cli_note(j->o, "warning: no charts in the report: %s%s%s", st->text, *st->hint ? "; " : "", st->hint);
        code = LC_OK;
    }
done:
    for (size_t i = 0; chart && i < j->n; i++) lc_report_chart_free(chart[i]);
    lc_settings_free(settings);
    free(chart);
    free(link);
    return code;
}
