#include "data/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

typedef enum gaps_mode { GAPS_FILL, GAPS_SKIP, GAPS_ERROR } gaps_mode;

typedef struct grid {
    lc_panel *p;
    const lc_table *t;
    const lc_grouping *g;
    lc_status *st;
    gaps_mode gaps;
    uint32_t *step;   /* (rows of the frame at hand) where each goes */
    bool *has_number; /* (values) whether the column has a number in the frame at hand */
    size_t total_steps;
    size_t missing_steps, missing_cells, skipped_rows, empty_series; /* for the notes */
} grid;

/* A frame may have so many steps for its rows, and the panel for all of them. */
static size_t most_steps(size_t rows)
{
    return rows > (UINT32_MAX - 1000) / 20 ? UINT32_MAX - 1 : rows * 20 + 1000;
}

static size_t most_steps_in_all(size_t rows)
{
    size_t n;
    return lc_mul(rows, 100, &n) && lc_add(n, 10000000, &n) ? n : SIZE_MAX;
}

/* ---- where the rows of a frame go ---- */

static lc_code off_grid(const grid *b, size_t first, size_t row)
{
    char from[LC_STAMP_TEXT], at[LC_STAMP_TEXT], freq[24];
    const lc_clock *c = &b->p->clock;
    lc_row_fail(b->t, row, b->t->roles.time, LC_E_DATA, b->st, "%s is not on the grid of steps of %s from %s",
                lc_clock_format(c, b->t->stamp[row], at), lc_freq_format(&b->p->freq, freq),
                lc_clock_format(c, b->t->stamp[first], from));
    lc_hint(b->st, "name the step with --freq, or take rows as they come with --gaps skip");
    return LC_E_DATA;
}

static lc_code too_wide(const grid *b, size_t first, size_t row, size_t rows)
{
    char from[LC_STAMP_TEXT], at[LC_STAMP_TEXT], freq[24];
    const lc_clock *c = &b->p->clock;
    lc_row_fail(b->t, row, b->t->roles.time, LC_E_DATA, b->st,
                "steps of %s from %s to %s would be far more than the %zu rows of the series",
                lc_freq_format(&b->p->freq, freq), lc_clock_format(c, b->t->stamp[first], from),
                lc_clock_format(c, b->t->stamp[row], at), rows);
    lc_hint(b->st, "name the step with --freq, or leave the gaps out with --gaps skip");
    return LC_E_DATA;
}

static lc_code missing_before(const grid *b, size_t row, size_t count)
{
    char at[LC_STAMP_TEXT];
    lc_row_fail(b->t, row, b->t->roles.time, LC_E_DATA, b->st, "%zu step%s missing before %s", count,
                count == 1 ? " is" : "s are", lc_clock_format(&b->p->clock, b->t->stamp[row], at));
    lc_hint(b->st, "--gaps fill interpolates missing steps, --gaps skip leaves them out");
    return LC_E_DATA;
}

/* Steps of the rows on the regular grid from the first row on. */
static lc_code place_on_grid(grid *b, const size_t *row, size_t n, size_t *steps)
{
    const lc_stamp *stamp = b->t->stamp;
    size_t next = 0;
    for (size_t i = 0; i < n; i++) {
        bool exact = true;
        int64_t k = stamp ? lc_freq_steps(&b->p->freq, stamp[row[0]], stamp[row[i]], &exact) : (int64_t)i;
        if (!exact || k < (int64_t)next) return off_grid(b, row[0], row[i]);
        if ((uint64_t)k >= most_steps(n)) return too_wide(b, row[0], row[i], n);
        if (b->gaps == GAPS_ERROR && (size_t)k != next) return missing_before(b, row[i], (size_t)k - next);
        b->step[i] = (uint32_t)k;
        next = (size_t)k + 1;
    }
    *steps = next;
    return LC_OK;
}

/* Rows that are complete, one after the other. A column that is empty throughout the frame does not count. */
static lc_code place_complete(grid *b, size_t frame, const size_t *row, size_t n, size_t *steps)
{
    size_t n_values = b->p->n_targets + b->p->n_past, next = 0;
    for (size_t i = 0; i < n; i++) {
        bool complete = true;
        for (size_t v = 0; v < n_values && complete; v++)
            complete = !b->has_number[v] || !isnan(b->t->value[v][row[i]]);
        b->step[i] = complete ? (uint32_t)next++ : LC_NO_STEP;
        if (!complete) b->skipped_rows++;
    }
    *steps = next;
    if (next) return LC_OK;
    char shown[80];
    lc_fail_at(b->st, LC_E_DATA, b->t->file[lc_table_file_of(b->t, row[0])], b->t->line[row[0]], 0,
               "series \"%s\" has no row without a missing cell", lc_grouping_name(b->t, frame, shown, sizeof shown));
    lc_hint(b->st, "--gaps fill keeps rows with missing cells");
    return LC_E_DATA;
}

static lc_code refuse_missing_cells(const grid *b, const size_t *row, size_t n)
{
    size_t n_values = b->p->n_targets + b->p->n_past;
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < n_values; v++) {
            if (!isnan(b->t->value[v][row[i]])) continue;
            lc_row_fail(b->t, row[i], b->t->roles.value[v].column, LC_E_DATA, b->st, "the value is missing");
            lc_hint(b->st, "--gaps fill interpolates missing values, --gaps skip leaves their rows out");
            return LC_E_DATA;
        }
    return LC_OK;
}

/* ---- values ---- */

/* Straight lines between the numbers, constant before the first and after the last; one at least is there. */
static void interpolate(double *y, size_t n)
{
    size_t before = 0;
    while (before < n && isnan(y[before])) before++;
    if (before == n) return;
    for (size_t i = 0; i < before; i++) y[i] = y[before];
    for (size_t i = before + 1; i < n; i++) {
        if (isnan(y[i])) continue;
        for (size_t k = before + 1; k < i; k++) {
            double w = (double)(k - before) / (double)(i - before);
            y[k] = y[before] * (1 - w) + y[i] * w;
        }
        before = i;
    }
    for (size_t i = before + 1; i < n; i++) y[i] = y[before];
}

static double *scatter(const grid *b, const double *value, const size_t *row, size_t n, size_t steps)
{
    double *y = lc_calloc(steps, sizeof *y);
    if (!y) return NULL;
    for (size_t k = 0; k < steps; k++) y[k] = NAN;
    for (size_t i = 0; i < n; i++)
        if (b->step[i] != LC_NO_STEP) y[b->step[i]] = value[row[i]];
    return y;
}

/* Lengths of the runs of missing values in a column before it is interpolated; NULL where it is complete. */
static bool count_gaps(uint32_t **out, const double *y, size_t n)
{
    size_t first = 0;
    *out = NULL;
    while (first < n && !isnan(y[first])) first++;
    if (first == n) return true;
    if (!(*out = lc_calloc(n, sizeof **out))) return false;
    for (size_t i = first; i < n; i++)
        if (isnan(y[i])) (*out)[i] = i ? (*out)[i - 1] + 1 : 1;
    return true;
}

static bool fill_series(grid *b, lc_series *s, size_t target, size_t frame, const size_t *row, size_t n)
{
    const lc_frame *f = &b->p->frames[frame];
    s->frame = frame;
    s->target = target;
    s->steps = f->steps;
    s->id = lc_panel_id_of(b->p, frame, target);
    s->y = scatter(b, b->t->value[target], row, n, f->steps);
    s->mask = lc_calloc(f->steps, sizeof *s->mask);
    if (!s->id || !s->y || !s->mask) return false;
    memset(s->mask, LC_MISSING_STEP, f->steps);
    size_t observed = 0;
    for (size_t i = 0; i < n; i++) {
        if (b->step[i] == LC_NO_STEP) continue;
        bool missing = isnan(s->y[b->step[i]]);
        s->mask[b->step[i]] = missing ? LC_MISSING_CELL : LC_OBSERVED;
        observed += !missing;
        b->missing_cells += missing;
    }
    s->missing = f->steps - observed;
    if (!count_gaps(&s->gap, s->y, f->steps)) return false;
    interpolate(s->y, f->steps);
    return true;
}

static lc_code fill_past(grid *b, lc_frame *f, size_t frame, const size_t *row, size_t n)
{
    lc_panel *p = b->p;
    f->past = calloc(p->n_past ? p->n_past : 1, sizeof *f->past);
    f->past_gap = calloc(p->n_past ? p->n_past : 1, sizeof *f->past_gap);
    if (!f->past || !f->past_gap) return lc_fail_memory(b->st);
    for (size_t i = 0; i < p->n_past; i++) {
        size_t v = p->n_targets + i;
        if (!b->has_number[v]) {
            char shown[80];
            lc_row_fail(b->t, row[0], b->t->roles.value[v].column, LC_E_DATA, b->st, "no number in series \"%s\"",
                        lc_grouping_name(b->t, frame, shown, sizeof shown));
            lc_hint(b->st, "leave the column out of --past, or the series out of the file");
            return LC_E_DATA;
        }
        f->past[i] = scatter(b, b->t->value[v], row, n, f->steps);
        if (!f->past[i] || !count_gaps(&f->past_gap[i], f->past[i], f->steps)) return lc_fail_memory(b->st);
        interpolate(f->past[i], f->steps);
    }
    return LC_OK;
}

/* ---- frames ---- */

static bool fill_stamps(const grid *b, lc_frame *f, const size_t *row, size_t n)
{
    f->stamp = lc_calloc(f->steps, sizeof *f->stamp);
    bool zones = b->t->offset && b->t->roles.clock.offset_varies;
    f->offset = zones ? lc_calloc(f->steps, sizeof *f->offset) : NULL;
    if (!f->stamp || (zones && !f->offset)) return false;
    size_t next = 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = b->step[i];
        if (k == LC_NO_STEP) continue;
        for (; next < k; next++) {
            f->stamp[next] = lc_freq_add(&b->p->freq, f->stamp[0], (int64_t)next);
            if (zones) f->offset[next] = f->offset[next - 1];
        }
        if (zones) f->offset[next] = b->t->offset[row[i]];
        f->stamp[next++] = b->t->stamp ? b->t->stamp[row[i]] : (lc_stamp)i + 1;
    }
    return true;
}

/* "dir/name.csv" becomes "name". */
static char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return lc_strndup(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

static char *frame_id(const lc_table *t, size_t frame)
{
    if (t->id) return lc_strdup(t->ids.name[frame]);
    return t->n_files > 1 ? base_name(t->file[frame]) : lc_strdup("");
}

static lc_code build_frame(grid *b, size_t frame)
{
    lc_panel *p = b->p;
    lc_frame *f = &p->frames[frame];
    const size_t *row = b->g->row + b->g->begin[frame];
    size_t n = b->g->begin[frame + 1] - b->g->begin[frame], n_values = p->n_targets + p->n_past;
    for (size_t v = 0; v < n_values; v++) {
        size_t i = 0;
        while (i < n && isnan(b->t->value[v][row[i]])) i++;
        b->has_number[v] = i < n;
    }
    lc_code code = LC_OK;
    if (b->gaps == GAPS_ERROR) code = refuse_missing_cells(b, row, n);
    if (code != LC_OK) return code;
    code = b->gaps == GAPS_SKIP ? place_complete(b, frame, row, n, &f->steps) : place_on_grid(b, row, n, &f->steps);
    if (code != LC_OK) return code;
    b->total_steps += f->steps;
    if (b->total_steps > most_steps_in_all(b->t->n_rows)) return too_wide(b, row[0], row[n - 1], n);
    if (b->gaps != GAPS_SKIP) b->missing_steps += f->steps - n;
    if (!(f->id = frame_id(b->t, frame)) || !fill_stamps(b, f, row, n)) return lc_fail_memory(b->st);
    for (size_t i = 0; i < n; i++) p->rows[row[i]] = (lc_row_place){(uint32_t)frame, b->step[i]};
    for (size_t v = 0; v < p->n_targets; v++) {
        if (!b->has_number[v]) b->empty_series++;
        else if (!fill_series(b, &p->series[v * b->g->n_frames + frame], v, frame, row, n))
            return lc_fail_memory(b->st);
    }
    return fill_past(b, f, frame, row, n);
}

/* Stamps and values of the rows that no frame took. */
static bool keep_left_out(const grid *b)
{
    lc_panel *p = b->p;
    const lc_table *t = b->t;
    size_t cells;
    if (!b->skipped_rows) return true;
    size_t *position =
        lc_calloc(p->n_frames, sizeof *position); /* of the row in its frame, the stamp without a clock */
    p->left_out = lc_calloc(b->skipped_rows, sizeof *p->left_out);
    p->left_out_y = lc_mul(b->skipped_rows, p->n_targets, &cells) ? lc_calloc(cells, sizeof(double)) : NULL;
    bool ok = position && p->left_out && p->left_out_y;
    for (size_t row = 0; ok && row < t->n_rows; row++) {
        size_t at = ++position[p->rows[row].frame];
        if (p->rows[row].step != LC_NO_STEP) continue;
        lc_left_out *one = &p->left_out[p->n_left_out];
        one->row = row;
        one->stamp = t->stamp ? t->stamp[row] : (lc_stamp)at;
        one->offset = t->offset ? t->offset[row] : (int16_t)p->clock.offset_minutes;
        one->y = p->left_out_y + p->n_left_out++ * p->n_targets;
        for (size_t v = 0; v < p->n_targets; v++) one->y[v] = t->value[v][row];
    }
    lc_free(position);
    return ok;
}

/* Drops the places of series without any number. */
static void close_up(lc_panel *p, size_t places)
{
    p->n_series = 0;
    for (size_t i = 0; i < places; i++) {
        if (!p->series[i].y) continue;
        lc_series s = p->series[i];
        p->series[i] = (lc_series){0};
        p->series[p->n_series++] = s;
    }
}

static lc_code index_series(const grid *b)
{
    lc_panel *p = b->p;
    if (!(p->by_id = calloc(1, sizeof *p->by_id))) return lc_fail_memory(b->st);
    for (size_t i = 0; i < p->n_series; i++) {
        bool is_new;
        char shown[80];
        if (lc_names_add(p->by_id, p->series[i].id, &is_new) == LC_NO_NAME) return lc_fail_memory(b->st);
        if (is_new) continue;
        lc_fail(b->st, LC_E_DATA, "two series are called \"%s\"",
                lc_printable(shown, sizeof shown, p->series[i].id, strlen(p->series[i].id)));
        lc_hint(b->st, "give %s their own names", b->t->id ? "ids and target columns" : "the files");
        return LC_E_DATA;
    }
    return LC_OK;
}

static bool note(const grid *b, lc_notes *notes)
{
    size_t with_gaps = 0;
    char list[160] = "";
    for (size_t i = 0; i < b->p->n_series; i++) with_gaps += b->p->series[i].missing > 0;
    if (b->g->n_sorted) {
        if (b->g->n_frames == 1 && !lc_note(notes, "rows were out of order and are sorted by time")) return false;
        if (b->g->n_frames > 1 &&
            !lc_note(notes, "rows of %zu series were out of order and are sorted by time", b->g->n_sorted))
            return false;
    }
    size_t len = 0;
    if (b->missing_steps)
        len = (size_t)snprintf(list, sizeof list, "%zu missing step%s", b->missing_steps,
                               b->missing_steps == 1 ? "" : "s");
    if (b->missing_cells)
        snprintf(list + len, sizeof list - len, "%s%zu empty cell%s", len ? " and " : "", b->missing_cells,
                 b->missing_cells == 1 ? "" : "s");
    bool one = b->missing_steps + b->missing_cells == 1;
    if (*list && !lc_note(notes, "%s in %zu series %s filled as model input and never scored", list, with_gaps,
                          one ? "is" : "are"))
        return false;
    if (b->skipped_rows && !lc_note(notes, "%zu row%s left out for missing cells", b->skipped_rows,
                                    b->skipped_rows == 1 ? " is" : "s are"))
        return false;
    return !b->empty_series || lc_note(notes, "%zu series without any number %s left out", b->empty_series,
                                       b->empty_series == 1 ? "is" : "are");
}

lc_code lc_grid_build(lc_panel *p, const lc_table *t, const lc_grouping *g, lc_notes *notes, lc_status *st)
{
    grid b = {.p = p, .t = t, .g = g, .st = st};
    b.gaps = strcmp(t->settings->gaps, "skip") == 0    ? GAPS_SKIP
             : strcmp(t->settings->gaps, "error") == 0 ? GAPS_ERROR
                                                       : GAPS_FILL;
    size_t places, longest = 0, n_values = p->n_targets + p->n_past;
    lc_code code = LC_OK;
    for (size_t i = 0; i < g->n_frames; i++)
        if (g->begin[i + 1] - g->begin[i] > longest) longest = g->begin[i + 1] - g->begin[i];
    if (t->n_rows >= UINT32_MAX || !lc_mul(g->n_frames, p->n_targets, &places)) return lc_fail_memory(st);
    b.step = lc_calloc(longest, sizeof *b.step);
    b.has_number = lc_calloc(n_values, sizeof *b.has_number);
    p->frames = lc_calloc(g->n_frames, sizeof *p->frames);
    p->series = lc_calloc(places, sizeof *p->series);
    p->rows = lc_calloc(t->n_rows, sizeof *p->rows);
    if (!b.step || !b.has_number || !p->frames || !p->series || !p->rows) {
        code = lc_fail_memory(st);
        goto done;
    }
    p->n_frames = g->n_frames;
    p->n_series = places;
    p->n_rows = t->n_rows;
    for (size_t i = 0; i < g->n_frames && code == LC_OK; i++) code = build_frame(&b, i);
    if (code != LC_OK) goto done;
    close_up(p, places);
    code = keep_left_out(&b) ? index_series(&b) : lc_fail_memory(st);
    if (code == LC_OK && !note(&b, notes)) code = lc_fail_memory(st);
done:
    lc_free(b.step);
    lc_free(b.has_number);
    return code;
}
