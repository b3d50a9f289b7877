#include "data/roles.h"

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

/* ---- names given by the user ---- */

static void hint_columns(const lc_first_rows *first, const char *wanted, lc_status *st)
{
    char list[200], shown[NAME_ROOM];
    size_t len = 0, best = 4;
    const char *nearest = NULL;
    list[0] = '\0';
    for (size_t i = 0; i < first->n_columns; i++) {
        size_t distance = lc_edit_distance(wanted, first->names[i]);
        if (distance < best && distance < strlen(wanted)) {
            best = distance;
            nearest = first->names[i];
        }
        shown_name(first, i, shown);
        if (len + strlen(shown) + 8 < 150) {
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i ? ", " : "", shown);
        } else if (len < 160) {
            snprintf(list + len, sizeof list - len, ", ...");
            len = 160;
        }
    }
    if (nearest)
        lc_hint(st, "did you mean \"%s\"? Columns: %s", lc_printable(shown, NAME_ROOM, nearest, strlen(nearest)), list);
    else lc_hint(st, "columns: %s", list);
}

static lc_code find_column(const lc_first_rows *first, const char *option, const char *name, size_t *out, lc_status *st)
{
    size_t n = strlen(name);
    char shown[NAME_ROOM];
    while (n && *name == ' ') name++, n--;
    while (n && name[n - 1] == ' ') n--;
    for (size_t i = 0; i < first->n_columns; i++) {
        if (strlen(first->names[i]) != n || memcmp(first->names[i], name, n) != 0) continue;
        *out = i;
        return LC_OK;
    }
    lc_fail_at(st, LC_E_USAGE, first->file, 0, 0, "--%s: there is no column \"%s\"", option,
               lc_printable(shown, sizeof shown, name, n));
    hint_columns(first, name, st);
    return LC_E_USAGE;
}

/* taken[column] is the option that took the column. */
static lc_code take(const lc_first_rows *first, const char **taken, const char *option, const char *name, size_t *out,
                    lc_status *st)
{
    lc_code code = find_column(first, option, name, out, st);
    if (code != LC_OK) return code;
    char shown[NAME_ROOM];
    if (taken[*out]) {
        lc_fail_at(st, LC_E_USAGE, first->file, 0, 0, "column \"%s\" is named by --%s and by --%s",
                   shown_name(first, *out, shown), taken[*out], option);
        lc_hint(st, "give each column one role");
        return LC_E_USAGE;
    }
    taken[*out] = option;
    return LC_OK;
}

const char *lc_roles_option(const lc_roles *r, size_t i)
{
    if (i < r->n_targets) return "target";
    if (i < r->n_targets + r->n_past) return "past";
    return i < r->n_targets + r->n_past + r->n_future ? "future" : "static";
}

bool lc_roles_join_option(const lc_roles *r, char *const *columns, char *out, size_t room)
{
    size_t len = 0;
    for (size_t k = 0; k < r->spare.n; k++) {
        const char *name = columns[r->spare.column[k]];
        len += (size_t)snprintf(out + len, room - len, "%s%s", k ? "," : "", name);
        if (len >= room) return false;
    }
    char *shown = r->spare.n ? lc_strdup(out) : NULL;
    if (shown) lc_printable(out, room, shown, len);
    free(shown);
    return r->spare.n && len;
}

static lc_code take_values(lc_roles *r, const lc_first_rows *first, const char **taken, const char *option,
                           const char *list, size_t *count, lc_status *st)
{
    char **names;
    size_t n;
    lc_code code = LC_OK;
    if (!lc_split_names(list, &names, &n)) return lc_fail_memory(st);
    size_t before = lc_roles_values(r), cap = before;
    if (n && !LC_GROW(&r->value, &cap, before + n)) code = lc_fail_memory(st);
    for (size_t i = 0; i < n && code == LC_OK; i++) {
        size_t column;
        code = take(first, taken, option, names[i], &column, st);
        if (code != LC_OK) break;
        r->value[before + i] = (lc_value_column){.column = column, .named = true};
        (*count)++;
    }
    lc_free_names(names, n);
    return code;
}

/* ---- roles found by themselves ---- */

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
    for (size_t i = 0; i < n && code == LC_OK; i++) code = take(first, taken, "time", names[i], &column[i], st);
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
    lc_code code =
        several ? join_named(r, first, taken, names, n, rules, st) : take(first, taken, "time", list, &r->time, st);
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
    if (p.column[0] == r->time) code = lc_stamp_columns_repeat(&repeats, first, r->time, r->id, st);
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
    while (row + 1 < first->n && !lc_stamp_parts_join_row(&p, first->row[row].cell, example, &bad)) row++;
    return lc_note(notes, "time stamps are joined from the columns %s, as in %s", list, example) ? LC_OK
                                                                                                 : lc_fail_memory(st);
}

static lc_code find_time(lc_roles *r, const lc_first_rows *first, const char **taken, const lc_settings *s,
                         const lc_cell_rules *rules, lc_status *st)
{
    bool fits;
    lc_code code;
    if (*s->time) return named_time(r, first, taken, s->time, rules, st);
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

typedef struct column_look {
    size_t cells, numbers, almost; /* cells that are not missing */
    size_t almost_row;
} column_look;

static column_look look_at(const lc_first_rows *first, size_t column, const lc_cell_rules *rules)
{
    column_look look = {0};
    for (size_t i = 0; i < first->n; i++) {
        double x;
        if (column >= first->row[i].n) continue;
        const char *cell = first->row[i].cell[column];
        bool number = lc_cell_value(rules, cell, &x, NULL);
        if (number && x != x) continue;
        look.cells++;
        if (number) {
            look.numbers++;
        } else if (lc_cell_is_almost_number(rules, cell)) {
            if (!look.almost++) look.almost_row = i;
        }
    }
    return look;
}

static lc_code not_a_number(const lc_first_rows *first, size_t row, size_t column, const lc_cell_rules *rules,
                            lc_status *st)
{
    char shown[NAME_ROOM], cell_shown[64];
    const char *cell = first->row[row].cell[column];
    lc_fail_at(st, LC_E_PARSE, first->file, first->row[row].line, column + 1, "column \"%s\": \"%s\" is not a number",
               shown_name(first, column, shown), lc_printable(cell_shown, sizeof cell_shown, cell, strlen(cell)));
    lc_cell_hint(rules, cell, st);
    return LC_E_PARSE;
}

static bool note_ignored(const lc_first_rows *first, const size_t *ignored, size_t n, lc_notes *notes)
{
    enum { MOST = 4 };
    char list[4 * NAME_ROOM + 64], shown[NAME_ROOM];
    size_t len = 0;
    for (size_t i = 0; i < n && i < MOST; i++)
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i ? ", " : "",
                                shown_name(first, ignored[i], shown));
    if (n > MOST) snprintf(list + len, sizeof list - len, " and %zu more", n - MOST);
    return lc_note(notes, "text column%s ignored: %s", n == 1 ? "" : "s", list);
}

static lc_code find_targets(lc_roles *r, const lc_first_rows *first, const char **taken, const lc_cell_rules *rules,
                            lc_notes *notes, lc_status *st)
{
    lc_code code = LC_OK;
    size_t n_ignored = 0, cap = 0, found = 0;
    size_t *ignored = calloc(first->n_columns, sizeof *ignored);
    lc_value_column *value = NULL;
    if (!ignored || !LC_GROW(&value, &cap, first->n_columns)) {
        code = lc_fail_memory(st);
        goto done;
    }
    size_t with_numbers = 0;
    for (size_t i = 0; i < first->n_columns; i++) {
        if (taken[i]) continue;
        column_look look = look_at(first, i, rules);
        if (look.almost && (look.numbers + look.almost) * 2 >= look.cells && look.numbers * 2 < look.cells) {
            code = not_a_number(first, look.almost_row, i, rules, st);
            goto done;
        }
        if (look.numbers * 2 < look.cells) {
            ignored[n_ignored++] = i;
            continue;
        }
        with_numbers += look.numbers > 0;
        value[found++] = (lc_value_column){.column = i, .tentative = look.numbers == 0};
    }
    if (!with_numbers) {
        code = lc_fail_at(st, LC_E_DATA, first->file, 0, 0, "no column holds numbers to forecast");
        if (first->n_columns == 1) lc_hint(st, "is the file cut at the right delimiter? --delimiter names one");
        else hint_columns(first, "", st);
        goto done;
    }
    if (n_ignored && !note_ignored(first, ignored, n_ignored, notes)) {
        code = lc_fail_memory(st);
        goto done;
    }
    /* Targets stand before the covariates that are there already. */
    size_t others = lc_roles_values(r), total = found + others;
    if (!LC_GROW(&value, &cap, total)) {
        code = lc_fail_memory(st);
        goto done;
    }
    if (others) memcpy(value + found, r->value, others * sizeof *value);
    free(r->value);
    r->value = value;
    r->n_targets = found;
    value = NULL;
done:
    free(ignored);
    free(value);
    return code;
}

static lc_code no_column_follows(const lc_first_rows *first, lc_status *st)
{
    lc_fail_at(st, LC_E_PARSE, first->file, first->row[0].line, 0, "no column follows --time-format %s",
               first->time_format);
    lc_hint(st, "name the column with --time to see which cell does not");
    return LC_E_PARSE;
}

/* A first column of text with digits looks like one, too: 1990-Q1. */
static bool looks_like_time(const lc_first_rows *first, size_t column)
{
    return lc_is_time_name(first->names[column]) || (column == 0 && strpbrk(first->row[0].cell[0], "0123456789"));
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

lc_code lc_roles_decide(lc_roles *r, const lc_first_rows *first, const lc_settings *s, const lc_cell_rules *rules,
                        lc_notes *notes, lc_status *st)
{
    memset(r, 0, sizeof *r);
    r->time = r->id = LC_NO_COLUMN;
    const char **taken = calloc(first->n_columns, sizeof *taken);
    if (!taken) return lc_fail_memory(st);
    lc_code code = LC_OK;
    if (*s->id) code = take(first, taken, "id", s->id, &r->id, st);
    if (code == LC_OK && s->ahead) { /* what is known ahead is all that counts */
        code = take_values(r, first, taken, "future", s->future, &r->n_targets, st);
    } else if (code == LC_OK) {
        if (*s->target) code = take_values(r, first, taken, "target", s->target, &r->n_targets, st);
        if (code == LC_OK && *s->past) code = take_values(r, first, taken, "past", s->past, &r->n_past, st);
        if (code == LC_OK && *s->future) code = take_values(r, first, taken, "future", s->future, &r->n_future, st);
        if (code == LC_OK && *s->fixed) code = take_values(r, first, taken, "static", s->fixed, &r->n_static, st);
    }
    for (size_t i = 0; i < first->n_columns && code == LC_OK && !*s->id; i++) {
        if (taken[i] || strcmp(first->names[i], "unique_id") != 0 || strcmp(s->time, "unique_id") == 0) continue;
        r->id = i;
        taken[i] = "id";
    }
    if (code == LC_OK) code = find_time(r, first, taken, s, rules, st);
    if (code == LC_OK && !r->parts.n) code = join_parts(r, first, taken, *s->time, rules, notes, st);
    if (code == LC_OK && r->time == LC_NO_COLUMN && *first->time_format) code = no_column_follows(first, st);
    if (code == LC_OK && r->time == LC_NO_COLUMN && !note_unread_time(first, rules, notes)) code = lc_fail_memory(st);
    if (code == LC_OK && !*s->target && !s->ahead) code = find_targets(r, first, taken, rules, notes, st);
    free(taken);
    return code;
}

void lc_roles_free(lc_roles *r)
{
    free(r->value);
    memset(r, 0, sizeof *r);
}
