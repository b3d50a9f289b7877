#include "data/live.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/dialect.h"
#include "data/live_inner.h"
#include "data/prolog.h"

lc_code lc_live_create(lc_live **out, const lc_settings *s, lc_status *st)
{
    *out = NULL;
    lc_live *l = calloc(1, sizeof *l);
    if (!l) return lc_fail_memory(st);
    l->settings = s;
    l->line = 1;
    l->name = lc_strdup("the saved state");
    /* Opening a table is what checks the settings. */
    lc_code code =
        l->name && LC_GROW(&l->buf, &l->cap, LC_PART_MARGIN) ? lc_table_open(&l->table, s, st) : lc_fail_memory(st);
    if (code == LC_OK) l->given = l->table.delimiter;
    if (code == LC_OK) *out = l;
    else lc_live_free(l);
    return code;
}

void lc_live_free(lc_live *l)
{
    if (!l) return;
    lc_table_free(&l->table);
    lc_splitter_free(l->splitter);
    lc_sample_free(&l->sample);
    lc_free(l->part.state.column);
    lc_free(l->part.value);
    lc_part_free(&l->part);
    lc_free(l->value);
    lc_notes_free(&l->notes);
    free(l->name);
    free(l->buf);
    free(l);
}

/* ---- bytes ---- */

lc_code lc_live_begin(lc_live *l, const char *name, lc_status *st)
{
    char *copy = lc_strdup(name), *shown = lc_strdup(name);
    if (!copy || !shown) {
        free(copy);
        free(shown);
        return lc_fail_memory(st);
    }
    free(l->name);
    l->name = copy;
    l->n = l->at = l->whole = 0;
    l->line = 1;
    l->ended = l->discarding = l->open_row = false;
    l->stage = LIVE_ABOVE;
    if (!l->settled) {
        lc_sample_free(&l->sample);
        free(shown);
        return LC_OK;
    }
    /* The first name stays: messages about other columns name it. */
    if (l->table.n_files == 2) free(l->table.file[1]);
    l->table.file[1] = shown;
    l->table.n_files = 2;
    return LC_OK;
}

lc_code lc_live_push(lc_live *l, const char *bytes, size_t n, lc_status *st)
{
    size_t need;
    if (!n) return LC_OK;
    if (l->at == l->n && l->n && l->buf[l->n - 1] == '\r' && *bytes == '\n') bytes++, n--;
    if (l->at) {
        memmove(l->buf, l->buf + l->at, l->n - l->at);
        l->n -= l->at;
        l->whole -= l->whole < l->at ? l->whole : l->at;
        l->open_end -= l->open_row ? l->at : 0;
        l->at = 0;
    }
    if (!lc_add(l->n, n, &need) || !lc_add(need, LC_PART_MARGIN, &need) || !LC_GROW(&l->buf, &l->cap, need))
        return lc_fail_memory(st);
    if (n) memcpy(l->buf + l->n, bytes, n);
    for (size_t i = n; i > 0; i--) {
        if (bytes[i - 1] != '\n' && bytes[i - 1] != '\r') continue;
        l->whole = l->n + i;
        break;
    }
    l->n += n;
    return LC_OK;
}

void lc_live_end(lc_live *l)
{
    l->ended = true;
}

size_t lc_live_after_line(const lc_live *l, size_t from, size_t n)
{
    const char *lf = memchr(l->buf + from, '\n', n - from);
    const size_t most = lf ? (size_t)(lf - l->buf) : n;
    const char *cr = memchr(l->buf + from, '\r', most - from);
    if (!cr) return lf ? most + 1 : 0;
    const size_t at = (size_t)(cr - l->buf);
    return at + 1 + (at + 1 < n && l->buf[at + 1] == '\n');
}

/* ---- one row ---- */

/* Passes over the rest of a line; false: it goes on. */
static bool discard(lc_live *l, size_t *at, size_t *line)
{
    const size_t next = lc_live_after_line(l, *at, l->n);
    *at = next ? next : l->n;
    *line += next != 0;
    l->discarding = !next;
    return next != 0;
}

/* The row at `begin` is too long: the next one is on the next line, wherever that is. */
static lc_split_result long_row(lc_live *l, size_t begin, size_t begin_line, size_t *at, size_t *line, lc_split_row *r)
{
    const size_t held = l->n - begin;
    *r = (lc_split_row){.begin = begin,
                        .end = begin + (held < LC_LIVE_SHOWN ? held : LC_LIVE_SHOWN),
                        .fault = LC_FAULT_LONG_ROW,
                        .fault_column = 1};
    r->row.line = begin_line;
    *at = begin;
    *line = begin_line;
    discard(l, at, line);
    return LC_SPLIT_FAULT;
}

/* Where LC_LIVE_ROW_LINES lines end; 0: there are not as many. */
static size_t most_lines(const lc_live *l, size_t from, size_t n)
{
    size_t at = from;
    for (size_t i = 0; i < LC_LIVE_ROW_LINES; i++)
        if (at >= n || !(at = lc_live_after_line(l, at, n))) return 0;
    return at;
}

lc_split_result lc_live_cut(lc_live *l, lc_splitter *s, size_t *at, size_t *line, lc_split_row *r)
{
    if (l->discarding && !discard(l, at, line)) return LC_SPLIT_END;
    const size_t n = l->ended ? l->n : l->whole;
    if (*at < n) {
        lc_split_result got = lc_splitter_next(s, l->buf, n, l->ended, at, line, r);
        const bool open = got == LC_SPLIT_OPEN;
        if (got == LC_SPLIT_MEMORY) return got;
        if (got == LC_SPLIT_ROW || got == LC_SPLIT_FAULT) {
            if (r->end - r->begin > LC_CSV_ROW_BYTES) return long_row(l, r->begin, r->row.line, at, line, r);
            /* What is wrong with an open quote must not depend on how many lines are there. */
            if (got == LC_SPLIT_ROW && *line - r->row.line <= LC_LIVE_ROW_LINES) return got;
            const size_t most = most_lines(l, r->begin, n);
            if (!most || most - r->begin > LC_CSV_ROW_BYTES) return got;
            *at = r->begin;
            *line = r->row.line;
            return lc_splitter_next(s, l->buf, most, true, at, line, r);
        }
        if (open) {
            const size_t most = most_lines(l, *at, n);
            if (most && most - *at <= LC_CSV_ROW_BYTES) return lc_splitter_next(s, l->buf, most, true, at, line, r);
            if (l->n - *at > LC_CSV_ROW_BYTES + 2) return long_row(l, *at, *line, at, line, r);
        }
        if (open) {
            if (!l->open_row) l->open_end = *at, l->open_lines = 0;
            l->open_quote = l->open_row && l->open_quote;
            l->open_row = true;
            return LC_SPLIT_END;
        }
    }
    if (!l->ended && l->n - *at > LC_CSV_ROW_BYTES + 2) return long_row(l, *at, *line, at, line, r);
    return LC_SPLIT_END;
}

/* Whether it is worth cutting again a row whose quote was open. A quote in a wrong place shows soon; after some lines
 * the row is looked at again only where its quotes are even, so that a long one takes no longer for each of its lines.
 */
static bool may_have_closed(lc_live *l)
{
    enum { SOON = 4 };
    const size_t n = l->ended ? l->n : l->whole;
    bool again = l->ended;
    for (; l->open_end < n && !again; l->open_end++) {
        const char c = l->buf[l->open_end];
        if (c == '"') l->open_quote = !l->open_quote;
        if (c != '\n' && c != '\r') continue;
        again = ++l->open_lines <= SOON || !l->open_quote;
    }
    return again || l->open_lines >= LC_LIVE_ROW_LINES || l->n - l->at > LC_CSV_ROW_BYTES;
}

/* ---- a row is read ---- */

static void note_dropped(lc_live *l, size_t line)
{
    char shown[LC_NAME_ROOM];
    for (size_t i = 0; i < l->plan.n_values; i++) {
        uint8_t *known = &l->table.state.column[i];
        if ((l->part.state.column[i] & LC_COLUMN_DROPPED) && !(*known & LC_COLUMN_DROPPED))
            l->part.failed |= !lc_note(&l->notes, "%s:%zu: column \"%s\" holds text and is ignored from here on",
                                       l->name, line, lc_table_column_name(&l->table, l->plan.value[i].column, shown));
        *known = l->part.state.column[i];
    }
}

static void set_bad(lc_live *l, const lc_split_row *r, lc_live_event *event, lc_live_row *row)
{
    *event = LC_LIVE_BAD;
    *row = (lc_live_row){
        .line = r->row.line, .ds = "", .why = &l->why, .bytes = l->buf + r->begin, .n_bytes = r->end - r->begin};
}

static lc_code take(lc_live *l, const lc_split_row *r, lc_live_event *event, lc_live_row *row, lc_status *st)
{
    lc_part *p = &l->part;
    const lc_roles *roles = &l->table.roles;
    p->n_rows = p->n_faults = p->line.n = 0;
    l->why = (lc_status){.code = LC_OK};
    bool good = lc_live_settle_point(l, &r->row) && lc_part_take_row(p, r);
    if (good && roles->id != LC_NO_COLUMN && !*r->row.cell[roles->id]) {
        const lc_row_fault f = {.kind = LC_FAULT_NO_ID, .line = r->row.line, .column = roles->id + 1};
        lc_table_fault(&l->table, &f, 0, &l->why);
        good = false;
    }
    note_dropped(l, r->row.line);
    if (p->failed) return lc_fail_memory(st);
    l->table.state.clock = p->state.clock;
    if (!good) {
        if (p->n_faults) lc_table_fault(&l->table, &p->fault[0], 0, &l->why);
        set_bad(l, r, event, row);
        return LC_OK;
    }
    *event = LC_LIVE_ROW;
    *row =
        (lc_live_row){.line = r->row.line, .ds = "", .stamp = l->stamp, .offset_minutes = l->offset, .value = l->value};
    if (roles->id != LC_NO_COLUMN) row->id = r->row.cell[roles->id];
    if (roles->time == LC_NO_COLUMN) return LC_OK;
    size_t bad;
    row->ds = r->row.cell[roles->time];
    if (roles->parts.n && lc_stamp_parts_join_row(&roles->parts, r->row.cell, l->joined, &bad)) row->ds = l->joined;
    /* Messages about later rows show the stamp above. */
    if (!l->table.stamp && !(l->table.stamp = malloc(sizeof *l->table.stamp))) return lc_fail_memory(st);
    l->table.stamp[0] = l->stamp;
    l->table.n_rows = 1;
    return LC_OK;
}

/* ---- what stands above the rows ---- */

static lc_code refuse_packed(const lc_live *l, lc_status *st)
{
    const unsigned char *b = (const unsigned char *)l->buf + l->at;
    const bool gzip = l->n - l->at >= 2 && b[0] == 0x1f && b[1] == 0x8b;
    const bool wide = l->n - l->at >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff));
    if (!gzip && !wide) return LC_OK;
    lc_fail_at(st, LC_E_PARSE, l->name, 0, 0, "the rows are %s, which is not read row by row",
               gzip ? "packed with gzip" : "written in UTF-16");
    lc_hint(st, gzip ? "unpack them: gzip -dc FILE | loomcast detect --online -"
                     : "turn them into UTF-8: iconv -f UTF-16 -t UTF-8 FILE | loomcast detect --online -");
    return LC_E_PARSE;
}

/* Blank lines, comments and "sep=;". Titles are none of it: one line does not tell them from a header. */
static lc_code pass_prolog(lc_live *l, bool *more, lc_live_event *event, lc_live_row *row, lc_status *st)
{
    *more = false;
    lc_code code = l->line == 1 && !l->discarding ? refuse_packed(l, st) : LC_OK;
    while (code == LC_OK && l->stage == LIVE_ABOVE) {
        lc_split_row r;
        size_t end = l->at < l->n ? lc_live_after_line(l, l->at, l->n) : 0;
        if (l->discarding && !discard(l, &l->at, &l->line)) end = 0;
        else if (!end && l->ended) end = l->n;
        if (end <= l->at) {
            *more = true;
            if (l->ended || l->n - l->at <= LC_CSV_ROW_BYTES + 2) return LC_OK;
            long_row(l, l->at, l->line, &l->at, &l->line, &r);
            lc_split_fail(r.fault, l->name, r.row.line, 1, ',', &l->why);
            set_bad(l, &r, event, row);
            return LC_OK;
        }
        lc_prolog p;
        const char *text = l->buf + l->at;
        const size_t n = end - l->at;
        code = lc_prolog_read(&p, l->name, text, n, l->ended && end == l->n, l->given, 0, st);
        if (code != LC_OK) break;
        if (p.offset < n) {
            l->at += p.offset;
            l->stage = LIVE_FIRST;
            break;
        }
        if (!l->settled && !p.left_out && memchr(text, '=', n)) l->given = p.delimiter;
        l->at = end;
        l->line++;
    }
    return code;
}

/* The first row of a file whose columns are known: their header, or data. */
static lc_code pass_header(lc_live *l, bool *more, lc_live_event *event, lc_live_row *row, lc_status *st)
{
    lc_split_row r;
    lc_status other = {.code = LC_OK};
    size_t at = l->at, line = l->line;
    const lc_split_result got = lc_live_cut(l, l->splitter, &at, &line, &r);
    l->open_row = false;
    *more = got == LC_SPLIT_END;
    if (got == LC_SPLIT_MEMORY) return lc_fail_memory(st);
    if (got == LC_SPLIT_END) return LC_OK;
    if (got == LC_SPLIT_FAULT) {
        l->why = other;
        lc_split_fail(r.fault, l->name, r.row.line, r.fault_column, l->delimiter, &l->why);
        set_bad(l, &r, event, row);
        l->at = at;
        l->line = line;
        *more = true;
        return LC_OK;
    }
    l->stage = LIVE_ROWS;
    if (!l->has_header) return LC_OK;
    if (lc_table_check_header(&l->table, &r.row, &other) != LC_OK) {
        if (other.code == LC_E_MEMORY) return lc_fail_memory(st);
        if (lc_live_looks_like_header(l, &r.row, l->delimiter)) return lc_table_check_header(&l->table, &r.row, st);
        return LC_OK;
    }
    l->at = at;
    l->line = line;
    return LC_OK;
}

/* ---- the next row ---- */

static lc_code next_row(lc_live *l, lc_live_event *event, lc_live_row *row, lc_status *st)
{
    lc_split_row r = {.begin = 0};
    if (l->pending < l->sample.n) {
        r.row = l->sample.row[l->pending++];
        return take(l, &r, event, row, st);
    }
    if (l->open_row && !may_have_closed(l)) return LC_OK;
    const lc_split_result got = lc_live_cut(l, l->splitter, &l->at, &l->line, &r);
    if (got != LC_SPLIT_END) l->open_row = false;
    switch (got) {
    case LC_SPLIT_MEMORY: return lc_fail_memory(st);
    case LC_SPLIT_ROW: return take(l, &r, event, row, st);
    case LC_SPLIT_FAULT:
        l->why = (lc_status){.code = LC_OK};
        lc_split_fail(r.fault, l->name, r.row.line, r.fault_column, l->delimiter, &l->why);
        set_bad(l, &r, event, row);
        break;
    default: break;
    }
    return LC_OK;
}

lc_code lc_live_next(lc_live *l, lc_live_event *event, lc_live_row *row, lc_status *st)
{
    lc_code code = LC_OK;
    bool more = false;
    *event = LC_LIVE_MORE;
    l->why = (lc_status){.code = LC_OK};
    if (l->stage == LIVE_ABOVE) code = pass_prolog(l, &more, event, row, st);
    if (code != LC_OK || more) return code;
    if (l->settled && l->stage == LIVE_FIRST) code = pass_header(l, &more, event, row, st);
    if (code != LC_OK || more) return code;
    if (!l->settled) {
        lc_split_row r = {.begin = 0};
        code = lc_live_settle(l, event, &r, st);
        if (*event == LC_LIVE_BAD) set_bad(l, &r, event, row);
        if (code != LC_OK || *event != LC_LIVE_ROW) return code;
        *event = LC_LIVE_MORE;
    }
    return next_row(l, event, row, st);
}

/* ---- what is known ---- */

const char *lc_live_name(const lc_live *l)
{
    return l->name;
}

lc_notes *lc_live_notes(lc_live *l)
{
    return &l->notes;
}

bool lc_live_is_settled(const lc_live *l)
{
    return l->settled;
}

size_t lc_live_columns(const lc_live *l)
{
    return l->settled ? l->plan.n_values : 0;
}

const char *lc_live_column(const lc_live *l, size_t i)
{
    return l->table.columns[l->plan.value[i].column];
}

bool lc_live_is_dropped(const lc_live *l, size_t i)
{
    return l->part.state.column[i] & LC_COLUMN_DROPPED;
}

bool lc_live_has_ids(const lc_live *l)
{
    return l->table.roles.id != LC_NO_COLUMN;
}

bool lc_live_has_stamps(const lc_live *l)
{
    return l->table.roles.time != LC_NO_COLUMN;
}

bool lc_live_is_calendar(const lc_live *l)
{
    return lc_live_has_stamps(l) && lc_clock_is_calendar(&l->part.state.clock.clock);
}
