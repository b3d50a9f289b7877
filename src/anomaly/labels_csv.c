/* Labels as a 0/1 column of a CSV file of their own. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/labels.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/calendar.h"
#include "data/grouping.h"
#include "data/table.h"

#define LABEL_HINT "write 1 for an anomaly, and 0 or nothing for a normal row"

/* ---- reading ---- */

/* The file has columns of its own: only how cells are written is as in the data. */
static lc_code open_table(lc_table *t, lc_settings **own, const lc_settings *s, const char *path, const char *time,
                          const char *id, lc_status *st)
{
    const char *const set[][2] = {{"time", time}, {"id", id},          {"target", ""}, {"past", ""},   {"future", ""},
                                  {"static", ""}, {"future-file", ""}, {"labels", ""}, {"rejects", ""}};
    lc_code code = LC_OK;
    if (!(*own = lc_settings_copy(s))) return lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < sizeof set / sizeof set[0]; i++)
        code = lc_settings_set(*own, set[i][0], set[i][1], st);
    (*own)->no_header = false; /* of the data; here a first row of numbers is known as such */
    if (code == LC_OK) code = lc_table_open(t, *own, st);
    if (code == LC_OK) code = lc_table_read_file(t, path, st);
    return code == LC_OK ? lc_table_close(t, st) : code;
}

/* Columns of time and id are called as in the data, or found by themselves. */
static lc_code read_table(lc_table *t, lc_settings **own, const lc_settings *s, const char *path, const lc_panel *p,
                          lc_status *st)
{
    const char *const names[][2] = {{p->time_name, p->id_name}, {"", p->id_name}, {p->time_name, ""}, {"", ""}};
    enum { TRIES = sizeof names / sizeof names[0] };
    for (size_t i = 0;; i++) {
        lc_status why = {0};
        const lc_code code = open_table(t, own, s, path, names[i][0], names[i][1], &why);
        if (code == LC_OK) return LC_OK;
        /* What is said of no line is said of the columns: there was none of numbers. */
        if (code == LC_E_DATA && t->decided && !t->roles.n_targets && !why.line) {
            lc_fail_at(st, code, path, 0, 0, "no column holds labels of 0 and 1");
            lc_hint(st, LABEL_HINT);
            return code;
        }
        if (code != LC_E_USAGE || i + 1 == TRIES) {
            if (st && !st->code) *st = why;
            return code;
        }
        lc_table_free(t);
        lc_settings_free(*own);
        *own = NULL;
    }
}

/* ---- which column ---- */

static bool holds_labels(const lc_table *t, size_t v)
{
    size_t row = 0;
    for (; row < t->n_rows; row++) {
        const double x = lc_number(t->value[v], row);
        if (!isnan(x) && x != 0 && x != 1) break;
    }
    return row == t->n_rows;
}

/* By its name, else the only one, else the only one of 0 and 1. SIZE_MAX: none, or nobody can tell. */
static size_t find_column(const lc_table *t)
{
    static const char *const names[] = {"label",   "labels",     "is_anomaly",   "anomaly", "anomalies",   "anomalous",
                                        "outlier", "is_outlier", "ground_truth", "y_true",  "is_anomalous"};
    const size_t n = t->roles.n_targets;
    size_t found = SIZE_MAX;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        for (size_t v = 0; v < n; v++)
            if (lc_equal_nocase(names[k], t->columns[t->roles.value[v].column])) return v;
    if (n == 1) return 0;
    for (size_t v = 0; v < n; v++) {
        if (!holds_labels(t, v)) continue;
        if (found != SIZE_MAX) return SIZE_MAX;
        found = v;
    }
    return found;
}

static lc_code take_column(size_t *out, const lc_table *t, lc_status *st)
{
    *out = find_column(t);
    if (*out == SIZE_MAX) {
        lc_fail_at(st, LC_E_DATA, t->file[0], 0, 0, "which column holds the labels?");
        lc_hint(st, "call it \"label\": 1 for an anomaly, 0 for a normal row");
        return LC_E_DATA;
    }
    for (size_t row = 0; row < t->n_rows; row++) {
        const double x = lc_number(t->value[*out], row);
        if (isnan(x) || x == 0 || x == 1) continue;
        lc_row_fail(t, row, t->roles.value[*out].column, LC_E_DATA, st, "%g is no label",
                    lc_number_written(t->value[*out], row));
        lc_hint(st, LABEL_HINT);
        return LC_E_DATA;
    }
    return LC_OK;
}

/* ---- whose labels ---- */

typedef struct owner {
    size_t frame, target; /* frame SIZE_MAX: nobody's */
} owner;

typedef struct join {
    lc_labels *l;
    const lc_table *t;
    const lc_panel *p;
    const lc_row_order *o;
    size_t column;
    bool buckets;
    owner *of_id;            /* (ids) */
    size_t labelled, joined; /* rows of the file that say 1, and those of them that the data have */
    size_t met;              /* rows of the file that the data have */
} join;

/* An id of the long layout, or what results call a series. */
static lc_code find_owners(join *j, size_t *unknown, lc_status *st)
{
    const lc_panel *p = j->p;
    const lc_names *ids = &j->t->ids;
    if (!(j->of_id = lc_calloc(ids->n + 1, sizeof *j->of_id))) return lc_fail_memory(st);
    for (size_t i = 0; i < ids->n; i++) j->of_id[i] = (owner){SIZE_MAX, LC_EVERY_TARGET};
    for (size_t f = 0; f < p->n_frames; f++) {
        for (size_t target = 0; target < p->n_targets; target++) {
            char *name = lc_panel_id_of(p, f, target);
            if (!name) return lc_fail_memory(st);
            const uint32_t id = lc_names_find(ids, name);
            free(name);
            if (id != LC_NO_NAME) j->of_id[id] = (owner){f, target};
        }
        const uint32_t id = lc_names_find(ids, p->frames[f].id);
        if (id != LC_NO_NAME) j->of_id[id] = (owner){f, LC_EVERY_TARGET};
    }
    for (size_t i = 0; i < ids->n; i++) *unknown += j->of_id[i].frame == SIZE_MAX;
    return LC_OK;
}

static bool put(join *j, owner who, size_t row, bool label)
{
    uint8_t *at = label ? lc_labels_own(j->l, who.target) : j->l->row;
    if (at && label) at[row] = LC_LABEL_ANOMALY;
    return at != NULL;
}

/* Labels of a target of its own stand beside those of all. */
static void spread(lc_labels *l)
{
    for (size_t t = 0; t < l->n_targets; t++)
        for (size_t i = 0; l->target[t] && i < l->n_rows; i++)
            if (l->row[i]) l->target[t][i] = LC_LABEL_ANOMALY;
}

/* ---- by stamp ---- */

/* The rows of a frame that have the stamp. */
static bool join_stamp(join *j, owner who, lc_stamp t, bool label, size_t *met)
{
    const lc_row_order *o = j->o;
    if (j->buckets) t = lc_freq_bucket_start(&j->p->freq, lc_freq_bucket(&j->p->freq, t));
    for (size_t i = lc_row_order_find(o, who.frame, t); i < o->begin[who.frame + 1] && o->stamp[i] == t; i++, ++*met)
        if (!put(j, who, o->row[i], label)) return false;
    return true;
}

static lc_code join_by_stamp(join *j, lc_status *st)
{
    const lc_table *t = j->t;
    const lc_clock *clock = &t->roles.clock.clock;
    for (size_t row = 0, run = 0; row < t->n_rows; row++) {
        owner who = {0, LC_EVERY_TARGET};
        if (t->id.n) {
            while (run + 1 < t->id.n && t->id.run[run + 1].row <= row) run++;
            who = j->of_id[t->id.run[run].value];
        }
        const bool label = lc_number(t->value[j->column], row) == 1;
        const int offset = t->offset ? t->offset[row] : clock->offset_minutes;
        size_t met = 0;
        if (who.frame != SIZE_MAX &&
            !join_stamp(j, who, lc_labels_stamp(j->p, clock, t->stamp[row], offset), label, &met))
            return lc_fail_memory(st);
        j->met += met > 0;
        j->labelled += label;
        j->joined += label && met;
    }
    return LC_OK;
}

/* ---- by position ---- */

static lc_code other_count(const join *j, size_t have, size_t want, const char *id, lc_status *st)
{
    char shown[80], series[120] = "";
    if (id) snprintf(series, sizeof series, " of series \"%s\"", lc_printable(shown, sizeof shown, id, strlen(id)));
    lc_fail_at(st, LC_E_DATA, j->t->file[0], 0, 0, "labels for %zu rows%s, and the data have %zu", have, series, want);
    lc_hint(st, "without a column of stamps like those of the data, labels and rows must be as many");
    return LC_E_DATA;
}

static lc_code join_by_row(join *j, lc_status *st)
{
    const lc_table *t = j->t;
    if (!t->id.n && t->n_rows != j->p->n_rows) return other_count(j, t->n_rows, j->p->n_rows, NULL, st);
    size_t *next = lc_calloc(t->ids.n + 1, sizeof *next);
    lc_code code = next ? LC_OK : lc_fail_memory(st);
    for (size_t row = 0, run = 0; code == LC_OK && row < t->n_rows; row++) {
        owner who = {0, LC_EVERY_TARGET};
        const bool label = lc_number(t->value[j->column], row) == 1;
        size_t at = row;
        if (t->id.n) {
            while (run + 1 < t->id.n && t->id.run[run + 1].row <= row) run++;
            const size_t id = t->id.run[run].value, k = next[id]++;
            who = j->of_id[id];
            if (who.frame == SIZE_MAX) continue;
            const size_t begin = j->o->begin[who.frame], n = j->o->begin[who.frame + 1] - begin;
            if (k >= n) code = other_count(j, k + 1, n, t->ids.name[id], st);
            else at = j->o->row[begin + k];
        }
        j->met++;
        if (code == LC_OK && !put(j, who, at, label)) code = lc_fail_memory(st);
    }
    for (size_t i = 0; code == LC_OK && i < t->ids.n; i++) {
        const size_t f = j->of_id[i].frame, n = f == SIZE_MAX ? 0 : j->o->begin[f + 1] - j->o->begin[f];
        if (f != SIZE_MAX && next[i] != n) code = other_count(j, next[i], n, t->ids.name[i], st);
    }
    lc_free(next);
    return code;
}

/* ---- the whole ---- */

static lc_code join_rows(join *j, lc_status *st)
{
    const lc_table *t = j->t;
    const lc_panel *p = j->p;
    const bool stamps =
        t->stamp && *p->time_name && lc_clock_is_calendar(&t->roles.clock.clock) == lc_clock_is_calendar(&p->clock);
    size_t unknown = 0;
    lc_code code = find_owners(j, &unknown, st);
    if (code != LC_OK) return code;
    if (stamps && !t->id.n && p->n_frames > 1) {
        lc_fail_at(st, LC_E_DATA, t->file[0], 0, 0, "stamps without ids, and the data have %zu series of rows",
                   p->n_frames);
        lc_hint(st, "add a column unique_id: %s, for one", *p->frames[0].id ? p->frames[0].id : "the name of a file");
        return LC_E_DATA;
    }
    code = stamps ? join_by_stamp(j, st) : join_by_row(j, st);
    if (code != LC_OK) return code;
    if (!j->met) {
        lc_fail_at(st, LC_E_DATA, t->file[0], 0, 0, "no row has the %s of a row of the data",
                   t->id.n ? stamps ? "id and stamp" : "id" : "stamp");
        lc_hint(st, "do the labels belong to these data?");
        return LC_E_DATA;
    }
    spread(j->l);
    bool noted = true;
    if (unknown) noted = lc_note(&j->l->notes, "labels of %zu ids that the data do not have are left out", unknown);
    if (noted && j->joined < j->labelled)
        noted = lc_note(&j->l->notes, "%zu of %zu labelled rows are not in the data and do not count",
                        j->labelled - j->joined, j->labelled);
    return noted ? LC_OK : lc_fail_memory(st);
}

lc_code lc_labels_from_csv(lc_labels *l, const char *file, const lc_panel *p, const lc_row_order *o,
                           const lc_settings *s, lc_status *st)
{
    lc_table t = {0};
    lc_settings *own = NULL;
    join j = {.l = l, .t = &t, .p = p, .o = o, .buckets = strcmp(s->aggregate, "none") != 0};
    lc_code code = read_table(&t, &own, s, file, p, st);
    if (code == LC_OK) code = take_column(&j.column, &t, st);
    if (code == LC_OK) code = join_rows(&j, st);
    lc_free(j.of_id);
    lc_table_free(&t);
    lc_settings_free(own);
    return code;
}
