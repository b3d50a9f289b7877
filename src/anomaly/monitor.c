/* Rows as they come, each judged by the detectors of its series. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/crew.h"
#include "anomaly/detect_table.h"
#include "anomaly/monitor_inner.h"
#include "base/text.h"
#include "data/calendar.h"
#include "train/fit.h"

enum { MOST_ID = 4096 /* bytes */ };

static lc_code refuse_covariates(const lc_settings *s, lc_status *st)
{
    const char *option = *s->past ? "past" : *s->future ? "future" : *s->fixed ? "static" : NULL;
    if (!option) return LC_OK;
    lc_fail(st, LC_E_USAGE, "%s: the online detector has no covariates", option);
    lc_hint(st, "name the columns to watch with --target");
    return LC_E_USAGE;
}

lc_code lc_monitor_create(lc_monitor **out, const lc_settings *s, lc_status *st)
{
    LC_NEED(out);
    LC_NEED(s);
    *out = NULL;
    lc_code code = refuse_covariates(s, st);
    if (code != LC_OK) return code;
    lc_monitor *o = calloc(1, sizeof *o);
    if (!o) return lc_fail_memory(st);
    o->settings = lc_settings_copy(s);
    o->threads = lc_fit_threads(s);
    code = o->settings ? lc_live_create(&o->live, o->settings, st) : lc_fail_memory(st);
    if (code == LC_OK) *out = o;
    else lc_monitor_free(o);
    return code;
}

static void free_series(lc_monitor_series *s, size_t columns)
{
    if (!s) return;
    for (size_t i = 0; s->watch && i < columns; i++) lc_watch_free(s->watch[i]);
    for (size_t i = 0; s->name && i <= columns; i++) free(s->name[i]);
    lc_joint_free(s->joint);
    lc_free(s->watch);
    lc_free(s->name);
    lc_free(s);
}

void lc_monitor_free(lc_monitor *o)
{
    if (!o) return;
    for (size_t i = 0; i < o->n_series; i++) free_series(o->series[i], o->columns);
    free(o->series);
    lc_names_free(&o->ids);
    lc_free(o->value);
    lc_free(o->y);
    lc_free(o->found);
    lc_buf_free(&o->text);
    lc_notes_free(&o->notes);
    lc_live_free(o->live);
    lc_settings_free(o->settings);
    free(o);
}

/* ---- series ---- */

lc_code lc_monitor_settle(lc_monitor *o, lc_status *st)
{
    o->columns = lc_live_columns(o->live);
    o->value = lc_calloc(o->columns + 1, sizeof *o->value);
    o->y = lc_calloc(o->columns, sizeof *o->y);
    o->found = lc_calloc(o->columns, sizeof *o->found);
    return o->value && o->y && o->found ? LC_OK : lc_fail_memory(st);
}

/* As in the results of whole files: the id; without one the column; of several columns both. The column after the last
 * is the row as a whole. */
static char *name_of(const lc_monitor *o, const char *id, size_t column)
{
    const char *name = column < o->columns ? lc_live_column(o->live, column) : "*";
    char *text = lc_utf8(lc_live_has_ids(o->live) ? id : name);
    if (!text || !lc_live_has_ids(o->live) || o->columns == 1) return text;
    lc_buf both = {0};
    lc_buf_printf(&both, "%s:%s", text, name);
    free(text);
    if (both.failed) lc_buf_free(&both);
    return both.data;
}

lc_code lc_monitor_add(lc_monitor *o, const char *id, lc_monitor_series **out, lc_status *st)
{
    const lc_watch_options options = {.alarms_per = lc_settings_alarms(o->settings),
                                      .seed = o->settings->seed,
                                      .stamps = lc_live_is_calendar(o->live)};
    lc_code code = LC_OK;
    lc_monitor_series *s = lc_calloc(1, sizeof *s);
    if (!s) return lc_fail_memory(st);
    s->watch = lc_calloc(o->columns, sizeof *s->watch);
    s->name = lc_calloc(o->columns + 1, sizeof *s->name);
    if (!s->watch || !s->name || !LC_GROW(&o->series, &o->series_cap, o->n_series + 1)) code = lc_fail_memory(st);
    for (size_t i = 0; i < o->columns && code == LC_OK; i++) {
        code = lc_watch_create(&s->watch[i], &options, st);
        if (code == LC_OK && !(s->name[i] = name_of(o, id, i))) code = lc_fail_memory(st);
    }
    if (code == LC_OK && o->columns > 1) {
        code = lc_joint_create(&s->joint, o->columns, options.alarms_per, st);
        if (code == LC_OK && !(s->name[o->columns] = name_of(o, id, o->columns))) code = lc_fail_memory(st);
    }
    if (code == LC_OK && lc_names_add(&o->ids, id, NULL) != o->n_series) code = lc_fail_memory(st);
    if (code != LC_OK) {
        free_series(s, o->columns);
        return code;
    }
    o->series[o->n_series++] = *out = s;
    o->info.series = o->n_series;
    return LC_OK;
}

/* *out NULL: the row is bad, o->why says why. */
static lc_code find_series(lc_monitor *o, const lc_live_row *r, lc_monitor_series **out, lc_status *st)
{
    const char *id = r->id ? r->id : "";
    const uint32_t known = lc_names_find(&o->ids, id);
    *out = NULL;
    if (known != LC_NO_NAME) {
        *out = o->series[known];
        return LC_OK;
    }
    char shown[64];
    o->why = (lc_status){.code = LC_OK};
    if (strlen(id) > MOST_ID) {
        lc_fail_at(&o->why, LC_E_PARSE, lc_live_name(o->live), r->line, 0, "the id \"%s\" is longer than %d bytes",
                   lc_printable(shown, sizeof shown, id, strlen(id)), MOST_ID);
        return LC_OK;
    }
    if (o->n_series < o->settings->max_series) return lc_monitor_add(o, id, out, st);
    lc_fail_at(&o->why, LC_E_DATA, lc_live_name(o->live), r->line, 0,
               "the id \"%s\" is one more than the %zu series of --max-series",
               lc_printable(shown, sizeof shown, id, strlen(id)), o->settings->max_series);
    lc_hint(&o->why, "--max-series allows more, each of which takes memory of its own; is --id the right column?");
    return LC_OK;
}

/* ---- rows ---- */

lc_code lc_monitor_begin(lc_monitor *o, const char *name, lc_status *st)
{
    LC_NEED(o);
    LC_NEED(name);
    o->began = true;
    return lc_live_begin(o->live, name, st);
}

lc_code lc_monitor_push(lc_monitor *o, const char *bytes, size_t n, lc_status *st)
{
    LC_NEED(o);
    LC_NEED(bytes || !n);
    return lc_live_push(o->live, bytes, n, st);
}

lc_code lc_monitor_end(lc_monitor *o, lc_status *st)
{
    LC_NEED(o);
    lc_live_end(o->live);
    return LC_OK;
}

static bool tell_late(lc_monitor *o, const lc_live_row *r)
{
    char shown[64];
    if (o->told_late) return true;
    o->told_late = true;
    return lc_note(&o->notes,
                   "%s:%zu: the stamp %s is not after the one before it: such rows are answered without a verdict, "
                   "and nothing is learned from them",
                   lc_live_name(o->live), r->line, lc_printable(shown, sizeof shown, r->ds, strlen(r->ds)));
}

static void set_value(lc_monitor *o, const lc_monitor_series *s, size_t column, double y, const lc_finding *f)
{
    o->value[o->row.n++] = (lc_monitor_value){.unique_id = s->name[column],
                                              .y = y,
                                              .expected = f->expected,
                                              .lo = f->lo,
                                              .hi = f->hi,
                                              .score = f->score,
                                              .p = f->p,
                                              .scored = f->scored,
                                              .anomaly = f->anomaly,
                                              .statistic = f->raised ? lc_statistic_name(f->statistic) : "",
                                              .since = f->since,
                                              .column = ""};
    if (column == o->columns && f->raised) o->value[o->row.n - 1].column = lc_live_column(o->live, f->column);
    if (column == o->columns) {
        o->info.rows_scored += f->scored;
        o->info.rows_flagged += f->anomaly;
        return;
    }
    o->info.results++;
    o->info.scored += f->scored;
    o->info.flagged += f->anomaly;
}

/* A row goes to the detectors of its columns, which know nothing of each other. */
typedef struct columns {
    lc_monitor *o;
    const lc_live_row *row;
    lc_monitor_series *series;
} columns;

static lc_code push_column(void *ctx, size_t thread, size_t i, lc_status *st)
{
    const columns *c = ctx;
    const lc_live_row *r = c->row;
    (void)thread;
    if (lc_live_is_dropped(c->o->live, i)) return LC_OK;
    const lc_watch_row w = {lc_add_clamped(c->series->last, r->offset_minutes * LC_MICROS_PER_MINUTE), r->value[i],
                            NAN};
    return lc_watch_push(c->series->watch[i], &w, &c->o->found[i], st);
}

/* To wake a thread costs as much as a column or two. */
static size_t threads_for(const lc_monitor *o)
{
    enum { COLUMNS_EACH = 3 };
    const size_t useful = o->columns / COLUMNS_EACH;
    return useful < 2 ? 1 : useful < o->threads ? useful : o->threads;
}

static lc_code judge(lc_monitor *o, const lc_live_row *r, lc_monitor_series *s, lc_status *st)
{
    const bool stamps = lc_live_has_stamps(o->live), late = stamps && s->rows && r->stamp <= s->last;
    if (late && s->restored) {
        o->event = LC_MONITOR_KNOWN;
        o->info.known++;
        return LC_OK;
    }
    if (!late) {
        s->restored = false;
        s->rows++;
        s->last = stamps ? r->stamp : (lc_stamp)s->rows;
    } else if (!tell_late(o, r)) {
        return lc_fail_memory(st);
    }
    for (size_t i = 0; i < o->columns; i++) {
        o->found[i] = lc_finding_none;
        o->y[i] = isfinite(r->value[i]) && !lc_live_is_dropped(o->live, i) ? r->value[i] : NAN;
    }
    columns c = {o, r, s};
    const lc_code code = late ? LC_OK : lc_crew_run(o->columns, threads_for(o), push_column, &c, st);
    if (code != LC_OK) return code;
    for (size_t i = 0; i < o->columns; i++)
        if (!lc_live_is_dropped(o->live, i)) set_value(o, s, i, r->value[i], &o->found[i]);
    if (s->joint) {
        lc_finding f = lc_finding_none;
        if (!late) lc_joint_push(s->joint, o->y, o->found, &f);
        set_value(o, s, o->columns, NAN, &f);
    }
    o->event = LC_MONITOR_ROW;
    o->row.late = late;
    o->info.late += late;
    o->info.rows++;
    return LC_OK;
}

static void set_bad(lc_monitor *o, const lc_live_row *r, const lc_status *why)
{
    o->event = LC_MONITOR_BAD;
    o->row.why = why;
    o->row.bytes = r->bytes;
    o->row.n_bytes = r->n_bytes;
    o->info.bad++;
}

lc_code lc_monitor_next(lc_monitor *o, lc_monitor_event *event, lc_monitor_row *row, lc_status *st)
{
    LC_NEED(o);
    LC_NEED(event);
    LC_NEED(row);
    lc_live_event read;
    lc_live_row *r = &o->read;
    *event = o->event = LC_MONITOR_MORE;
    lc_code code = lc_live_next(o->live, &read, r, st);
    if (code != LC_OK || read == LC_LIVE_MORE) return code;
    o->row = (lc_monitor_row){.line = r->line, .ds = r->ds, .value = o->value};
    if (read == LC_LIVE_BAD) {
        set_bad(o, r, r->why);
    } else {
        lc_monitor_series *s;
        if (!o->columns) code = lc_monitor_settle(o, st);
        o->row.value = o->value;
        if (code == LC_OK) code = find_series(o, r, &s, st);
        if (code == LC_OK && s) code = judge(o, r, s, st);
        o->failed = o->failed || code != LC_OK;
        if (code != LC_OK) return code;
        if (!s) set_bad(o, r, &o->why);
    }
    *event = o->event;
    *row = o->row;
    return code;
}

/* ---- what is known ---- */

const char *lc_monitor_notice(lc_monitor *o)
{
    if (!o) return NULL;
    lc_notes *mine = &o->notes, *theirs = lc_live_notes(o->live);
    if (o->next_note == mine->n) {
        /* Those of the reader take the place of what was read. */
        lc_notes_free(mine);
        *mine = *theirs;
        *theirs = (lc_notes){.n = 0};
        o->next_note = 0;
    }
    return o->next_note < mine->n ? mine->line[o->next_note++] : NULL;
}

void lc_monitor_get_info(const lc_monitor *o, lc_monitor_info *out)
{
    *out = o ? o->info : (lc_monitor_info){.rows = 0};
}
