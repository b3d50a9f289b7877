#include "data/ahead.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/calendar.h"
#include "data/names.h"

/* The file's columns are read as the data's were: the same names of time and id, the same step. */
static lc_code settings_of_file(lc_settings **out, const lc_panel *p, const lc_settings *s, lc_status *st)
{
    char freq[24] = "";
    if (lc_clock_is_calendar(&p->clock)) lc_freq_format(&p->freq, freq);
    const char *const set[][2] = {{"time", p->time_name}, {"id", p->id_name}, {"freq", freq},
                                  {"past", ""},           {"static", ""},     {"target", ""},
                                  {"calendar", "false"},  {"rejects", ""},    {"gaps", "fill"}};
    lc_code code = LC_OK;
    *out = lc_settings_copy(s);
    if (!*out) return lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < sizeof set / sizeof set[0]; i++)
        code = lc_settings_set(*out, set[i][0], set[i][1], st);
    (*out)->ahead = true;
    (*out)->hours_from_one = p->hours_from_one;
    return code;
}

/* What the file holds of one frame. */
typedef struct rows_ahead {
    const lc_panel *file;
    const lc_frame *frame;
    const lc_series **column; /* (n_future) of the frame; NULL: no number */
    size_t known;             /* steps of the frame up to the last with a number in every column */
} rows_ahead;

/* Whether two stamps mean the same step: a step of fixed length may be a quarter of it off. */
static int compare_steps(const lc_panel *p, lc_stamp a, lc_stamp b)
{
    int64_t length = lc_freq_length(&p->freq), off = lc_sub_clamped(a, b);
    if (!lc_clock_is_calendar(&p->clock)) length = 0;
    else if (!length) off = lc_freq_bucket(&p->freq, a) - lc_freq_bucket(&p->freq, b);
    if (off <= length / 4 && off >= -(length / 4)) return 0;
    return off < 0 ? -1 : 1;
}

/* The step of the file for a step of the panel, from `from` on; SIZE_MAX: none. Without stamps rows follow the data. */
static size_t find_step(const lc_panel *p, const lc_frame *f, size_t step, const rows_ahead *r, size_t from)
{
    size_t k = from;
    if (!*p->time_name) {
        k = step - f->length;
        return k < r->known ? k : SIZE_MAX;
    }
    const lc_stamp want = lc_panel_stamp(p, f, step);
    for (; k < r->known; k++) {
        int order = compare_steps(p, lc_panel_stamp(r->file, r->frame, k), want);
        if (order == 0) return k;
        if (order > 0) break;
    }
    return SIZE_MAX;
}

/* Room for `length` numbers of a column. */
static bool lengthen(lc_frame *f, size_t c, size_t before, size_t length)
{
    lc_numbers to, from = f->past[c];
    uint32_t *gap = NULL;
    if (!lc_numbers_create(&to, length, true)) return false;
    if (f->past_gap[c] && !(gap = lc_calloc(length, sizeof *gap))) {
        lc_numbers_free(&to);
        return false;
    }
    for (size_t i = 0; i < before; i++) lc_number_set(to, i, lc_number_written(from, i));
    if (gap) memcpy(gap, f->past_gap[c], before * sizeof *gap);
    if (!f->past_borrowed[c]) lc_numbers_free(&f->past[c]);
    lc_free(f->past_gap[c]);
    f->past[c] = to;
    f->past_gap[c] = gap;
    f->past_borrowed[c] = false;
    return true;
}

static bool append(lc_panel *p, lc_frame *f, const rows_ahead *r)
{
    const size_t first = p->n_past - p->n_features - p->n_static - p->n_future, most = f->length + r->known;
    for (size_t i = 0; i < p->n_future; i++)
        if (!lengthen(f, first + i, f->length, most)) return false;
    size_t k = 0, step = f->known;
    for (; step < most && (k = find_step(p, f, step, r, k)) != SIZE_MAX; step++)
        for (size_t i = 0; i < p->n_future; i++) {
            lc_number_set(f->past[first + i], step, lc_number_written(r->column[i]->y, k));
            if (f->past_gap[first + i]) f->past_gap[first + i][step] = 0;
        }
    f->known = step;
    return true;
}

/* names: the ids of the file's frames, in their order; series_of (n_future, frames of the file). */
static lc_code join(lc_panel *p, const lc_panel *file, lc_names *names, size_t *series_of, const lc_series **column,
                    lc_status *st)
{
    bool is_new;
    for (size_t i = 0; i < p->n_future * file->n_frames; i++) series_of[i] = SIZE_MAX;
    for (size_t i = 0; i < file->n_series; i++)
        series_of[file->series[i].target * file->n_frames + file->series[i].frame] = i;
    for (size_t i = 0; i < file->n_frames; i++)
        if (lc_names_add(names, file->frames[i].id, &is_new) == LC_NO_NAME) return lc_fail_memory(st);
    for (size_t i = 0; i < p->n_frames; i++) {
        const uint32_t at = lc_names_find(names, p->frames[i].id);
        if (at == LC_NO_NAME) continue;
        rows_ahead r = {file, &file->frames[at], column, file->frames[at].steps};
        for (size_t c = 0; c < p->n_future; c++) {
            const size_t s = series_of[c * file->n_frames + at];
            column[c] = s == SIZE_MAX ? NULL : &file->series[s];
            const size_t known = s == SIZE_MAX ? 0 : lc_known_rows(column[c]->gap, column[c]->steps);
            if (known < r.known) r.known = known;
        }
        if (r.known && !append(p, &p->frames[i], &r)) return lc_fail_memory(st);
    }
    return LC_OK;
}

lc_code lc_ahead_read(lc_panel *p, const lc_settings *s, lc_status *st)
{
    if (!p->n_future) {
        lc_fail(st, LC_E_USAGE, "--future-file needs --future: which of its columns are covariates");
        lc_hint(st, "name them with --future COL,...");
        return LC_E_USAGE;
    }
    lc_settings *own = NULL;
    lc_panel *file = NULL;
    lc_names names = {0};
    size_t *series_of = NULL;
    const lc_series **column = lc_calloc(p->n_future, sizeof(lc_series *));
    const char *path = s->future_file;
    lc_code code = column ? settings_of_file(&own, p, s, st) : lc_fail_memory(st);
    if (code == LC_OK) code = lc_panel_read_files(&file, &path, 1, own, st);
    if (code == LC_OK && !(series_of = lc_calloc(p->n_future * file->n_frames, sizeof *series_of)))
        code = lc_fail_memory(st);
    if (code == LC_OK) code = join(p, file, &names, series_of, column, st);
    lc_free(series_of);
    lc_free(column);
    lc_names_free(&names);
    lc_panel_free(file);
    lc_settings_free(own);
    return code;
}
