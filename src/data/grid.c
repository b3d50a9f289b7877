#include "data/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/calendar.h"

/* The panel may have so many steps for all rows. */
static size_t most_steps_in_all(size_t rows)
{
    size_t n;
    return lc_mul(rows, 100, &n) && lc_add(n, 10000000, &n) ? n : SIZE_MAX;
}

static lc_code too_many_steps(const lc_grid *b, size_t row)
{
    char freq[24];
    lc_row_fail(b->t, row, b->t->roles.time, LC_E_DATA, b->st,
                "steps of %s would be far more than the %zu rows of all series", lc_freq_format(&b->p->freq, freq),
                b->t->n_rows);
    lc_hint(b->st, "name the step with --freq, or leave the gaps out with --gaps skip");
    return LC_E_DATA;
}

static bool has_target(const lc_grid *b, size_t row)
{
    for (size_t v = 0; v < b->p->n_targets; v++)
        if (!isnan(lc_number(b->t->value[v], row))) return true;
    return false;
}

/* Rows up to the last one with a target. What follows is no missing data where covariates are known ahead. */
static size_t target_rows(const lc_grid *b, const lc_frame_rows *rows)
{
    size_t n = rows->n;
    while (b->p->n_future && n && !has_target(b, lc_frame_row(b, rows, n - 1))) n--;
    return n ? n : rows->n;
}

static lc_code refuse_missing_cells(const lc_grid *b, const lc_frame_rows *rows)
{
    const size_t with_target = target_rows(b, rows);
    for (size_t i = 0; i < rows->n; i++)
        for (size_t v = i < with_target ? 0 : b->p->n_targets; v < b->n_values; v++) {
            size_t row = lc_frame_row(b, rows, i);
            if (!isnan(lc_number(b->t->value[v], row))) continue;
            lc_row_fail(b->t, row, b->t->roles.value[v].column, LC_E_DATA, b->st, "the value is missing");
            lc_hint(b->st, "--gaps fill interpolates missing values, --gaps skip leaves their rows out");
            return LC_E_DATA;
        }
    return LC_OK;
}

/* ---- columns of a frame ---- */

static bool fill_series(lc_grid *b, const lc_frame_rows *rows, lc_series *s, size_t target)
{
    const lc_frame *f = &b->p->frames[rows->frame];
    s->frame = rows->frame;
    s->target = target;
    s->steps = f->steps;
    s->id = lc_panel_id_of(b->p, rows->frame, target);
    return s->id && lc_grid_column(b, rows, target, f->length, &s->y, &s->borrowed) &&
           lc_grid_mask(b, rows, s->y, f->steps, &s->mask, &s->missing) &&
           (!s->missing || lc_grid_fill(s->y, f->steps, &s->gap));
}

/* The one number of a static column. */
static lc_code fill_static(const lc_grid *b, const lc_frame_rows *rows, size_t v, lc_numbers *out)
{
    double x = (double)NAN;
    for (size_t i = 0; i < rows->n; i++) {
        size_t row = lc_frame_row(b, rows, i);
        double here = lc_number_written(b->t->value[v], row);
        if (isnan(here) || here == x) continue;
        if (isnan(x)) {
            x = here;
            continue;
        }
        char shown[80];
        lc_row_fail(b->t, row, b->t->roles.value[v].column, LC_E_DATA, b->st,
                    "series \"%s\" has %g here and %g in other rows: not static",
                    lc_grouping_name(b->t, rows->frame, shown, sizeof shown), here, x);
        lc_hint(b->st, "a column that changes over a series is one for --past or --future");
        return LC_E_DATA;
    }
    if (!lc_numbers_create(out, 1, true)) return lc_fail_memory(b->st);
    lc_number_set(*out, 0, x);
    return LC_OK;
}

static lc_code fill_past(lc_grid *b, const lc_frame_rows *rows, lc_frame *f)
{
    lc_panel *p = b->p;
    if (!p->n_past) return LC_OK;
    f->past = calloc(p->n_past, sizeof *f->past);
    f->past_gap = calloc(p->n_past, sizeof *f->past_gap);
    f->past_borrowed = calloc(p->n_past, sizeof *f->past_borrowed);
    if (!f->past || !f->past_gap || !f->past_borrowed) return lc_fail_memory(b->st);
    for (size_t i = 0; i < p->n_past; i++) {
        size_t v = p->n_targets + i;
        if (!b->has_number[v]) {
            char shown[80];
            lc_row_fail(b->t, lc_frame_row(b, rows, 0), b->t->roles.value[v].column, LC_E_DATA, b->st,
                        "no number in series \"%s\"", lc_grouping_name(b->t, rows->frame, shown, sizeof shown));
            lc_hint(b->st, "leave the column out of --%s, or the series out of the file",
                    lc_roles_option(&b->t->roles, v));
            return LC_E_DATA;
        }
        const lc_covariate kind = lc_panel_covariate(p, i);
        if (kind == LC_STATIC) {
            lc_code code = fill_static(b, rows, v, &f->past[i]);
            if (code != LC_OK) return code;
            continue;
        }
        if (!lc_grid_column(b, rows, v, f->length, &f->past[i], &f->past_borrowed[i]) ||
            !lc_grid_fill(f->past[i], f->length, &f->past_gap[i]))
            return lc_fail_memory(b->st);
        size_t known = lc_known_rows(f->past_gap[i], f->length);
        if (kind == LC_KNOWN_AHEAD && known < f->known) f->known = known;
    }
    return LC_OK;
}

/* ---- frames ---- */

/* "dir/name.csv" and "dir/name.csv.gz" become "name". */
static char *stem(const char *path)
{
    const char *name = lc_base_name(path);
    size_t n = strlen(name);
    if (n > 3 && strcmp(name + n - 3, ".gz") == 0) n -= 3;
    for (size_t dot = n; dot > 1; dot--)
        if (name[dot - 1] == '.') return lc_strndup(name, dot - 1);
    return lc_strndup(name, n);
}

static char *frame_id(const lc_table *t, size_t frame)
{
    if (t->id.n) return lc_strdup(t->ids.name[frame]);
    return t->n_files > 1 ? stem(t->file[frame]) : lc_strdup("");
}

/* Until the first frame that is not plain, rows need no place of their own. */
static bool need_rows(lc_grid *b, size_t frame)
{
    lc_panel *p = b->p;
    if (p->rows) return true;
    if (!(p->rows = lc_calloc(p->n_rows, sizeof *p->rows))) return false;
    for (size_t i = 0; i < frame; i++)
        for (size_t row = b->g->begin[i]; row < b->g->begin[i + 1]; row++)
            p->rows[row] = (lc_row_place){(uint32_t)i, (uint32_t)(row - b->g->begin[i])};
    return true;
}

static lc_code build_frame(lc_grid *b, size_t frame)
{
    lc_panel *p = b->p;
    lc_frame *f = &p->frames[frame];
    lc_frame_rows rows = {
        .frame = frame, .begin = b->g->begin[frame], .n = b->g->begin[frame + 1] - b->g->begin[frame]};
    if (!(f->id = frame_id(b->t, frame))) return lc_fail_memory(b->st);
    f->file = b->t->id.n ? lc_table_file_of(b->t, lc_frame_row(b, &rows, 0)) : frame;
    for (size_t v = 0; v < b->n_values; v++) {
        size_t i = 0;
        while (i < rows.n && isnan(lc_number(b->t->value[v], lc_frame_row(b, &rows, i)))) i++;
        b->has_number[v] = i < rows.n;
    }
    lc_code code = b->gaps == LC_GAPS_ERROR ? refuse_missing_cells(b, &rows) : LC_OK;
    if (code == LC_OK) code = lc_grid_place(b, &rows, f);
    if (code != LC_OK) return code;
    b->total_steps += f->steps;
    if (b->total_steps > most_steps_in_all(b->t->n_rows)) return too_many_steps(b, lc_frame_row(b, &rows, 0));
    if (!lc_grid_stamps(b, &rows, f)) return lc_fail_memory(b->st);
    if (!rows.plain && !need_rows(b, frame)) return lc_fail_memory(b->st);
    const size_t last = target_rows(b, &rows) - 1;
    f->length = f->known = f->steps;
    if (b->p->n_future) f->steps = rows.plain ? last + 1 : (size_t)b->step[last] + 1;
    b->rows_ahead += f->length - f->steps;
    size_t occupied = 0, before = SIZE_MAX;
    for (size_t i = 0; p->rows && i < rows.n; i++) {
        uint32_t step = rows.plain ? (uint32_t)i : b->step[i];
        p->rows[lc_frame_row(b, &rows, i)] = (lc_row_place){(uint32_t)frame, step};
        occupied += step != LC_NO_STEP && step != before;
        before = step;
    }
    if (!rows.plain && !lc_grid_as_they_come(b)) b->missing_steps += f->length - occupied;
    for (size_t v = 0; v < p->n_targets; v++) {
        if (!b->has_number[v]) b->empty_series++;
        else if (!fill_series(b, &rows, &p->series[v * b->g->n_frames + frame], v)) return lc_fail_memory(b->st);
    }
    return fill_past(b, &rows, f);
}

/* Stamps and values of the rows that no frame took. */
static bool keep_left_out(const lc_grid *b)
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
        for (size_t v = 0; v < p->n_targets; v++) one->y[v] = lc_number_written(t->value[v], row);
    }
    lc_free(position);
    return ok;
}

/* Drops the places of series without any number. */
static void close_up(lc_panel *p, size_t places)
{
    p->n_series = 0;
    for (size_t i = 0; i < places; i++) {
        if (!p->series[i].y.f && !p->series[i].y.d) continue;
        lc_series s = p->series[i];
        p->series[i] = (lc_series){0};
        p->series[p->n_series++] = s;
    }
}

static lc_code index_series(const lc_grid *b)
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
        lc_hint(b->st, "give %s their own names", b->t->id.n ? "ids and target columns" : "the files");
        return LC_E_DATA;
    }
    return LC_OK;
}

static const char *merge_name(lc_merge merge)
{
    switch (merge) {
    case LC_MERGE_FIRST: return "the first number counts";
    case LC_MERGE_LAST: return "the last number counts";
    case LC_MERGE_SUM: return "their sum counts";
    default: return "their mean counts";
    }
}

static const char *duration(int64_t micros, char out[40])
{
    double seconds = (double)micros * 1e-6;
    if (seconds < 120) snprintf(out, 40, "%.3g s", seconds);
    else if (seconds < 7200) snprintf(out, 40, "%.3g min", seconds / 60);
    else snprintf(out, 40, "%.3g h", seconds / 3600);
    return out;
}

static bool note(const lc_grid *b, lc_notes *notes)
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
    if (b->rows_ahead && !lc_note(notes, "%zu step%s after the last target %s known ahead", b->rows_ahead,
                                  b->rows_ahead == 1 ? "" : "s", b->rows_ahead == 1 ? "is" : "are"))
        return false;
    if (b->skipped_rows && !lc_note(notes, "%zu row%s left out for missing cells", b->skipped_rows,
                                    b->skipped_rows == 1 ? " is" : "s are"))
        return false;
    if (b->merged_rows && !lc_note(notes, "%zu row%s merged into the step before: %s", b->merged_rows,
                                   b->merged_rows == 1 ? " is" : "s are", merge_name(b->merge)))
        return false;
    char text[40];
    if (b->farthest &&
        !lc_note(notes, "stamps are up to %s off regular steps of %s; each row counts as the nearest step",
                 duration(b->farthest, text), lc_freq_format(&b->p->freq, list)))
        return false;
    return !b->empty_series || lc_note(notes, "%zu series without any number %s left out", b->empty_series,
                                       b->empty_series == 1 ? "is" : "are");
}

/* ---- the whole ---- */

static lc_gaps_mode gaps_mode(const lc_settings *s)
{
    if (strcmp(s->gaps, "skip") == 0) return LC_GAPS_SKIP;
    if (strcmp(s->gaps, "keep") == 0) return LC_GAPS_KEEP;
    return strcmp(s->gaps, "error") == 0 ? LC_GAPS_ERROR : LC_GAPS_FILL;
}

static lc_merge merge_of(const char *word)
{
    if (strcmp(word, "first") == 0) return LC_MERGE_FIRST;
    if (strcmp(word, "last") == 0) return LC_MERGE_LAST;
    if (strcmp(word, "mean") == 0) return LC_MERGE_MEAN;
    return strcmp(word, "sum") == 0 ? LC_MERGE_SUM : LC_MERGE_NONE;
}

static lc_code settle_modes(lc_grid *b)
{
    const lc_settings *s = b->t->settings;
    b->gaps = gaps_mode(s);
    if (lc_grid_as_they_come(b) && b->p->n_future) {
        lc_fail(b->st, LC_E_USAGE, "--future needs regular steps, --gaps %s %s", s->gaps,
                b->gaps == LC_GAPS_SKIP ? "leaves rows out" : "takes rows as they come");
        lc_hint(b->st, "leave one of the two out");
        return LC_E_USAGE;
    }
    if (b->p->n_static && !b->t->id.n && b->t->n_files < 2) {
        lc_fail(b->st, LC_E_USAGE, "--static tells series apart: it needs the long layout, with a column of ids");
        lc_hint(b->st, "name that column with --id, or leave --static out");
        return LC_E_USAGE;
    }
    b->merge = b->t->stamp ? merge_of(s->duplicates) : LC_MERGE_NONE;
    b->freq = b->p->freq;
    if (merge_of(s->aggregate) != LC_MERGE_NONE) {
        if (!b->t->stamp || lc_grid_as_they_come(b)) {
            lc_fail(b->st, LC_E_USAGE,
                    "--aggregate gathers rows to regular steps: it needs time stamps, and no --gaps %s",
                    b->gaps == LC_GAPS_KEEP ? "keep" : "skip");
            lc_hint(b->st, b->t->stamp ? "leave --gaps out" : "name the column of stamps with --time");
            return LC_E_USAGE;
        }
        b->merge = merge_of(s->aggregate);
        b->buckets = true;
        b->jittered = false;
        b->freq.month_end = b->p->freq.month_end = false;
    }
    if (lc_grid_as_they_come(b)) b->jittered = false;
    bool days = lc_freq_length(&b->freq) == 0 || lc_freq_length(&b->freq) >= LC_MICROS_PER_DAY;
    if (b->t->offset && b->t->roles.clock.offset_varies && days && lc_clock_is_calendar(&b->p->clock) && !b->buckets) {
        b->wall = true;
        b->freq.offset_minutes = 0;
        b->jittered = false;
    }
    return LC_OK;
}

/* Columns that series look into move to the panel, the others go. */
static bool keep_columns(lc_grid *b, lc_table *t)
{
    lc_panel *p = b->p;
    p->column = calloc(b->n_values, sizeof *p->column);
    if (!p->column) return false;
    p->n_columns_kept = b->n_values;
    for (size_t v = 0; v < b->n_values; v++) {
        bool used = false;
        const lc_series *of = p->series + v * p->n_frames;
        for (size_t i = 0; i < p->n_frames && !used; i++) {
            const lc_frame *f = &p->frames[i];
            used = v < p->n_targets ? of[i].borrowed : f->past_borrowed && f->past_borrowed[v - p->n_targets];
        }
        if (used) {
            p->column[v] = t->value[v];
        } else {
            free(t->value[v].f);
            free(t->value[v].d);
        }
        t->value[v] = (lc_numbers){0};
    }
    return true;
}

lc_code lc_grid_build(lc_panel *p, lc_table *t, const lc_grouping *g, bool jittered, lc_notes *notes, lc_status *st)
{
    lc_grid b = {.p = p, .t = t, .g = g, .st = st, .jittered = jittered, .n_values = p->n_targets + p->n_past};
    size_t places;
    lc_code code = settle_modes(&b);
    if (code != LC_OK) return code;
    if (!lc_mul(g->n_frames, p->n_targets, &places)) return lc_fail_memory(st);
    b.has_number = lc_calloc(b.n_values, sizeof *b.has_number);
    p->frames = lc_calloc(g->n_frames, sizeof *p->frames);
    p->series = lc_calloc(places, sizeof *p->series);
    p->first_row = lc_calloc(g->n_frames + 1, sizeof *p->first_row);
    if (!b.has_number || !p->frames || !p->series || !p->first_row) {
        code = lc_fail_memory(st);
        goto done;
    }
    memcpy(p->first_row, g->begin, (g->n_frames + 1) * sizeof *p->first_row);
    p->n_frames = g->n_frames;
    p->n_series = places;
    p->n_rows = t->n_rows;
    for (size_t i = 0; i < g->n_frames && code == LC_OK; i++) code = build_frame(&b, i);
    if (code == LC_OK && !keep_left_out(&b)) code = lc_fail_memory(st);
    /* Whatever happened: series may look into the columns by now. */
    if (!keep_columns(&b, t)) code = lc_fail_memory(st);
    if (code != LC_OK) goto done;
    close_up(p, places);
    code = index_series(&b);
    if (code == LC_OK && !note(&b, notes)) code = lc_fail_memory(st);
done:
    lc_free(b.step);
    lc_free(b.has_number);
    return code;
}
