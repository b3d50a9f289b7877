#include "data/stamp_columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/names.h"
#include "data/pattern.h"
#include "data/time_column.h"

/* Names of columns that hold a part of the stamp. */
static const char *const year_names[] = {"year", "yr", "yyyy", NULL};
static const char *const month_names[] = {"month", "mon", "mo", "mm", "mnth", NULL};
static const char *const day_names[] = {"day", "dd", "mday", "day_of_month", "dayofmonth", NULL};
static const char *const quarter_names[] = {"quarter", "qtr", "q", NULL};
static const char *const week_names[] = {"week", "wk", "isoweek", "iso_week", NULL};
static const char *const hour_names[] = {"hour", "hr", "hh", "hour_of_day", "hourofday", "stunde", NULL};
static const char *const minute_names[] = {"minute", "min", NULL};
static const char *const time_names[] = {"time",    "time_of_day", "timeofday", "tod",  "clock",
                                         "uhrzeit", "zeit",        "heure",     "hora", NULL};

static bool is_called(const lc_first_rows *first, size_t column, const char *const *list)
{
    for (; *list; list++)
        if (lc_equal_nocase(*list, first->names[column])) return true;
    return false;
}

/* A whole number of at most two digits, or of four; -1: something else. */
static int small_number(const char *cell, size_t digits)
{
    int value = 0;
    size_t n = strspn(cell, "0123456789");
    if (!n || cell[n] || (digits == 4 ? n != 4 : n > 2)) return -1;
    for (size_t i = 0; i < n; i++) value = value * 10 + (cell[i] - '0');
    return value;
}

static bool is_year(const char *cell)
{
    return small_number(cell, 4) >= 1000;
}

/* ---- how columns join ---- */

static bool has_parts(const lc_first_rows *first, size_t row, const size_t *column, size_t n,
                      const lc_cell_rules *rules)
{
    for (size_t k = 0; k < n; k++)
        if (column[k] >= first->row[row].n || lc_cell_is_missing(rules, first->row[row].cell[column[k]])) return false;
    return true;
}

static bool begins_stamp(const char *cell)
{
    return is_year(cell) || (strlen(cell) > 4 && !lc_is_time_of_day(cell));
}

/* Hours that a meter counts from 1 to 24, each named by its end. */
static bool counts_from_one(const lc_first_rows *first, size_t column)
{
    bool last = first->hours_from_one;
    for (size_t i = 0; i < first->n; i++) {
        const int hour = column < first->row[i].n ? small_number(first->row[i].cell[column], 2) : -1;
        if (hour == 0 || hour > 24) return false;
        last = last || hour == 24;
    }
    return last;
}

/* Each part's place follows from those before it. */
static bool set_marks(lc_stamp_parts *p, const lc_first_rows *first, size_t row)
{
    enum { YEAR, MONTH, DATE, TIME, HOUR, MINUTE, SECOND } have = DATE;
    const char *const *cell = first->row[row].cell;
    p->after = "";
    for (size_t k = 0; k < p->n; k++) {
        const size_t column = p->column[k];
        const char *text = cell[column];
        if (k == 0) {
            p->before[k] = "";
            have = is_year(text) ? YEAR : DATE;
        } else if (have == YEAR) {
            bool quarter = is_called(first, column, quarter_names), week = is_called(first, column, week_names);
            bool letter = *text < '0' || *text > '9';
            p->before[k] = letter ? "-" : quarter ? "-Q" : week ? "-W" : "-";
            have = quarter || week ? DATE : MONTH;
        } else if (have == MONTH) {
            p->before[k] = "-";
            have = DATE;
        } else if (have == DATE) {
            p->before[k] = " ";
            have = small_number(text, 2) >= 0 ? HOUR : TIME;
            if (have == HOUR && counts_from_one(first, column)) p->hour = k;
        } else if (have == HOUR || have == MINUTE) {
            p->before[k] = ":";
            have = have == HOUR ? MINUTE : SECOND;
        } else {
            return false;
        }
        if (p->column[k] > p->column[p->last]) p->last = k;
    }
    if (have == HOUR) p->after = ":00";
    return true;
}

/* The joined texts of the first rows, as a file of one column. */
typedef struct joined_rows {
    lc_csv_row *row;
    const char **cell;
    char (*text)[LC_STAMP_JOINED];
} joined_rows;

static bool join_rows(joined_rows *j, const lc_stamp_parts *p, const lc_first_rows *first, const lc_cell_rules *rules)
{
    size_t bad;
    j->row = lc_calloc(first->n, sizeof *j->row);
    j->cell = lc_calloc(first->n, sizeof *j->cell);
    j->text = lc_calloc(first->n, sizeof *j->text);
    if (!j->row || !j->cell || !j->text) return false;
    for (size_t i = 0; i < first->n; i++) {
        bool whole = has_parts(first, i, p->column, p->n, rules) &&
                     lc_stamp_parts_join_row(p, first->row[i].cell, j->text[i], &bad);
        if (!whole) j->text[i][0] = '\0';
        j->cell[i] = j->text[i];
        j->row[i] = (lc_csv_row){.line = first->row[i].line, .n = 1, .cell = &j->cell[i]};
    }
    return true;
}

static void free_rows(joined_rows *j)
{
    lc_free(j->row);
    lc_free(j->cell);
    lc_free(j->text);
}

lc_code lc_stamp_columns_join(lc_stamp_parts *p, const lc_first_rows *first, const size_t *column, size_t n,
                              const lc_cell_rules *rules, lc_clock_column *clock, bool *fits,
                              char example[LC_STAMP_JOINED], lc_status *st)
{
    size_t row = 0;
    *p = (lc_stamp_parts){.n = n};
    *fits = false;
    example[0] = '\0';
    while (row < first->n && !has_parts(first, row, column, n, rules)) row++;
    if (n > LC_STAMP_PARTS || row == first->n) return LC_OK;
    bool turn = !begins_stamp(first->row[row].cell[column[0]]) && begins_stamp(first->row[row].cell[column[n - 1]]);
    for (size_t k = 0; k < n; k++) p->column[k] = column[turn ? n - 1 - k : k];
    if (!set_marks(p, first, row)) return LC_OK;
    joined_rows j = {0};
    char name[] = "", format[2 * LC_PATTERN_ROOM], time[LC_PATTERN_ROOM];
    char *const names[] = {name};
    lc_code code = join_rows(&j, p, first, rules) ? LC_OK : lc_fail_memory(st);
    if (code != LC_OK) goto done;
    lc_first_rows joined = {.file = first->file,
                            .names = names,
                            .n_columns = 1,
                            .row = j.row,
                            .n = first->n,
                            .time_format = first->time_format};
    memcpy(example, j.text[row], LC_STAMP_JOINED);
    code = lc_time_column_try(&joined, 0, true, rules, clock, fits, st);
    /* --time-format may name the form of the date alone. */
    const char *blank = strchr(example, ' ');
    if (code != LC_OK || *fits || !*first->time_format || !blank) goto done;
    if (!lc_pattern_guess_time(time, blank + 1)) goto done;
    snprintf(format, sizeof format, "%s %s", first->time_format, time);
    joined.time_format = format;
    if (strlen(format) < LC_PATTERN_ROOM) code = lc_time_column_try(&joined, 0, true, rules, clock, fits, st);
done:
    free_rows(&j);
    return code;
}

/* ---- columns found by themselves ---- */

typedef bool (*cell_fn)(const char *cell);

static bool is_two_digits(const char *cell)
{
    return small_number(cell, 2) >= 0;
}

/* Cells like 1, 05, Jan, Q1, W05. */
static bool is_short(const char *cell)
{
    return strlen(cell) <= 9;
}

/* Whether more than half of the cells are like that. */
static bool column_is(const lc_first_rows *first, size_t column, const lc_cell_rules *rules, cell_fn fn)
{
    size_t n = 0, good = 0;
    for (size_t i = 0; i < first->n; i++) {
        if (column >= first->row[i].n || lc_cell_is_missing(rules, first->row[i].cell[column])) continue;
        n++;
        good += fn(first->row[i].cell[column]);
    }
    return good * 2 > n;
}

static size_t find_called(const lc_first_rows *first, const char *const *taken, const char *const *names, cell_fn fn,
                          const lc_cell_rules *rules)
{
    for (size_t i = 0; i < first->n_columns; i++)
        if (!taken[i] && is_called(first, i, names) && column_is(first, i, rules, fn)) return i;
    return LC_NO_COLUMN;
}

/* Adds columns that go on where the last one ended, hour and minute. */
static size_t add_called(size_t *column, size_t n, const lc_first_rows *first, const char *const *taken,
                         const char *const *const *lists, const lc_cell_rules *rules)
{
    for (; *lists; lists++) {
        size_t next = find_called(first, taken, *lists, is_two_digits, rules);
        if (next == LC_NO_COLUMN) break;
        column[n++] = next;
    }
    return n;
}

static bool is_date(const char *cell)
{
    return !strchr(cell, ':');
}

/* A time of day beside the dates, or called so; else an hour, and perhaps a minute. */
static size_t beside_date(size_t *column, const lc_first_rows *first, const char *const *taken,
                          const lc_cell_rules *rules)
{
    static const char *const *const hours[] = {hour_names, minute_names, NULL};
    const size_t date = column[0];
    if (!column_is(first, date, rules, is_date)) return 0;
    for (size_t i = 0; i < first->n_columns; i++) {
        bool near = i + 1 == date || i == date + 1;
        if (taken[i] || i == date || (!near && !is_called(first, i, time_names))) continue;
        if (!column_is(first, i, rules, lc_is_time_of_day)) continue;
        column[1] = i;
        return 2;
    }
    return add_called(column, 1, first, taken, hours, rules);
}

static size_t beside_year(size_t *column, const lc_first_rows *first, const char *const *taken,
                          const lc_cell_rules *rules)
{
    static const char *const *const days[] = {day_names, hour_names, minute_names, NULL};
    if ((column[1] = find_called(first, taken, month_names, is_short, rules)) != LC_NO_COLUMN)
        return add_called(column, 2, first, taken, days, rules);
    if ((column[1] = find_called(first, taken, quarter_names, is_short, rules)) != LC_NO_COLUMN) return 2;
    if ((column[1] = find_called(first, taken, week_names, is_short, rules)) != LC_NO_COLUMN) return 2;
    return 0;
}

/* --time-format may be that of two columns together. */
static lc_code find_by_format(lc_stamp_parts *p, const lc_first_rows *first, const char *const *taken,
                              const lc_cell_rules *rules, lc_clock_column *clock, lc_status *st)
{
    lc_code code = LC_OK;
    bool fits = false;
    char example[LC_STAMP_JOINED];
    for (size_t i = 0; i < first->n_columns && code == LC_OK && !fits; i++) {
        size_t column[LC_STAMP_PARTS] = {i}, n = taken[i] ? 0 : beside_date(column, first, taken, rules);
        if (n == 2) code = lc_stamp_columns_join(p, first, column, n, rules, clock, &fits, example, st);
    }
    if (!fits) p->n = 0;
    return code;
}

lc_code lc_stamp_columns_find(lc_stamp_parts *p, const lc_first_rows *first, const char *const *taken, size_t time,
                              lc_clock_style style, const lc_cell_rules *rules, lc_clock_column *clock, lc_status *st)
{
    size_t column[LC_STAMP_PARTS] = {time}, n = 0;
    char example[LC_STAMP_JOINED];
    bool fits;
    *p = (lc_stamp_parts){.n = 0};
    if (time == LC_NO_COLUMN && *first->time_format) return find_by_format(p, first, taken, rules, clock, st);
    const bool counts = style == LC_CLOCK_INTEGER || style == LC_CLOCK_EPOCH_S || style == LC_CLOCK_EPOCH_MS;
    if (time == LC_NO_COLUMN || counts) column[0] = find_called(first, taken, year_names, is_year, rules);
    else if (style == LC_CLOCK_MONTH) return LC_OK;
    if (column[0] == LC_NO_COLUMN) return LC_OK;
    if (column[0] != time || style == LC_CLOCK_YEAR) n = beside_year(column, first, taken, rules);
    else n = beside_date(column, first, taken, rules);
    if (n < 2) return LC_OK;
    lc_code code = lc_stamp_columns_join(p, first, column, n, rules, clock, &fits, example, st);
    if (code != LC_OK || !fits) p->n = 0;
    return code;
}

lc_code lc_stamp_columns_repeat(bool *repeats, const lc_first_rows *first, size_t column, size_t id, lc_status *st)
{
    lc_names seen = {0};
    lc_buf key = {0};
    *repeats = false;
    for (size_t i = 0; i < first->n && !*repeats && !key.failed; i++) {
        bool is_new = true;
        const lc_csv_row *row = &first->row[i];
        if (column >= row->n || !*row->cell[column] || (id != LC_NO_COLUMN && id >= row->n)) continue;
        key.len = 0;
        lc_buf_puts(&key, row->cell[column]);
        lc_buf_puts(&key, "\n");
        lc_buf_puts(&key, id == LC_NO_COLUMN ? "" : row->cell[id]);
        if (!key.failed && lc_names_add(&seen, key.data, &is_new) == LC_NO_NAME) key.failed = true;
        *repeats = !is_new;
    }
    lc_code code = key.failed ? lc_fail_memory(st) : LC_OK;
    lc_buf_free(&key);
    lc_names_free(&seen);
    return code;
}
