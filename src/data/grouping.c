#include "data/grouping.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/freq_infer.h"

lc_code lc_row_fail(const lc_table *t, size_t row, size_t column, lc_code code, lc_status *st, const char *fmt, ...)
{
    char text[400], shown[80];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    lc_printable(shown, sizeof shown, t->columns[column], strlen(t->columns[column]));
    return lc_fail_at(st, code, t->file[lc_table_file_of(t, row)], lc_table_line_of(t, row), column + 1,
                      "column \"%s\": %s", shown, text);
}

const char *lc_grouping_name(const lc_table *t, size_t frame, char *out, size_t room)
{
    const char *name = t->id.n ? t->ids.name[frame] : t->file[frame];
    return lc_printable(out, room, name, strlen(name));
}

/* Calls fn for every run of rows with one frame, in the order of the rows. */
typedef bool (*run_fn)(void *ctx, size_t frame, size_t file, size_t begin, size_t end);

static bool for_each_run(const lc_table *t, run_fn fn, void *ctx)
{
    size_t file = 0, run = 0;
    for (size_t row = 0; row < t->n_rows;) {
        size_t end = t->n_rows;
        while (row >= t->file_end[file]) file++;
        if (t->file_end[file] < end) end = t->file_end[file];
        if (t->id.n) {
            while (run + 1 < t->id.n && t->id.run[run + 1].row <= row) run++;
            if (run + 1 < t->id.n && t->id.run[run + 1].row < end) end = t->id.run[run + 1].row;
        }
        if (!fn(ctx, t->id.n ? t->id.run[run].value : file, file, row, end)) return false;
        row = end;
    }
    return true;
}

typedef struct shared_id {
    size_t *file; /* (ids) where each was seen, from 1 */
    size_t row, other;
} shared_id;

static bool in_one_file(void *ctx, size_t frame, size_t file, size_t begin, size_t end)
{
    shared_id *s = ctx;
    (void)end;
    if (!s->file[frame]) s->file[frame] = file + 1;
    if (s->file[frame] == file + 1) return true;
    s->row = begin;
    s->other = s->file[frame] - 1;
    return false;
}

static lc_code refuse_shared_ids(const lc_table *t, lc_status *st)
{
    if (!t->id.n || t->n_files < 2) return LC_OK;
    shared_id s = {.file = lc_calloc(t->ids.n, sizeof *s.file)};
    if (!s.file) return lc_fail_memory(st);
    lc_code code = LC_OK;
    if (!for_each_run(t, in_one_file, &s)) {
        char shown[80];
        size_t id = t->id.run[lc_runs_find(&t->id, s.row)].value;
        code = lc_row_fail(t, s.row, t->roles.id, LC_E_DATA, st, "series \"%s\" stands in %s, too",
                           lc_grouping_name(t, id, shown, sizeof shown), t->file[s.other]);
        lc_hint(st, "a series belongs into one file");
    }
    lc_free(s.file);
    return code;
}

/* Sorts the rows into frames by counting; rows of a frame keep their order. */
typedef struct counting {
    lc_grouping *g;
    size_t *next;
    size_t expected; /* frame that comes next where all stand together in order */
    bool together;
} counting;

static bool count_run(void *ctx, size_t frame, size_t file, size_t begin, size_t end)
{
    counting *c = ctx;
    (void)file;
    c->g->begin[frame + 1] += end - begin;
    if (frame != c->expected && frame + 1 != c->expected) c->together = false;
    if (frame == c->expected) c->expected++;
    return true;
}

static bool place_run(void *ctx, size_t frame, size_t file, size_t begin, size_t end)
{
    counting *c = ctx;
    (void)file;
    for (size_t row = begin; row < end; row++) c->g->row[c->next[frame]++] = (uint32_t)row;
    return true;
}

static bool distribute(lc_grouping *g, const lc_table *t)
{
    counting c = {.g = g, .together = true};
    g->n_frames = t->id.n ? t->ids.n : t->n_files;
    g->begin = calloc(g->n_frames + 1, sizeof *g->begin);
    if (!g->begin || t->n_rows >= UINT32_MAX) return false;
    for_each_run(t, count_run, &c);
    for (size_t i = 0; i < g->n_frames; i++) g->begin[i + 1] += g->begin[i];
    if (c.together) return true;
    c.next = lc_calloc(g->n_frames, sizeof *c.next);
    g->row = lc_calloc(t->n_rows, sizeof *g->row);
    bool ok = c.next && g->row;
    if (ok) {
        memcpy(c.next, g->begin, g->n_frames * sizeof *c.next);
        for_each_run(t, place_run, &c);
    }
    lc_free(c.next);
    return ok;
}

typedef struct keyed_row {
    lc_stamp stamp;
    size_t row;
} keyed_row;

static int by_stamp(const void *a, const void *b)
{
    const keyed_row *x = a, *y = b;
    if (x->stamp != y->stamp) return x->stamp < y->stamp ? -1 : 1;
    return x->row < y->row ? -1 : 1;
}

static bool ascends(const lc_stamp *t, size_t n)
{
    size_t down = 0;
    for (size_t i = 1; i < n; i++) down += t[i] < t[i - 1];
    return !down;
}

static bool has_twins(const lc_stamp *t, size_t n)
{
    size_t twins = 0;
    for (size_t i = 1; i < n; i++) twins += t[i] == t[i - 1];
    return twins != 0;
}

static bool sort_frame(lc_grouping *g, const lc_table *t, size_t frame)
{
    size_t begin = g->begin[frame], n = g->begin[frame + 1] - begin, i = 1;
    if (!g->row && ascends(t->stamp + begin, n)) return true;
    while (i < n && t->stamp[lc_grouping_row(g, begin + i - 1)] <= t->stamp[lc_grouping_row(g, begin + i)]) i++;
    if (i >= n) return true;
    if (!g->row) {
        if (!(g->row = lc_calloc(t->n_rows, sizeof *g->row))) return false;
        for (size_t k = 0; k < t->n_rows; k++) g->row[k] = (uint32_t)k;
    }
    keyed_row *keyed = lc_calloc(n, sizeof *keyed);
    if (!keyed) return false;
    for (i = 0; i < n; i++) keyed[i] = (keyed_row){t->stamp[g->row[begin + i]], g->row[begin + i]};
    qsort(keyed, n, sizeof *keyed, by_stamp);
    for (i = 0; i < n; i++) g->row[begin + i] = (uint32_t)keyed[i].row;
    lc_free(keyed);
    g->n_sorted++;
    return true;
}

/* Clocks are put back on a Sunday night in autumn; an hour then stands twice in stamps without offsets. */
static bool may_be_daylight_saving(const lc_clock *c, lc_stamp t)
{
    lc_civil civil = lc_civil_of(t);
    return c->has_time && !c->zone && civil.weekday == 6 && civil.hour < 4 &&
           (civil.month >= 9 || civil.month == 3 || civil.month == 4);
}

static bool many_twins(const lc_grouping *g, const lc_table *t, size_t frame)
{
    size_t twins = 0, n = g->begin[frame + 1] - g->begin[frame];
    for (size_t i = g->begin[frame] + 1; i < g->begin[frame + 1]; i++)
        twins += t->stamp[lc_grouping_row(g, i - 1)] == t->stamp[lc_grouping_row(g, i)];
    return twins > 1 + n / 50;
}

static lc_code refuse_twins(lc_grouping *g, const lc_table *t, size_t frame, lc_status *st)
{
    const size_t begin = g->begin[frame];
    if (!g->row && !has_twins(t->stamp + begin, g->begin[frame + 1] - begin)) return LC_OK;
    bool settled = strcmp(t->settings->duplicates, "error") != 0 || strcmp(t->settings->aggregate, "none") != 0;
    /* Rows as they come may repeat a stamp now and then, as clocks do; often, they are those of several series. */
    if (strcmp(t->settings->gaps, "keep") == 0) settled = settled || !many_twins(g, t, frame);
    for (size_t i = g->begin[frame] + 1; i < g->begin[frame + 1]; i++) {
        size_t before = lc_grouping_row(g, i - 1), row = lc_grouping_row(g, i);
        if (t->stamp[before] != t->stamp[row]) continue;
        g->n_twins++;
        if (settled) continue;
        char stamp[LC_STAMP_TEXT], shown[80], series[112] = "";
        if (t->id.n)
            snprintf(series, sizeof series, " in series \"%s\"", lc_grouping_name(t, frame, shown, sizeof shown));
        lc_row_fail(t, row, t->roles.time, LC_E_DATA, st, "%s stands twice%s, first on line %zu",
                    lc_clock_format(&t->roles.clock.clock, t->stamp[row], stamp), series, lc_table_line_of(t, before));
        char joined[200];
        if (lc_roles_join_option(&t->roles, t->columns, joined, sizeof joined))
            lc_hint(st, "--time %s joins the columns to whole time stamps", joined);
        else if (may_be_daylight_saving(&t->roles.clock.clock, t->stamp[row]))
            lc_hint(st, "the end of daylight saving time? write stamps with their offset from UTC, or choose "
                        "--duplicates first, last or mean");
        else if (t->id.n) lc_hint(st, "keep one row for each time stamp, or choose --duplicates first, last or mean");
        else
            lc_hint(st, "if the file holds several series, name the column of their ids with --id; else choose "
                        "--duplicates first, last or mean");
        return LC_E_DATA;
    }
    return LC_OK;
}

lc_code lc_grouping_make(lc_grouping *g, const lc_table *t, lc_status *st)
{
    memset(g, 0, sizeof *g);
    lc_code code = refuse_shared_ids(t, st);
    if (code != LC_OK) return code;
    if (!distribute(g, t)) return lc_fail_memory(st);
    for (size_t i = 0; t->stamp && i < g->n_frames && code == LC_OK; i++) {
        if (!sort_frame(g, t, i)) return lc_fail_memory(st);
        code = refuse_twins(g, t, i, st);
    }
    return code;
}

void lc_grouping_free(lc_grouping *g)
{
    free(g->begin);
    lc_free(g->row);
    memset(g, 0, sizeof *g);
}

/* ---- frequency ---- */

static lc_code gather(lc_freq_evidence *e, const lc_grouping *g, const lc_table *t, lc_status *st)
{
    for (size_t i = 0; i < g->n_frames; i++) {
        lc_freq_evidence_begin(e);
        for (size_t k = g->begin[i]; k < g->begin[i + 1]; k++) {
            size_t row = lc_grouping_row(g, k);
            if (!g->row && k > g->begin[i]) {
                k += lc_freq_evidence_run(e, t->stamp + row - 1, g->begin[i + 1] - k + 1, &t->roles.clock.clock);
                if (k == g->begin[i + 1]) break;
                row = k;
            }
            int offset = t->offset ? t->offset[row] : t->roles.clock.clock.offset_minutes;
            lc_freq_evidence_stamp(e, t->stamp[row], offset, &t->roles.clock.clock);
        }
    }
    return e->failed ? lc_fail_memory(st) : LC_OK;
}

static lc_code given_freq(lc_freq *f, const lc_freq_evidence *e, const lc_table *t, lc_status *st)
{
    const lc_clock *c = &t->roles.clock.clock;
    const char *text = t->settings->freq;
    char shown[32];
    bool calendar = lc_clock_is_calendar(c);
    bool read = lc_freq_parse(f, text);
    lc_printable(shown, sizeof shown, text, strlen(text));
    if (read && !calendar && f->unit != LC_FREQ_STEP) {
        lc_fail(st, LC_E_USAGE, "--freq %s needs a column of time stamps; here rows are steps", shown);
        lc_hint(st, "name the column with --time, or the length of a season with --season");
        return LC_E_USAGE;
    }
    if (!read || (calendar && f->unit == LC_FREQ_STEP)) {
        lc_fail(st, LC_E_USAGE, "--freq: \"%s\" is not a frequency", shown);
        lc_hint(st, "use s min h D B W M Q Y, with a multiple as in 15min");
        return LC_E_USAGE;
    }
    f->offset_minutes = c->offset_minutes;
    bool months = f->unit == LC_FREQ_MONTH || f->unit == LC_FREQ_QUARTER || f->unit == LC_FREQ_YEAR;
    if (months && e->any && e->firm_day == 0) f->month_end = true;
    return LC_OK;
}

lc_code lc_grouping_freq(lc_freq *f, bool *jittered, const lc_grouping *g, const lc_table *t, lc_status *st)
{
    lc_freq_evidence e = {0};
    lc_freq nominal;
    const lc_clock *c = &t->roles.clock.clock;
    lc_code code = LC_OK;
    *f = (lc_freq){.unit = LC_FREQ_STEP, .multiple = 1};
    *jittered = false;
    if (strcmp(t->settings->aggregate, "none") != 0 && !*t->settings->freq) {
        lc_fail(st, LC_E_USAGE, "--aggregate needs --freq");
        lc_hint(st, "name the step that rows are gathered to, as in --freq h");
        return LC_E_USAGE;
    }
    if (t->stamp) code = gather(&e, g, t, st);
    if (code != LC_OK) goto done;
    bool found = !t->stamp || lc_freq_evidence_conclude(&e, f, c);
    if (*t->settings->freq) {
        code = given_freq(f, &e, t, st);
    } else if (!found && lc_clock_is_calendar(c)) {
        code = lc_row_fail(t, 0, t->roles.time, LC_E_DATA, st, "there are no two rows to tell the step between");
        lc_hint(st, "name the step with --freq");
    }
    if (code != LC_OK || !found) goto done;
    *jittered = lc_clock_is_calendar(c) && !lc_freq_evidence_fits(&e, f);
    bool months = lc_freq_length(f) == 0 && f->unit != LC_FREQ_BUSINESS;
    if (*t->settings->freq) *jittered |= months && e.firm_day < 0;
    else if (*jittered && lc_freq_evidence_nominal(&e, &nominal, c)) *f = nominal;
done:
    lc_freq_evidence_free(&e);
    return code;
}
