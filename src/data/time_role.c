#include "data/time_role.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/pattern.h"
#include "data/stamp_columns.h"
#include "data/time_column.h"

#define NAME_ROOM 80

static const char *shown_name(const lc_first_rows *first, size_t column, char out[NAME_ROOM])
{
    return lc_printable(out, NAME_ROOM, first->names[column], strlen(first->names[column]));
}

static lc_code time_is_not_readable(const lc_first_rows *first, size_t column, const lc_cell_rules *rules,
                                    lc_status *st)
{
    char shown[NAME_ROOM], cell_shown[64];
    size_t row = 0;
    for (; row + 1 < first->n; row++) {
        if (column >= first->row[row].n) continue;
        lc_clock c;
        bool ambiguous;
        const char *cell = first->row[row].cell[column];
        lc_stamp_text text;
        bool stamp = *first->time_format ? lc_pattern_read(&text, first->time_format, cell)
                                         : lc_clock_learn(&c, &cell, 1, &ambiguous);
        if (!lc_cell_is_missing(rules, cell) && !stamp) break;
    }
    const char *cell = column < first->row[row].n ? first->row[row].cell[column] : "";
    lc_fail_at(st, LC_E_PARSE, first->file, first->row[row].line, column + 1,
               "column \"%s\": \"%s\" is not a time stamp", shown_name(first, column, shown),
               lc_printable(cell_shown, sizeof cell_shown, cell, strlen(cell)));
    if (*first->time_format) lc_hint(st, "the column does not follow --time-format %s", first->time_format);
    else
        lc_hint(st, "stamps look like 2024-01-31 12:00, 31.01.2024, 01/31/2024, 2024-01, 2024, epoch seconds or 1, 2, "
                    "3; --time-format "
                    "names another form");
    return LC_E_PARSE;
}

/* Columns that the user named together, as in Date,Time. */
static lc_code join_named(lc_roles *r, const lc_first_rows *first, const char **taken, char *const *names, size_t n,
                          const lc_cell_rules *rules, lc_status *st)
{
    size_t column[LC_STAMP_PARTS];
    char example[LC_STAMP_JOINED], shown[64];
    bool fits;
    lc_code code = LC_OK;
    if (n > LC_STAMP_PARTS)
        return lc_fail_at(st, LC_E_USAGE, first->file, 0, 0, "--time joins at most %d columns", LC_STAMP_PARTS);
    for (size_t i = 0; i < n && code == LC_OK; i++)
        code = lc_roles_take(first, taken, "time", names[i], &column[i], st);
    if (code == LC_OK) code = lc_stamp_columns_join(&r->parts, first, column, n, rules, &r->clock, &fits, example, st);
    if (code != LC_OK) return code;
    r->time = r->parts.column[0];
    if (fits) return LC_OK;
    lc_fail_at(st, LC_E_PARSE, first->file, first->row[0].line, column[0] + 1,
               "the columns of --time join to \"%s\", which is not a time stamp",
               lc_printable(shown, sizeof shown, example, strlen(example)));
    if (*first->time_format) lc_hint(st, "--time-format is that of the whole, as %%d.%%m.%%Y %%H:%%M");
    else
        lc_hint(st, "name a date and a time of day, or year, month, day, hour; --time-format names the form of the "
                    "whole, as %%Y%%m%%d %%H:%%M:%%S");
    return LC_E_PARSE;
}

static bool is_column(const lc_first_rows *first, const char *name)
{
    for (size_t i = 0; i < first->n_columns; i++)
        if (strcmp(first->names[i], name) == 0) return true;
    return false;
}

static lc_code named_time(lc_roles *r, const lc_first_rows *first, const char **taken, const char *list,
                          const lc_cell_rules *rules, lc_status *st)
{
    bool fits;
    char **names;
    size_t n;
    if (!lc_split_names(list, &names, &n)) return lc_fail_memory(st);
    const bool several = n > 1 && !is_column(first, list);
    lc_code code = several ? join_named(r, first, taken, names, n, rules, st)
                           : lc_roles_take(first, taken, "time", list, &r->time, st);
    lc_free_names(names, n);
    if (code != LC_OK || several) return code;
    code = lc_time_column_try(first, r->time, true, rules, &r->clock, &fits, st);
    if (code == LC_OK && !fits) return time_is_not_readable(first, r->time, rules, st);
    return code;
}

/* "a and b", "a, b and c" */
static void list_parts(char *out, size_t room, const lc_first_rows *first, const lc_stamp_parts *p)
{
    char shown[NAME_ROOM];
    size_t len = 0;
    out[0] = '\0';
    for (size_t k = 0; k < p->n && len < room; k++)
        len += (size_t)snprintf(out + len, room - len, "%s\"%s\"",
                                k == 0          ? ""
                                : k + 1 == p->n ? " and "
                                                : ", ",
                                shown_name(first, p->column[k], shown));
}

/* Joins what stands beside the dates where these alone stand twice. A column that is named does without. */
static lc_code join_parts(lc_roles *r, const lc_first_rows *first, const char **taken, bool named,
                          const lc_cell_rules *rules, lc_notes *notes, lc_status *st)
{
    lc_stamp_parts p;
    lc_clock_column clock = {0};
    bool repeats = true;
    const lc_clock_style style = r->time == LC_NO_COLUMN ? LC_CLOCK_NONE : r->clock.clock.style;
    lc_code code = lc_stamp_columns_find(&p, first, taken, r->time, style, rules, &clock, st);
    if (code != LC_OK || !p.n) return code;
    if (p.column[0] == r->time && !first->live) code = lc_stamp_columns_repeat(&repeats, first, r->time, r->id, st);
    if (code != LC_OK) return code;
    if (named || !repeats) {
        r->spare = p;
        return LC_OK;
    }
    if (r->time != LC_NO_COLUMN) taken[r->time] = NULL;
    r->time = p.column[0];
    r->parts = p;
    r->clock = clock;
    for (size_t k = 0; k < p.n; k++) taken[p.column[k]] = "time";
    char list[LC_STAMP_PARTS * (NAME_ROOM + 8)], example[LC_STAMP_JOINED];
    size_t row = 0, bad;
    list_parts(list, sizeof list, first, &p);
    example[0] = '\0';
    while (!lc_stamp_parts_join_row(&p, first->row[row].cell, example, &bad) && row + 1 < first->n) row++;
    const char *shift = p.hour ? "; hours 1 to 24 are 00:00 to 23:00" : "";
    return lc_note(notes, "time stamps are joined from the columns %s, as in %s%s", list, example, shift)
               ? LC_OK
               : lc_fail_memory(st);
}

static lc_code find_time(lc_roles *r, const lc_first_rows *first, const char **taken, const lc_cell_rules *rules,
                         lc_status *st)
{
    bool fits;
    lc_code code;
    /* Real stamps go before integers that may only count rows. */
    size_t counter = LC_NO_COLUMN;
    lc_clock_column counter_clock = {0};
    for (size_t i = 0; i < first->n_columns; i++) {
        lc_clock_column clock = {0};
        if (taken[i]) continue;
        code = lc_time_column_try(first, i, false, rules, &clock, &fits, st);
        if (code != LC_OK) return code;
        if (!fits) continue;
        lc_clock_style style = clock.clock.style;
        bool integers = style == LC_CLOCK_INTEGER || style == LC_CLOCK_YEAR || style == LC_CLOCK_EPOCH_S ||
                        style == LC_CLOCK_EPOCH_MS;
        if (!integers || counter == LC_NO_COLUMN) {
            counter = i;
            counter_clock = clock;
        }
        if (!integers) break;
    }
    if (counter == LC_NO_COLUMN) return LC_OK;
    r->time = counter;
    r->clock = counter_clock;
    taken[counter] = "time";
    return LC_OK;
}

static lc_code no_column_follows(const lc_first_rows *first, lc_status *st)
{
    lc_fail_at(st, LC_E_PARSE, first->file, first->row[0].line, 0, "no column follows --time-format %s",
               first->time_format);
    lc_hint(st, "name the column with --time to see which cell does not");
    return LC_E_PARSE;
}

/* A first column of text that begins with a digit and has four at least looks like one, too: 1st of May 2024. */
static bool looks_like_time(const lc_first_rows *first, size_t column)
{
    const char *cell = first->row[0].cell[column];
    size_t digits = 0;
    for (const char *p = cell; *p; p++) digits += *p >= '0' && *p <= '9';
    return lc_is_time_name(first->names[column]) || (column == 0 && *cell >= '0' && *cell <= '9' && digits >= 4);
}

/* A column that is called or looks like one but does not read as one is worth a word. */
static bool note_unread_time(const lc_first_rows *first, const lc_cell_rules *rules, lc_notes *notes)
{
    char shown[NAME_ROOM], cell_shown[64];
    for (size_t i = 0; i < first->n_columns; i++) {
        double x;
        if (i >= first->row[0].n || !looks_like_time(first, i)) continue;
        const char *cell = first->row[0].cell[i];
        if (lc_cell_value(rules, cell, &x, NULL)) continue;
        return lc_note(notes,
                       "column \"%s\" does not read as time stamps (\"%s\"): rows are counted as steps; --time-format "
                       "names its form, as %%d/%%m/%%y",
                       shown_name(first, i, shown), lc_printable(cell_shown, sizeof cell_shown, cell, strlen(cell)));
    }
    return true;
}

static bool note_day_numbers(const lc_roles *r, const lc_first_rows *first, const lc_cell_rules *rules, lc_notes *notes)
{
    const lc_clock iso = {.style = LC_CLOCK_ISO, .padded = true};
    char shown[NAME_ROOM], date[LC_STAMP_TEXT];
    lc_stamp day;
    bool fraction;
    if (r->time == LC_NO_COLUMN || r->parts.n || r->clock.clock.style != LC_CLOCK_INTEGER) return true;
    if (!lc_holds_day_numbers(first, r->time, rules, &day, &fraction)) return true;
    return lc_note(
        notes,
        "column \"%s\" may hold a spreadsheet's day numbers, the first would be %s: they are taken as steps; "
        "dates are read where they are written as dates",
        shown_name(first, r->time, shown), lc_clock_format(&iso, day, date));
}

lc_code lc_time_role_decide(lc_roles *r, const lc_first_rows *first, const char **taken, const char *named,
                            const lc_cell_rules *rules, lc_notes *notes, lc_status *st)
{
    lc_code code = *named ? named_time(r, first, taken, named, rules, st) : find_time(r, first, taken, rules, st);
    if (code == LC_OK && !r->parts.n) code = join_parts(r, first, taken, *named, rules, notes, st);
    if (code != LC_OK) return code;
    if (!note_day_numbers(r, first, rules, notes)) return lc_fail_memory(st);
    if (r->time != LC_NO_COLUMN) return LC_OK;
    if (*first->time_format) return no_column_follows(first, st);
    return note_unread_time(first, rules, notes) ? LC_OK : lc_fail_memory(st);
}
