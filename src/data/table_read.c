/* One file of a table: blocks of bytes are cut into parts at line ends, threads read the parts, and the parts are put
 * together in order. What a part assumed about the rows before it is checked then; where it was wrong, the part is read
 * again. So the result is that of one thread that reads row after row. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/dialect.h"
#include "data/prolog.h"
#include "data/reader.h"
#include "par/team.h"

/* ---- bytes ---- */

/* Room behind what is not parsed yet. */
static bool make_room(lc_reader *r, size_t room)
{
    size_t need;
    if (r->at) {
        memmove(r->buf, r->buf + r->at, r->held - r->at);
        r->n -= r->at;
        r->held -= r->at;
        r->at = 0;
    }
    if (!lc_add(r->held, room, &need) || !lc_add(need, LC_PART_MARGIN, &need)) return false;
    return LC_GROW(&r->buf, &r->cap, need);
}

/* Looks at the next bytes of what is there. */
static void show_more(lc_reader *r, size_t room)
{
    r->n = r->held - r->n < room ? r->held : r->n + room;
    r->end = r->ended && r->n == r->held;
}

static lc_code read_more(lc_reader *r, size_t room)
{
    size_t got;
    if (!make_room(r, room)) return lc_fail_memory(r->st);
    lc_code code = lc_source_read(r->source, r->buf + r->held, room, &got, r->st);
    r->held += got;
    r->ended = got < room;
    memset(r->buf + r->held, 0, LC_PART_MARGIN);
    show_more(r, got);
    return code;
}

/* The byte after the last line end, 0 without one. A carriage return at the very end may yet get its line feed. */
static size_t last_line_end(const lc_reader *r)
{
    if (r->end) return r->n;
    size_t n = r->n;
    while (n > r->at && r->buf[n - 1] != '\n') n--;
    if (n > r->at) return n;
    for (n = r->n; n > r->at + 1; n--)
        if (r->buf[n - 2] == '\r') return n - 1;
    return 0;
}

/* ---- parts ---- */

static bool make_parts(lc_reader *r)
{
    size_t n = r->t->threads;
    r->part = lc_calloc(n, sizeof *r->part);
    r->place = lc_calloc(n, sizeof *r->place);
    if (!r->part || !r->place) return false;
    for (; r->made < n; r->made++) {
        lc_part *p = &r->part[r->made];
        p->plan = &r->t->plan;
        p->state.column = lc_calloc(r->t->plan.n_values, 1);
        p->value = lc_calloc(r->t->plan.n_values, sizeof *p->value);
        if (!p->state.column || !p->value) {
            lc_free(p->state.column);
            lc_free(p->value);
            return false;
        }
    }
    return true;
}

static void free_parts(lc_reader *r)
{
    for (size_t i = 0; i < r->made; i++) {
        lc_free(r->part[i].state.column);
        lc_free(r->part[i].value);
        lc_part_free(&r->part[i]);
    }
    lc_free(r->part);
    lc_free(r->place);
}

/* Cuts [at, cut) at line feeds into as many parts as there are threads, fewer where it is short. */
static void cut_parts(lc_reader *r, size_t cut)
{
    enum { LEAST = 1 << 14 };
    size_t most = (cut - r->at) / LEAST + 1, n = r->made < most ? r->made : most;
    size_t begin = r->at;
    r->parts = 0;
    for (size_t i = 0; i < n && begin < cut; i++) {
        size_t from, end;
        lc_range(cut - r->at, n, i, &from, &end);
        end += r->at;
        if (end < begin) end = begin;
        const char *lf = end < cut ? memchr(r->buf + end, '\n', cut - end) : NULL;
        end = lf ? (size_t)(lf - r->buf) + 1 : cut;
        r->place[r->parts++] = (lc_place){.begin = begin, .end = end};
        begin = end;
    }
}

/* The slices that the threads read follow on each other up to the first that is short. */
static void join_slices(lc_reader *r)
{
    size_t room = r->slice * r->made, all = 0;
    for (size_t i = 0; i < r->made; i++) {
        r->unread |= r->place[i].got == SIZE_MAX;
        if (r->unread) return;
        all += r->place[i].got;
        if (r->place[i].got < r->slice) break;
    }
    lc_source_take(r->source, all);
    r->n = r->held += all;
    r->end = r->ended = all < room;
    memset(r->buf + r->n, 0, LC_PART_MARGIN);
}

static void read_and_parse(lc_reader *r, size_t thread, size_t threads)
{
    for (size_t i = thread; r->slice && i < r->made; i += threads)
        r->place[i].got = lc_source_read_at(r->source, r->buf + r->n + i * r->slice, r->slice, i * r->slice);
    lc_team_barrier();
    if (thread == 0) {
        if (r->slice) join_slices(r);
        size_t cut = r->unread ? 0 : last_line_end(r);
        r->parts = 0;
        if (cut > r->at) cut_parts(r, cut);
    }
    lc_team_barrier();
    for (size_t i = thread; i < r->parts; i += threads) {
        lc_place *at = &r->place[i];
        at->most_rows = lc_part_most_rows(r->buf + at->begin, at->end - at->begin);
    }
    lc_team_barrier();
    if (thread == 0) {
        size_t row = r->t->n_rows, all = row;
        for (size_t i = 0; i < r->parts; i++) all += r->place[i].most_rows;
        bool room = lc_table_reserve(r->t, all);
        for (size_t i = 0; i < r->parts; i++) {
            r->part[i].failed = !room;
            if (!room) continue;
            lc_reader_set_part(r, i, r->place[i].begin, r->place[i].end, row);
            row += r->place[i].most_rows;
        }
    }
    lc_team_barrier();
    for (size_t i = thread; i < r->parts; i += threads)
        if (!r->part[i].failed) lc_part_read(&r->part[i]);
}

static lc_code unreadable(const lc_reader *r)
{
    return lc_fail_at(r->st, LC_E_IO, lc_table_file(r->t), 0, 0, "cannot be read: %s", strerror(errno));
}

/* Puts the parts of a round together and makes ready for the next; false: there is none, or *code tells why not. */
static bool next_round(lc_reader *r, lc_code *code)
{
    *code = r->unread ? unreadable(r) : lc_reader_join(r);
    if (*code == LC_OK && !r->parts && r->n - r->at > 2 * (size_t)LC_CSV_ROW_BYTES) {
        const lc_row_fault long_row = {.kind = LC_FAULT_LONG_ROW};
        *code = lc_table_fault(r->t, &long_row, r->line, r->st);
    }
    if (*code != LC_OK || r->end) return false;
    r->slice = 0;
    if (r->n < r->held) {
        show_more(r, r->t->block * r->made);
        return true;
    }
    if (lc_source_is_plain(r->source)) r->slice = r->t->block;
    if (!r->slice) *code = read_more(r, r->t->block * r->made);
    else if (!make_room(r, r->slice * r->made)) *code = lc_fail_memory(r->st);
    return *code == LC_OK;
}

typedef struct rounds {
    lc_reader *reader;
    lc_code code;
    bool more;
} rounds;

/* One region for all rounds: threads that wait between regions spin, which on a busy machine takes the processor from
 * the one that they wait for. */
static void read_rounds(void *ctx, size_t thread, size_t threads)
{
    rounds *all = ctx;
    do {
        read_and_parse(all->reader, thread, threads);
        lc_team_barrier();
        if (thread == 0) all->more = next_round(all->reader, &all->code);
        lc_team_barrier();
    } while (all->more);
}

static lc_code read_blocks(lc_reader *r)
{
    const size_t little = 1 << 17; /* not worth a team */
    rounds all = {.reader = r};
    if (!make_parts(r)) return lc_fail_memory(r->st);
    /* The head was there as a whole to decide from; it is read in blocks like the rest. */
    r->n = r->at;
    show_more(r, r->t->block * r->made);
    lc_team_run(r->end && r->n - r->at < little ? 1 : r->made, read_rounds, &all);
    return all.code;
}

/* ---- the beginning ---- */

/* Gathers the first rows as text; *behind and *behind_line: after the first of them. */
static lc_code sample_rows(lc_reader *r, size_t *behind, size_t *behind_line)
{
    lc_table *t = r->t;
    lc_sample *sample = &t->sample;
    lc_splitter *s = lc_splitter_create(t->plan.delimiter);
    if (!s) return lc_fail_memory(r->st);
    size_t at = r->at, line = r->line, n = last_line_end(r);
    lc_code code = LC_OK;
    while (code == LC_OK && !lc_sample_is_full(sample)) {
        lc_split_row row;
        lc_split_result got = lc_splitter_next(s, r->buf, n, r->end, &at, &line, &row);
        if (got == LC_SPLIT_END || got == LC_SPLIT_OPEN) break;
        if (got == LC_SPLIT_MEMORY || (got == LC_SPLIT_ROW && !lc_sample_add(sample, &row.row))) {
            code = lc_fail_memory(r->st);
        } else if (got == LC_SPLIT_FAULT && !t->rejects) {
            lc_row_fault f = {.kind = row.fault, .line = row.row.line, .column = row.fault_column};
            code = lc_table_fault(t, &f, 0, r->st);
        }
        if (sample->n == 1 && !*behind) {
            *behind = at;
            *behind_line = line;
        }
    }
    lc_splitter_free(s);
    return code;
}

/* Where bad rows are left out they do not speak for the columns either. */
static void keep_usual_rows(lc_sample *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->row[i].n == s->row[0].n) s->row[kept++] = s->row[i];
    s->n = kept;
}

/* The head of the input: enough rows to decide from, or all there is. */
static lc_code begin(lc_reader *r)
{
    lc_table *t = r->t;
    enum { HEAD = 1 << 20, MOST_HEAD = 1 << 26, ENOUGH_ROWS = 50 };
    char given = '\0';
    lc_prolog prolog;
    lc_delimiter_of(t->settings->delimiter, &given);
    lc_code code = read_more(r, HEAD);
    for (;;) {
        if (code != LC_OK) return code;
        code = lc_prolog_read(&prolog, lc_table_file(t), r->buf, r->n, r->end, given, t->decided ? t->n_columns : 0,
                              r->st);
        if (code != LC_OK) return code;
        size_t lines = 0;
        for (size_t i = prolog.offset; i < r->n; i++) lines += r->buf[i] == '\n';
        if (r->end || lines >= ENOUGH_ROWS || r->n >= MOST_HEAD) break;
        code = read_more(r, r->n);
    }
    r->at = prolog.offset;
    r->line = prolog.line;
    if (t->n_files == 1) t->delimiter = prolog.delimiter;
    if (prolog.left_out &&
        !lc_note(&t->notes, "%zu line%s above the table (titles, comments) %s left out of %s", prolog.left_out,
                 prolog.left_out == 1 ? "" : "s", prolog.left_out == 1 ? "is" : "are", lc_table_file(t)))
        return lc_fail_memory(r->st);
    t->plan.delimiter = prolog.delimiter;
    return LC_OK;
}

/* The first file's schema, or the header of a later one. */
static lc_code decide(lc_reader *r)
{
    lc_table *t = r->t;
    size_t behind = 0, behind_line = 0;
    bool first = !t->decided;
    lc_code code = sample_rows(r, &behind, &behind_line);
    if (code == LC_OK && !lc_sample_seal(&t->sample)) code = lc_fail_memory(r->st);
    if (code == LC_OK && t->rejects) keep_usual_rows(&t->sample);
    if (code == LC_OK && first) code = lc_table_decide(t, r->st);
    else if (code == LC_OK && t->sample.n && t->has_header) code = lc_table_check_header(t, t->sample.row, r->st);
    if (t->has_header && behind) {
        r->at = behind;
        r->line = behind_line;
    }
    bool empty = !t->sample.n;
    lc_sample_free(&t->sample);
    if (code == LC_OK && empty) code = lc_fail_at(r->st, LC_E_DATA, lc_table_file(t), 0, 0, "the file is empty");
    return code;
}

static lc_code begin_file(lc_table *t, const char *name, lc_status *st)
{
    if (!LC_GROW(&t->file, &t->file_cap, t->n_files + 1)) return lc_fail_memory(st);
    if (!LC_GROW(&t->file_end, &t->file_end_cap, t->n_files + 1)) return lc_fail_memory(st);
    char *copy = lc_strdup(name);
    if (!copy) return lc_fail_memory(st);
    t->file[t->n_files] = copy;
    t->file_end[t->n_files++] = t->n_rows;
    return LC_OK;
}

static lc_code read_source(lc_table *t, const char *name, lc_source *source, lc_status *st)
{
    lc_reader r = {.t = t, .source = source, .st = st};
    size_t before = t->n_rows, rejected = t->n_rejected;
    lc_code code = begin_file(t, name, st);
    if (code != LC_OK) return code;
    code = begin(&r);
    if (code == LC_OK) code = decide(&r);
    if (code == LC_OK) code = read_blocks(&r);
    if (code == LC_OK && t->n_rows == before && t->n_rejected == rejected)
        code = lc_fail_at(st, LC_E_DATA, lc_table_file(t), 0, 0, "the file has a header and no rows");
    t->file_end[t->n_files - 1] = t->n_rows;
    free_parts(&r);
    free(r.buf);
    return code;
}

lc_code lc_table_read_file(lc_table *t, const char *path, lc_status *st)
{
    lc_source *source;
    lc_code code = lc_source_open(&source, path, st);
    if (code != LC_OK) return code;
    code = read_source(t, strcmp(path, "-") == 0 ? "standard input" : path, source, st);
    lc_source_close(source);
    return code;
}

lc_code lc_table_read_memory(lc_table *t, const char *name, const char *bytes, size_t n, lc_status *st)
{
    lc_source *source;
    lc_code code = lc_source_memory(&source, name, bytes, n, st);
    if (code != LC_OK) return code;
    code = read_source(t, name, source, st);
    lc_source_close(source);
    return code;
}
