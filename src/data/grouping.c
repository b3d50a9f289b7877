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
    return lc_fail_at(st, code, t->file[lc_table_file_of(t, row)], t->line[row], column + 1, "column \"%s\": %s", shown,
                      text);
}

const char *lc_grouping_name(const lc_table *t, size_t frame, char *out, size_t room)
{
    const char *name = t->id ? t->ids.name[frame] : t->file[frame];
    return lc_printable(out, room, name, strlen(name));
}

static lc_code refuse_shared_ids(const lc_table *t, lc_status *st)
{
    if (!t->id || t->n_files < 2) return LC_OK;
    size_t *file = calloc(t->ids.n, sizeof *file);
    if (!file) return lc_fail_memory(st);
    lc_code code = LC_OK;
    for (size_t row = 0, f = 0; row < t->n_rows && code == LC_OK; row++) {
        while (row >= t->file_end[f]) f++;
        size_t *seen = &file[t->id[row]];
        if (!*seen) *seen = f + 1;
        if (*seen == f + 1) continue;
        char shown[80];
        code = lc_row_fail(t, row, t->roles.id, LC_E_DATA, st, "series \"%s\" stands in %s, too",
                           lc_grouping_name(t, t->id[row], shown, sizeof shown), t->file[*seen - 1]);
        lc_hint(st, "a series belongs into one file");
    }
    free(file);
    return code;
}

static size_t frame_of(const lc_table *t, size_t row, size_t file)
{
    return t->id ? t->id[row] : file;
}

/* Sorts the rows into frames by counting; rows of a frame keep their order. */
static bool distribute(lc_grouping *g, const lc_table *t)
{
    g->n_frames = t->id ? t->ids.n : t->n_files;
    g->begin = calloc(g->n_frames + 1, sizeof *g->begin);
    g->row = lc_calloc(t->n_rows, sizeof *g->row);
    size_t *next = calloc(g->n_frames + 1, sizeof *next);
    bool ok = g->begin && g->row && next;
    for (size_t row = 0, f = 0; ok && row < t->n_rows; row++) {
        while (row >= t->file_end[f]) f++;
        g->begin[frame_of(t, row, f) + 1]++;
    }
    for (size_t i = 0; ok && i < g->n_frames; i++) {
        g->begin[i + 1] += g->begin[i];
        next[i] = g->begin[i];
    }
    for (size_t row = 0, f = 0; ok && row < t->n_rows; row++) {
        while (row >= t->file_end[f]) f++;
        g->row[next[frame_of(t, row, f)]++] = row;
    }
    free(next);
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

static bool sort_frame(lc_grouping *g, const lc_table *t, size_t frame)
{
    size_t *row = g->row + g->begin[frame], n = g->begin[frame + 1] - g->begin[frame];
    size_t i = 1;
    while (i < n && t->stamp[row[i - 1]] <= t->stamp[row[i]]) i++;
    if (i >= n) return true;
    keyed_row *keyed = lc_calloc(n, sizeof *keyed);
    if (!keyed) return false;
    for (i = 0; i < n; i++) keyed[i] = (keyed_row){t->stamp[row[i]], row[i]};
    qsort(keyed, n, sizeof *keyed, by_stamp);
    for (i = 0; i < n; i++) row[i] = keyed[i].row;
    lc_free(keyed);
    g->n_sorted++;
    return true;
}

static lc_code refuse_twins(const lc_grouping *g, const lc_table *t, size_t frame, lc_status *st)
{
    for (size_t i = g->begin[frame] + 1; i < g->begin[frame + 1]; i++) {
        size_t before = g->row[i - 1], row = g->row[i];
        if (t->stamp[before] != t->stamp[row]) continue;
        char stamp[LC_STAMP_TEXT], shown[80], series[112] = "";
        if (t->id)
            snprintf(series, sizeof series, " in series \"%s\"", lc_grouping_name(t, frame, shown, sizeof shown));
        lc_row_fail(t, row, t->roles.time, LC_E_DATA, st, "%s stands twice%s, first on line %zu",
                    lc_clock_format(&t->roles.clock.clock, t->stamp[row], stamp), series, t->line[before]);
        lc_hint(st, "%s",
                t->id ? "keep one row for each time stamp"
                      : "if the file holds several series, name the column of their ids with --id");
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
    lc_stamp *stamp = lc_calloc(t->n_rows, sizeof *stamp);
    if (!stamp) return lc_fail_memory(st);
    for (size_t i = 0; i < t->n_rows; i++) stamp[i] = t->stamp[g->row[i]];
    for (size_t i = 0; i < g->n_frames; i++)
        lc_freq_evidence_add(e, stamp + g->begin[i], g->begin[i + 1] - g->begin[i], &t->roles.clock.clock);
    lc_free(stamp);
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

lc_code lc_grouping_freq(lc_freq *f, const lc_grouping *g, const lc_table *t, lc_status *st)
{
    lc_freq_evidence e = {0};
    lc_code code = LC_OK;
    *f = (lc_freq){.unit = LC_FREQ_STEP, .multiple = 1};
    if (t->stamp) code = gather(&e, g, t, st);
    if (code != LC_OK) goto done;
    if (*t->settings->freq) {
        code = given_freq(f, &e, t, st);
    } else if (t->stamp && !lc_freq_evidence_conclude(&e, f, &t->roles.clock.clock) &&
               lc_clock_is_calendar(&t->roles.clock.clock)) {
        code = lc_row_fail(t, 0, t->roles.time, LC_E_DATA, st, "there are no two rows to tell the step between");
        lc_hint(st, "name the step with --freq");
    }
done:
    lc_freq_evidence_free(&e);
    return code;
}
