#include "data/time_column.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/calendar.h"
#include "data/pattern.h"
#include "data/stamp_text.h"

/* Integers under these names may be years or epoch time; under the others they count steps. */
static const char *const date_names[] = {"ds",   "date", "datetime", "date_time", "time", "timestamp",
                                         "year", "ts",   "unix",     "epoch",     NULL};
static const char *const step_names[] = {"t",        "step",      "steps",      "index",    "period",
                                         "timestep", "time_step", "time_index", "time_idx", NULL};

/* Under these, integers are days rather than anything else. */
static const char *const day_names[] = {"ds", "date", "datetime", "date_time", "timestamp", "datum", NULL};

static bool is_among(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (lc_equal_nocase(*list, name)) return true;
    return false;
}

bool lc_is_time_name(const char *name)
{
    return is_among(date_names, name) || is_among(step_names, name);
}

/* 1 is 1 January 1900 there, but 1900 is taken for a leap year: from March 1900 on, 1899-12-30 counts as 0. */
bool lc_holds_day_numbers(const lc_first_rows *first, size_t column, const lc_cell_rules *rules, lc_stamp *day,
                          bool *fraction)
{
    enum { FIRST = 20000, LAST = 80000 }; /* 1954 to 2119 */
    const int64_t zero = lc_day_number(1899, 12, 30);
    size_t n = 0;
    *fraction = false;
    if (!is_among(day_names, first->names[column])) return false;
    for (size_t i = 0; i < first->n; i++) {
        double x;
        if (column >= first->row[i].n || lc_cell_is_missing(rules, first->row[i].cell[column])) continue;
        if (!lc_cell_number(rules, first->row[i].cell[column], &x) || x < FIRST || x >= LAST) return false;
        if (!n++) *day = (zero + (int64_t)x) * LC_MICROS_PER_DAY;
        if (x != floor(x)) *fraction = true;
    }
    return n > 0;
}

static lc_code refuse_day_numbers(const lc_first_rows *first, size_t column, lc_stamp day, lc_status *st)
{
    const lc_clock iso = {.style = LC_CLOCK_ISO, .padded = true};
    char shown[80], date[LC_STAMP_TEXT], cell[32];
    const char *text = first->row[0].cell[column];
    lc_fail_at(st, LC_E_PARSE, first->file, first->row[0].line, column + 1,
               "column \"%s\": %s seems to be a spreadsheet's number for a time on %s, which is not read",
               lc_printable(shown, sizeof shown, first->names[column], strlen(first->names[column])),
               lc_printable(cell, sizeof cell, text, strlen(text)), lc_clock_format(&iso, day, date));
    lc_hint(st,
            "show the column as YYYY-MM-DD HH:MM in the spreadsheet and save it as CSV again, or name another column "
            "with --time");
    return LC_E_PARSE;
}

static bool is_calendar_text(const char *cell)
{
    lc_stamp_text s;
    lc_clock c;
    bool ambiguous;
    if (lc_stamp_take_apart(&s, cell) && s.shape == LC_SHAPE_INTEGER) return false;
    return lc_clock_learn(&c, &cell, 1, &ambiguous);
}

/* YYYYMMDD would pass for a step number with strange gaps. */
static bool is_compact_date(const char *cell)
{
    lc_stamp_text s;
    if (!lc_stamp_take_apart(&s, cell) || s.shape != LC_SHAPE_INTEGER || s.digits != 8) return false;
    s.year = (int)(s.integer / 10000);
    s.month = (int)(s.integer / 100 % 100);
    s.day = (int)(s.integer % 100);
    return s.year >= 1800 && s.year <= 2200 && lc_stamp_date_exists(&s);
}

static lc_code learn_integers(const lc_first_rows *first, size_t column, const char *const *cells, size_t n,
                              lc_clock_column *clock, bool *fits, lc_status *st)
{
    const char *name = first->names[column];
    if (!lc_clock_learn(&clock->clock, cells, n, &clock->ambiguous)) return LC_OK;
    *fits = true;
    if (is_among(step_names, name)) {
        clock->clock.style = LC_CLOCK_INTEGER;
        return LC_OK;
    }
    for (size_t i = 0; i < n; i++)
        if (!is_compact_date(cells[i])) return LC_OK;
    char shown[80];
    lc_fail_at(st, LC_E_PARSE, first->file, first->row[0].line, column + 1,
               "column \"%s\": %s seems to be a date without separators, which is not read",
               lc_printable(shown, sizeof shown, name, strlen(name)), cells[0]);
    lc_hint(st, "--time-format %%Y%%m%%d reads it as a date");
    return LC_E_PARSE;
}

/* With --time-format: the first cell that follows it tells zone and padding. */
static bool follows_format(const lc_first_rows *first, size_t column, const lc_cell_rules *rules,
                           lc_clock_column *clock)
{
    size_t cells = 0, read = 0;
    *clock = (lc_clock_column){.clock = {.style = LC_CLOCK_PATTERN, .padded = true, .padded_hour = true}};
    snprintf(clock->clock.pattern, LC_PATTERN_ROOM, "%s", first->time_format);
    for (size_t i = 0; i < first->n; i++) {
        if (column >= first->row[i].n || lc_cell_is_missing(rules, first->row[i].cell[column])) continue;
        lc_stamp_text s;
        cells++;
        if (!lc_pattern_read(&s, first->time_format, first->row[i].cell[column])) continue;
        if (read++) continue;
        clock->clock.zone = s.zone;
        clock->clock.offset_minutes = s.offset_minutes;
    }
    return read && read * 2 >= cells;
}

lc_code lc_time_column_try(const lc_first_rows *first, size_t column, bool named, const lc_cell_rules *rules,
                           lc_clock_column *clock, bool *fits, lc_status *st)
{
    *fits = false;
    if (*first->time_format) {
        *fits = follows_format(first, column, rules, clock);
        return LC_OK;
    }
    const char **cells = calloc(first->n ? first->n : 1, sizeof *cells);
    if (!cells) return lc_fail_memory(st);
    size_t n = 0, calendar = 0, integers = 0;
    const char *example = NULL;
    lc_stamp day;
    bool fraction;
    for (size_t i = 0; i < first->n; i++) {
        if (column >= first->row[i].n || lc_cell_is_missing(rules, first->row[i].cell[column])) continue;
        const char *cell = cells[n++] = first->row[i].cell[column];
        lc_stamp_text s;
        if (is_calendar_text(cell)) {
            calendar++;
            if (!example) example = cell;
        } else if (lc_stamp_take_apart(&s, cell) && s.shape == LC_SHAPE_INTEGER) {
            integers++;
        } else if (i > 20 && !calendar && !integers) {
            break;
        }
    }
    lc_code code = LC_OK;
    /* A few unreadable cells do not change what the column is: they are errors with a place later on. */
    if (calendar && calendar * 2 >= n) {
        *fits = lc_clock_learn(&clock->clock, &example, 1, &clock->ambiguous);
    } else if (n && integers == n && (named || lc_is_time_name(first->names[column]))) {
        code = learn_integers(first, column, cells, n, clock, fits, st);
    } else if (n && integers < n && lc_holds_day_numbers(first, column, rules, &day, &fraction) && fraction) {
        code = refuse_day_numbers(first, column, day, st);
    }
    free(cells);
    return code;
}
