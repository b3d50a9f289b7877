#include "data/roles.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/time_role.h"

#define NAME_ROOM 80

static const char *shown_name(const lc_first_rows *first, size_t column, char out[NAME_ROOM])
{
    return lc_printable(out, NAME_ROOM, first->names[column], strlen(first->names[column]));
}

/* ---- names given by the user ---- */

static const char *column_at(void *list, size_t i)
{
    const lc_first_rows *first = list;
    return i < first->n_columns ? first->names[i] : NULL;
}

/* wanted: what a user took for a name, or NULL. */
static void hint_columns(const lc_first_rows *first, const char *wanted, lc_status *st)
{
    char list[200], shown[NAME_ROOM];
    size_t len = 0;
    lc_first_rows names = *first;
    const size_t near = wanted ? lc_nearest(wanted, column_at, &names) : SIZE_MAX;
    list[0] = '\0';
    for (size_t i = 0; i < first->n_columns; i++) {
        shown_name(first, i, shown);
        if (len + strlen(shown) + 8 < 150) {
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i ? ", " : "", shown);
        } else if (len < 160) {
            snprintf(list + len, sizeof list - len, ", ...");
            len = 160;
        }
    }
    if (near != SIZE_MAX) lc_hint(st, "did you mean \"%s\"? Columns: %s", shown_name(first, near, shown), list);
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
    char wanted[NAME_ROOM];
    snprintf(wanted, sizeof wanted, "%.*s", (int)n, name);
    hint_columns(first, wanted, st);
    return LC_E_USAGE;
}

lc_code lc_roles_take(const lc_first_rows *first, const char **taken, const char *option, const char *name, size_t *out,
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
    if (i < r->n_targets + r->n_past + r->n_future) return "future";
    return i < r->n_targets + r->n_past + r->n_future + r->n_static ? "static" : "labels";
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
        code = lc_roles_take(first, taken, option, names[i], &column, st);
        if (code != LC_OK) break;
        r->value[before + i] = (lc_value_column){.column = column, .named = true};
        (*count)++;
    }
    lc_free_names(names, n);
    return code;
}

/* The setting may name a file instead: whoever wants labels looks for one where no column has the name. */
static lc_code take_labels(lc_roles *r, const lc_first_rows *first, const char **taken, const char *name, lc_status *st)
{
    size_t column = 0, cap = lc_roles_values(r);
    while (column < first->n_columns && strcmp(first->names[column], name) != 0) column++;
    if (column == first->n_columns) return LC_OK;
    lc_code code = lc_roles_take(first, taken, "labels", name, &column, st);
    if (code != LC_OK) return code;
    if (!LC_GROW(&r->value, &cap, cap + 1)) return lc_fail_memory(st);
    r->value[lc_roles_values(r)] = (lc_value_column){.column = column, .named = true};
    r->n_labels = 1;
    return LC_OK;
}

/* ---- roles found by themselves ---- */

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
        if ((number && x != x) || (!number && lc_cell_means_missing(cell))) continue;
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
    char shown[NAME_ROOM];
    return lc_cell_fail(rules, first->file, first->row[row].line, column + 1, shown_name(first, column, shown),
                        first->row[row].cell[column], st);
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

/* The numbers of the rows, which data frames and databases put before them: 0, 1, 2, ... or 1, 2, 3, ... */
static bool counts_rows(const lc_first_rows *first, size_t column, const lc_cell_rules *rules)
{
    static const char *const names[] = {"c1",  "no",       "no.",    "nr",    "#",
                                        "row", "rownames", "row_id", "index", "unnamed: 0"};
    bool called = false;
    double begin = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !called; i++)
        called = lc_equal_nocase(names[i], first->names[column]);
    if (!called || column || (first->n < 3 && !first->live)) return false;
    for (size_t i = 0; i < first->n; i++) {
        double x;
        if (column >= first->row[i].n || !lc_cell_number(rules, first->row[i].cell[column], &x)) return false;
        if (i == 0) begin = x;
        if ((begin != 0 && begin != 1) || x != begin + (double)i) return false;
    }
    return true;
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
    size_t with_numbers = 0, counter = LC_NO_COLUMN;
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
        if (counts_rows(first, i, rules)) counter = i;
        with_numbers += look.numbers > 0;
        value[found++] = (lc_value_column){.column = i, .tentative = look.numbers == 0};
    }
    if (!with_numbers && lc_roles_values(r)) {
        code = lc_fail_at(st, LC_E_USAGE, first->file, 0, 0, "--%s leaves no column of numbers to forecast",
                          lc_roles_option(r, 0));
        lc_hint(st, "name the columns to forecast with --target");
        goto done;
    }
    if (!with_numbers) {
        code = lc_fail_at(st, LC_E_DATA, first->file, 0, 0, "no column holds numbers to forecast");
        if (first->n_columns == 1) lc_hint(st, "is the file cut at the right delimiter? --delimiter names one");
        else hint_columns(first, NULL, st);
        goto done;
    }
    if (counter != LC_NO_COLUMN && with_numbers > 1) {
        char shown[NAME_ROOM];
        if (!lc_note(notes, "column \"%s\" counts the rows and is ignored", shown_name(first, counter, shown))) {
            code = lc_fail_memory(st);
            goto done;
        }
        memmove(value, value + 1, --found * sizeof *value); /* it is the first column */
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

lc_code lc_roles_decide(lc_roles *r, const lc_first_rows *first, const lc_settings *s, const lc_cell_rules *rules,
                        lc_notes *notes, lc_status *st)
{
    memset(r, 0, sizeof *r);
    r->time = r->id = LC_NO_COLUMN;
    const char **taken = calloc(first->n_columns, sizeof *taken);
    if (!taken) return lc_fail_memory(st);
    lc_code code = LC_OK;
    if (*s->id) code = lc_roles_take(first, taken, "id", s->id, &r->id, st);
    if (code == LC_OK && s->ahead) { /* what is known ahead is all that counts */
        code = take_values(r, first, taken, "future", s->future, &r->n_targets, st);
    } else if (code == LC_OK) {
        if (*s->target) code = take_values(r, first, taken, "target", s->target, &r->n_targets, st);
        if (code == LC_OK && *s->past) code = take_values(r, first, taken, "past", s->past, &r->n_past, st);
        if (code == LC_OK && *s->future) code = take_values(r, first, taken, "future", s->future, &r->n_future, st);
        if (code == LC_OK && *s->fixed) code = take_values(r, first, taken, "static", s->fixed, &r->n_static, st);
        if (code == LC_OK && *s->labels) code = take_labels(r, first, taken, s->labels, st);
    }
    for (size_t i = 0; i < first->n_columns && code == LC_OK && !*s->id; i++) {
        if (taken[i] || strcmp(first->names[i], "unique_id") != 0 || strcmp(s->time, "unique_id") == 0) continue;
        r->id = i;
        taken[i] = "id";
    }
    if (code == LC_OK) code = lc_time_role_decide(r, first, taken, s->time, rules, notes, st);
    if (code == LC_OK && !*s->target && !s->ahead) code = find_targets(r, first, taken, rules, notes, st);
    free(taken);
    return code;
}

void lc_roles_free(lc_roles *r)
{
    free(r->value);
    memset(r, 0, sizeof *r);
}
