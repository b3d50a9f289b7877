#include "anomaly/measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/nab.h"
#include "anomaly/vus.h"
#include "base/memory.h"

/* ---- the table ---- */

enum {
    ID,
    METHOD,
    ROWS,
    EVENTS,
    HIT,
    EVENT_RATES,
    ROW_RATES = EVENT_RATES + 3,
    FALSE_ALARMS = ROW_RATES + 3,
    VUS_PR,
    VUS_ROC,
    BUFFER,
    NAB_FLAGS,
    NAB_BEST = NAB_FLAGS + LC_NAB_PROFILES,
    NAB_THRESHOLD = NAB_BEST + LC_NAB_PROFILES,
    COLUMNS
};

enum { DIGITS = 6 };
static const lc_column columns[COLUMNS] = {{"unique_id", LC_COLUMN_TEXT, 0},
                                           {"method", LC_COLUMN_TEXT, 0},
                                           {"rows", LC_COLUMN_INT, 0},
                                           {"events", LC_COLUMN_INT, 0},
                                           {"hit", LC_COLUMN_INT, 0},
                                           {"precision-event", LC_COLUMN_REAL, DIGITS},
                                           {"recall-event", LC_COLUMN_REAL, DIGITS},
                                           {"f1-event", LC_COLUMN_REAL, DIGITS},
                                           {"precision-row", LC_COLUMN_REAL, DIGITS},
                                           {"recall-row", LC_COLUMN_REAL, DIGITS},
                                           {"f1-row", LC_COLUMN_REAL, DIGITS},
                                           {"false-alarms-10k", LC_COLUMN_REAL, DIGITS},
                                           {"vus-pr", LC_COLUMN_REAL, DIGITS},
                                           {"vus-roc", LC_COLUMN_REAL, DIGITS},
                                           {"vus-buffer", LC_COLUMN_REAL, DIGITS},
                                           {"nab-standard", LC_COLUMN_REAL, DIGITS},
                                           {"nab-low-fp", LC_COLUMN_REAL, DIGITS},
                                           {"nab-low-fn", LC_COLUMN_REAL, DIGITS},
                                           {"nab-best-standard", LC_COLUMN_REAL, DIGITS},
                                           {"nab-best-low-fp", LC_COLUMN_REAL, DIGITS},
                                           {"nab-best-low-fn", LC_COLUMN_REAL, DIGITS},
                                           {"nab-threshold", LC_COLUMN_REAL, DIGITS}};

/* What a row of the table is made of. */
typedef struct measure {
    lc_event_count count;
    lc_nab nab;
    lc_vus vus;    /* sums over the series that have them */
    double buffer; /* the same */
    size_t with_volume;
} measure;

static void set_rates(lc_result *t, size_t column, lc_hit_rates rates)
{
    lc_result_set_real(t, column, rates.precision);
    lc_result_set_real(t, column + 1, rates.recall);
    lc_result_set_real(t, column + 2, rates.f1);
}

static lc_code add_row(lc_result *t, const char *id, const char *method, measure *m, lc_status *st)
{
    const lc_event_count *c = &m->count;
    const double series = (double)m->with_volume;
    lc_nab_scores nab;
    lc_code code = lc_nab_score(&nab, &m->nab, st);
    if (code == LC_OK) code = lc_result_add_row(t, st);
    if (code == LC_OK) code = lc_result_set_text(t, ID, id, st);
    if (code == LC_OK) code = lc_result_set_text(t, METHOD, method, st);
    if (code != LC_OK) return code;
    lc_result_set_int(t, ROWS, (int64_t)c->rows);
    lc_result_set_int(t, EVENTS, (int64_t)c->events);
    lc_result_set_int(t, HIT, (int64_t)c->hit);
    set_rates(t, EVENT_RATES, lc_hit_rates_of(c->hit, c->hit + c->false_alarms, c->events));
    set_rates(t, ROW_RATES, lc_hit_rates_of(c->found, c->flagged, c->labelled));
    if (c->rows) lc_result_set_real(t, FALSE_ALARMS, 1e4 * (double)c->false_alarms / (double)c->rows);
    if (m->with_volume) {
        lc_result_set_real(t, VUS_PR, m->vus.pr / series);
        lc_result_set_real(t, VUS_ROC, m->vus.roc / series);
        lc_result_set_real(t, BUFFER, m->buffer / series);
    }
    for (size_t p = 0; p < LC_NAB_PROFILES; p++) {
        lc_result_set_real(t, NAB_FLAGS + p, nab.flags[p]);
        lc_result_set_real(t, NAB_BEST + p, nab.best[p]);
    }
    if (isfinite(nab.threshold[LC_NAB_STANDARD])) lc_result_set_real(t, NAB_THRESHOLD, nab.threshold[LC_NAB_STANDARD]);
    return LC_OK;
}

/* ---- the rows of a result ---- */

/* The rows of one frame in the order of time. */
typedef struct rows {
    uint8_t *label, *flag; /* (n) */
    double *score;         /* (n) as the detector gave them */
    double *told;          /* (n) 0 for a row that goes on with an event */
    double *y;             /* (n) */
    size_t n;
} rows;

typedef struct bench {
    const lc_result *r;
    const lc_labels *l;
    const lc_panel *p;
    size_t id, y, score, flag; /* columns of r */
    size_t blocks;             /* of n_rows rows */
    size_t buffer;             /* 0: of each series */
    lc_row_order order;
    rows rows;
} bench;

static lc_code find_columns(bench *b, lc_status *st)
{
    static const char *const names[] = {"unique_id", "y", "score", "anomaly"};
    size_t *const to[] = {&b->id, &b->y, &b->score, &b->flag};
    const size_t n = lc_result_rows(b->r), of = b->p->n_rows, targets = b->p->n_targets;
    for (size_t i = 0; i < 4; i++)
        if ((*to[i] = lc_result_find(b->r, names[i])) == SIZE_MAX)
            return lc_fail(st, LC_E_USAGE, "the result has no column \"%s\": it does not come from detect", names[i]);
    b->blocks = of ? n / of : 0;
    if (n == b->blocks * of && (b->blocks == targets || b->blocks == targets + 1)) return LC_OK;
    return lc_fail(st, LC_E_USAGE, "%zu rows of results for %zu rows of %zu columns: they do not belong together", n,
                   of, targets);
}

static bool make_rows(rows *w, size_t n)
{
    w->label = lc_calloc(n, 1);
    w->flag = lc_calloc(n, 1);
    w->score = lc_calloc(n, sizeof *w->score);
    w->told = lc_calloc(n, sizeof *w->told);
    w->y = lc_calloc(n, sizeof *w->y);
    return w->label && w->flag && w->score && w->told && w->y;
}

static void free_rows(rows *w)
{
    lc_free(w->label);
    lc_free(w->flag);
    lc_free(w->score);
    lc_free(w->told);
    lc_free(w->y);
}

/* Of the row as a whole: what any of its columns has. */
static uint8_t label_of(const bench *b, size_t block, size_t row)
{
    uint8_t label = lc_labels_of(b->l, block)[row];
    for (size_t k = 0; block == b->p->n_targets && k < block; k++)
        if (lc_labels_of(b->l, k)[row] > label) label = lc_labels_of(b->l, k)[row];
    return label;
}

/* Blocks [from, to) of a frame; of several the largest score, any flag and any label of each row. */
static void gather(bench *b, size_t frame, size_t from, size_t to)
{
    const size_t begin = b->order.begin[frame];
    rows *w = &b->rows;
    w->n = b->order.begin[frame + 1] - begin;
    for (size_t i = 0; i < w->n; i++) {
        const size_t row = b->order.row[begin + i];
        w->label[i] = w->flag[i] = 0;
        w->score[i] = 0;
        for (size_t k = from; k < to; k++) {
            const size_t at = k * b->p->n_rows + row;
            const double score = lc_result_real(b->r, at, b->score);
            const uint8_t label = label_of(b, k, row);
            if (score > w->score[i]) w->score[i] = score;
            if (lc_result_real(b->r, at, b->flag) == 1) w->flag[i] = 1;
            if (label > w->label[i]) w->label[i] = label;
            if (k == from) w->y[i] = lc_result_real(b->r, at, b->y);
        }
        w->told[i] = w->score[i] >= 0.5 && !w->flag[i] ? 0 : w->score[i];
    }
}

static lc_code find_volume(lc_vus *vus, size_t *buffer, const bench *b, lc_status *st)
{
    const rows *w = &b->rows;
    *buffer = b->buffer;
    lc_code code = *buffer ? LC_OK : lc_vus_buffer(buffer, w->y, w->n, st);
    if (code == LC_OK) code = lc_vus_score(vus, w->label, w->score, w->n, *buffer, st);
    return code;
}

static lc_code add_rows(measure *m, const bench *b, const lc_vus *vus, size_t buffer, lc_status *st)
{
    const rows *w = &b->rows;
    lc_event_count_add(&m->count, w->label, w->flag, w->n);
    if (!isnan(vus->pr)) {
        m->vus.pr += vus->pr;
        m->vus.roc += vus->roc;
        m->buffer += (double)buffer;
        m->with_volume++;
    }
    return lc_nab_add(&m->nab, w->label, w->flag, w->told, w->n, st);
}

/* Adds the gathered rows to the total, unless it is NULL, and as a row of the table called `id`, unless that is NULL.
 */
static lc_code take(lc_result *t, const char *id, const char *method, const bench *b, measure *total, lc_status *st)
{
    measure own = {0};
    size_t buffer = 0;
    lc_vus vus;
    lc_code code = find_volume(&vus, &buffer, b, st);
    if (code == LC_OK && total) code = add_rows(total, b, &vus, buffer, st);
    if (code == LC_OK && id) code = add_rows(&own, b, &vus, buffer, st);
    if (code == LC_OK && id) code = add_row(t, id, method, &own, st);
    lc_nab_free(&own.nab);
    return code;
}

/* ---- the whole ---- */

/* The rows of a frame with several columns, as a whole. */
static lc_code take_frame(lc_result *t, const char *method, bench *b, size_t frame, measure *total, lc_status *st)
{
    const size_t targets = b->p->n_targets;
    const bool fused = b->blocks > targets;
    lc_buf id = {0};
    gather(b, frame, fused ? targets : 0, b->blocks);
    lc_buf_puts(&id, b->p->frames[frame].id);
    lc_buf_puts(&id, ":*");
    lc_code code = id.failed ? lc_fail_memory(st) : take(t, b->p->n_frames > 1 ? id.data : NULL, method, b, total, st);
    lc_buf_free(&id);
    return code;
}

static lc_code measure_all(lc_result *t, const char *method, bench *b, lc_status *st)
{
    const bool wide = b->p->n_targets > 1;
    measure total = {0};
    lc_code code = LC_OK;
    for (size_t k = 0; code == LC_OK && k < b->p->n_targets; k++)
        for (size_t f = 0; code == LC_OK && f < b->p->n_frames; f++) {
            const size_t first = k * b->p->n_rows + b->order.row[b->order.begin[f]];
            gather(b, f, k, k + 1);
            code = take(t, lc_result_text(b->r, first, b->id), method, b, wide ? NULL : &total, st);
        }
    for (size_t f = 0; wide && code == LC_OK && f < b->p->n_frames; f++) code = take_frame(t, method, b, f, &total, st);
    if (code == LC_OK) code = add_row(t, "*", method, &total, st);
    lc_nab_free(&total.nab);
    return code;
}

lc_code lc_measures_add(lc_result **table, const char *method, const lc_result *r, const lc_labels *l,
                        const lc_panel *p, const lc_settings *s, lc_status *st)
{
    bench b = {.r = r, .l = l, .p = p, .buffer = s->vus_buffer};
    lc_result *fresh = NULL;
    lc_code code = l->n_rows == p->n_rows && l->n_targets == p->n_targets
                       ? find_columns(&b, st)
                       : lc_fail(st, LC_E_USAGE, "the labels are those of other data");
    if (code == LC_OK) code = lc_row_order_make(&b.order, p, st);
    size_t longest = 0;
    for (size_t f = 0; code == LC_OK && f < p->n_frames; f++)
        if (b.order.begin[f + 1] - b.order.begin[f] > longest) longest = b.order.begin[f + 1] - b.order.begin[f];
    if (code == LC_OK && !make_rows(&b.rows, longest)) code = lc_fail_memory(st);
    if (code == LC_OK && !*table) code = lc_result_create_with(&fresh, columns, COLUMNS, st);
    if (code == LC_OK) code = measure_all(*table ? *table : fresh, method, &b, st);
    if (code == LC_OK && fresh) *table = fresh;
    else lc_result_free(fresh);
    free_rows(&b.rows);
    lc_row_order_free(&b.order);
    return code;
}
