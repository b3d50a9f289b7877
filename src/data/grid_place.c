/* Where the rows of a frame go. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "data/calendar.h"
#include "data/grid.h"

/* A frame may have so many steps for its rows. */
static size_t most_steps(size_t rows)
{
    return rows > (UINT32_MAX - 1000) / 20 ? UINT32_MAX - 1 : rows * 20 + 1000;
}

lc_stamp lc_grid_stamp(const lc_grid *b, size_t row)
{
    const lc_table *t = b->t;
    if (!b->wall) return t->stamp[row];
    return lc_add_clamped(t->stamp[row], t->offset[row] * LC_MICROS_PER_MINUTE);
}

static const char *shown_stamp(const lc_grid *b, size_t row, char out[LC_STAMP_TEXT])
{
    lc_clock c = b->p->clock;
    if (b->t->offset) c.offset_minutes = b->t->offset[row];
    return lc_clock_format(&c, b->t->stamp[row], out);
}

static lc_code off_grid(const lc_grid *b, size_t first, size_t row)
{
    char from[LC_STAMP_TEXT], at[LC_STAMP_TEXT], freq[24];
    lc_row_fail(b->t, row, b->t->roles.time, LC_E_DATA, b->st, "%s is not on the grid of steps of %s from %s",
                shown_stamp(b, row, at), lc_freq_format(&b->p->freq, freq), shown_stamp(b, first, from));
    lc_hint(b->st,
            "gather rows to regular steps with --freq and --aggregate mean, sum or last, or take rows as they come "
            "with --gaps skip");
    return LC_E_DATA;
}

static lc_code too_wide(const lc_grid *b, size_t first, size_t row, size_t rows)
{
    char from[LC_STAMP_TEXT], at[LC_STAMP_TEXT], freq[24];
    lc_row_fail(b->t, row, b->t->roles.time, LC_E_DATA, b->st,
                "steps of %s from %s to %s would be far more than the %zu rows of the series",
                lc_freq_format(&b->p->freq, freq), shown_stamp(b, first, from), shown_stamp(b, row, at), rows);
    lc_hint(b->st, "name the step with --freq, or leave the gaps out with --gaps skip");
    return LC_E_DATA;
}

static lc_code missing_before(const lc_grid *b, size_t row, size_t count)
{
    char at[LC_STAMP_TEXT];
    lc_row_fail(b->t, row, b->t->roles.time, LC_E_DATA, b->st, "%zu step%s missing before %s", count,
                count == 1 ? " is" : "s are", shown_stamp(b, row, at));
    lc_hint(b->st, "--gaps fill interpolates missing steps, --gaps skip leaves them out");
    return LC_E_DATA;
}

/* ---- on regular steps ---- */

/* Row i is step i, by the stamps alone. */
static bool is_plain(const lc_grid *b, const lc_frame_rows *rows)
{
    if (b->g->row || b->buckets || b->jittered || b->wall || b->gaps == LC_GAPS_SKIP) return false;
    if (!b->t->stamp) return true;
    const lc_stamp *stamp = b->t->stamp + rows->begin;
    int64_t length = lc_freq_length(&b->freq);
    for (size_t i = 0; i < rows->n; i++) {
        lc_stamp want = length ? lc_add_clamped(stamp[0], lc_mul_clamped((int64_t)i, length))
                               : lc_freq_add(&b->freq, stamp[0], (int64_t)i);
        if (stamp[i] != want) return false;
    }
    return true;
}

/* Where jittered stamps centre: the first one and the mean of what the others are off its grid. */
static lc_stamp centre_of(const lc_grid *b, const lc_frame_rows *rows, int64_t length)
{
    lc_stamp first = lc_grid_stamp(b, lc_frame_row(b, rows, 0));
    double sum = 0;
    for (size_t i = 0; i < rows->n; i++) {
        int64_t off = lc_floor_mod(lc_sub_clamped(lc_grid_stamp(b, lc_frame_row(b, rows, i)), first), length);
        sum += (double)(off > length / 2 ? off - length : off);
    }
    return lc_add_clamped(first, (int64_t)llround(sum / (double)rows->n));
}

typedef struct grid_origin {
    lc_stamp first;
    int64_t bucket;
    int64_t length; /* of jittered steps; 0: by the calendar */
} grid_origin;

static grid_origin origin_of(const lc_grid *b, const lc_frame_rows *rows)
{
    grid_origin o = {.length = lc_freq_length(&b->freq)};
    o.first = lc_grid_stamp(b, lc_frame_row(b, rows, 0));
    if (b->buckets || (b->jittered && !o.length)) {
        o.bucket = lc_freq_bucket(&b->freq, o.first);
        if (b->buckets) o.first = lc_freq_bucket_start(&b->freq, o.bucket);
    } else if (b->jittered) {
        o.first = centre_of(b, rows, o.length);
    }
    return o;
}

/* The step of a stamp; *exact false where the grid has none for it. */
static int64_t step_of(lc_grid *b, const grid_origin *o, lc_stamp t, bool *exact)
{
    *exact = true;
    if (b->buckets || (b->jittered && !o->length)) return lc_sub_clamped(lc_freq_bucket(&b->freq, t), o->bucket);
    if (!b->jittered) return lc_freq_steps(&b->freq, o->first, t, exact);
    int64_t from = lc_sub_clamped(t, o->first), k = lc_floor_div(lc_add_clamped(from, o->length / 2), o->length);
    int64_t off = from - k * o->length;
    if (off < 0) off = -off;
    *exact = off <= o->length / 4;
    if (off > b->farthest) b->farthest = off;
    return k;
}

static lc_code place_on_grid(lc_grid *b, const lc_frame_rows *rows, lc_frame *f)
{
    size_t next = 0, n = rows->n, first = lc_frame_row(b, rows, 0);
    const lc_stamp *stamp = b->t->stamp;
    f->first = 1;
    f->steps = n;
    if (!stamp) {
        for (size_t i = 0; i < n; i++) b->step[i] = (uint32_t)i;
        return LC_OK;
    }
    grid_origin o = origin_of(b, rows);
    f->first = o.first;
    for (size_t i = 0; i < n; i++) {
        size_t row = lc_frame_row(b, rows, i);
        bool exact = true, again;
        int64_t k = step_of(b, &o, lc_grid_stamp(b, row), &exact);
        again = next && k == (int64_t)next - 1;
        bool twin = again && i && stamp[row] == stamp[lc_frame_row(b, rows, i - 1)];
        if (!exact || k < (int64_t)next - 1 || k < 0 || (again && (b->merge == LC_MERGE_NONE || !(b->buckets || twin))))
            return off_grid(b, first, row);
        if ((uint64_t)k >= most_steps(n)) return too_wide(b, first, row, n);
        if (b->gaps == LC_GAPS_ERROR && (size_t)k > next) return missing_before(b, row, (size_t)k - next);
        b->merged_rows += again;
        b->step[i] = (uint32_t)k;
        next = (size_t)k + 1;
    }
    f->steps = next;
    return LC_OK;
}

/* ---- as they come ---- */

/* All rows, one after the other. */
static lc_code place_all(lc_grid *b, const lc_frame_rows *rows, lc_frame *f)
{
    size_t next = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const lc_stamp *stamp = b->t->stamp;
        bool twin = i && stamp && stamp[lc_frame_row(b, rows, i - 1)] == stamp[lc_frame_row(b, rows, i)];
        twin = twin && b->merge != LC_MERGE_NONE;
        b->step[i] = (uint32_t)(twin ? next - 1 : next++);
        b->merged_rows += twin;
    }
    f->steps = next;
    return LC_OK;
}

/* Rows that are complete, one after the other. A column that is empty throughout the frame does not count. */
static lc_code place_complete(lc_grid *b, const lc_frame_rows *rows, lc_frame *f)
{
    size_t next = 0, before = SIZE_MAX;
    for (size_t i = 0; i < rows->n; i++) {
        size_t row = lc_frame_row(b, rows, i);
        bool complete = true;
        for (size_t v = 0; v < b->n_values && complete; v++)
            complete = !b->has_number[v] || !isnan(lc_number(b->t->value[v], row));
        b->step[i] = LC_NO_STEP;
        if (!complete) {
            b->skipped_rows++;
            continue;
        }
        bool twin = before != SIZE_MAX && b->t->stamp && b->t->stamp[before] == b->t->stamp[row];
        b->step[i] = (uint32_t)(twin ? next - 1 : next++);
        b->merged_rows += twin;
        before = row;
    }
    f->steps = next;
    if (next) return LC_OK;
    char shown[80];
    size_t row = lc_frame_row(b, rows, 0);
    lc_fail_at(b->st, LC_E_DATA, b->t->file[lc_table_file_of(b->t, row)], lc_table_line_of(b->t, row), 0,
               "series \"%s\" has no row without a missing cell",
               lc_grouping_name(b->t, rows->frame, shown, sizeof shown));
    lc_hint(b->st, "--gaps fill keeps rows with missing cells");
    return LC_E_DATA;
}

static bool need_steps(lc_grid *b)
{
    size_t longest = 0;
    for (size_t i = 0; !b->step && i < b->g->n_frames; i++)
        if (b->g->begin[i + 1] - b->g->begin[i] > longest) longest = b->g->begin[i + 1] - b->g->begin[i];
    if (!b->step) b->step = lc_calloc(longest, sizeof *b->step);
    return b->step != NULL;
}

lc_code lc_grid_place(lc_grid *b, lc_frame_rows *rows, lc_frame *f)
{
    rows->plain = is_plain(b, rows);
    if (rows->plain) {
        f->steps = rows->n;
        f->first = b->t->stamp ? b->t->stamp[rows->begin] : 1;
        return LC_OK;
    }
    if (!need_steps(b)) return lc_fail_memory(b->st);
    if (b->gaps == LC_GAPS_KEEP) return place_all(b, rows, f);
    return b->gaps == LC_GAPS_SKIP ? place_complete(b, rows, f) : place_on_grid(b, rows, f);
}

/* ---- stamps ---- */

static bool follows_from_first(const lc_grid *b, const lc_frame_rows *rows, const lc_frame *f)
{
    if (rows->plain || b->buckets || !b->t->stamp) return rows->plain || !lc_grid_as_they_come(b);
    if (b->jittered || b->wall || lc_grid_as_they_come(b)) return false;
    for (size_t i = 0; i < rows->n; i++)
        if (b->t->stamp[lc_frame_row(b, rows, i)] != lc_freq_add(&b->freq, f->first, b->step[i])) return false;
    return true;
}

bool lc_grid_stamps(const lc_grid *b, const lc_frame_rows *rows, lc_frame *f)
{
    const lc_table *t = b->t;
    bool zones = t->offset && t->roles.clock.offset_varies && !b->buckets;
    bool regular = follows_from_first(b, rows, f);
    if (!regular && !(f->stamp = lc_calloc(f->steps, sizeof *f->stamp))) return false;
    if (zones && !(f->offset = lc_calloc(f->steps, sizeof *f->offset))) return false;
    if (regular && !zones) return true;
    size_t next = 0;
    for (size_t i = 0; i < rows->n; i++) {
        size_t row = lc_frame_row(b, rows, i), k = rows->plain ? i : b->step[i];
        if (k == LC_NO_STEP) continue;
        for (; next < k; next++) {
            int before = zones && next ? f->offset[next - 1] : 0;
            if (zones) f->offset[next] = (int16_t)before;
            if (regular) continue;
            f->stamp[next] = lc_freq_add(&b->freq, f->first, (int64_t)next);
            if (b->jittered && !lc_freq_length(&b->freq))
                f->stamp[next] = lc_freq_bucket_start(&b->freq, lc_freq_bucket(&b->freq, f->first) + (int64_t)next);
            if (b->wall) f->stamp[next] = lc_sub_clamped(f->stamp[next], before * LC_MICROS_PER_MINUTE);
        }
        if (next > k) continue; /* rows that share a step have its first stamp */
        if (zones) f->offset[next] = t->offset[row];
        if (!regular) f->stamp[next] = t->stamp ? t->stamp[row] : (lc_stamp)i + 1;
        next++;
    }
    return true;
}
