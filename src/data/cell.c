#include "data/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/numbers.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(const char **s, size_t *n)
{
    while (*n && is_blank(**s)) (*s)++, (*n)--;
    while (*n && is_blank((*s)[*n - 1])) (*n)--;
}

lc_code lc_cell_rules_make(lc_cell_rules *r, const lc_settings *s, lc_status *st)
{
    memset(r, 0, sizeof *r);
    r->decimal_comma = s->decimal_comma;
    if (!lc_split_names(s->missing, &r->missing, &r->n_missing)) return lc_fail_memory(st);
    for (size_t i = 0; i < r->n_missing; i++) {
        const char *word = r->missing[i];
        size_t n = strlen(word);
        double x;
        trim(&word, &n);
        memmove(r->missing[i], word, n);
        r->missing[i][n] = '\0';
        if (lc_cell_number(r, r->missing[i], &x)) r->numeric_missing = true;
    }
    return LC_OK;
}

void lc_cell_rules_free(lc_cell_rules *r)
{
    lc_free_names(r->missing, r->n_missing);
    memset(r, 0, sizeof *r);
}

/* Copies a number without the marks between its thousands and with a decimal point; false where a mark stands in a
 * wrong place. Groups have three digits, the first up to three. */
static bool copy_plain(char *out, size_t room, const char *s, size_t n, char point, char group)
{
    size_t k = 0, digits = 0;
    bool grouped = false, whole = true;
    if (n >= room) return false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == group) {
            if (!whole || digits == 0 || digits > 3 || (grouped && digits != 3)) return false;
            grouped = true;
            digits = 0;
            continue;
        }
        bool digit = s[i] >= '0' && s[i] <= '9';
        if (whole && digit) digits++;
        else if (whole && (i || (s[i] != '-' && s[i] != '+'))) {
            if (grouped && digits != 3) return false;
            whole = false;
        }
        out[k++] = s[i];
        if (s[i] == point) out[k - 1] = '.';
    }
    out[k] = '\0';
    return !(whole && grouped && digits != 3);
}

/* Any decimal; one that overflows is infinite. */
static bool decimal(const lc_cell_rules *r, const char *cell, double *out, bool *keeps)
{
    char text[400], point = r->decimal_comma ? ',' : '.', group = r->decimal_comma ? '.' : ',';
    size_t n = strlen(cell);
    trim(&cell, &n);
    if (r->decimal_comma || memchr(cell, group, n)) {
        if (!copy_plain(text, sizeof text, cell, n, point, group)) return false;
        cell = text;
        n = strlen(text);
    }
    const char *end = cell + n;
    bool negative = n && *cell == '-';
    if (n && (*cell == '-' || *cell == '+')) cell++;
    lc_decimal d;
    if (!lc_decimal_read(&d, cell, end) || d.end != end) return false;
    double x = lc_decimal_value(&d, cell);
    *out = negative ? -x : x;
    if (keeps) *keeps = !d.more && lc_float_keeps(d.w, x);
    return true;
}

static bool number(const lc_cell_rules *r, const char *cell, double *out, bool *keeps)
{
    double x;
    if (!decimal(r, cell, &x, keeps) || !isfinite(x)) return false;
    *out = x;
    return true;
}

bool lc_cell_number(const lc_cell_rules *r, const char *cell, double *out)
{
    return number(r, cell, out, NULL);
}

bool lc_cell_is_missing(const lc_cell_rules *r, const char *cell)
{
    size_t n = strlen(cell);
    trim(&cell, &n);
    if (n == 0) return true;
    double x = NAN, word;
    if (r->numeric_missing && !lc_cell_number(r, cell, &x)) x = NAN;
    for (size_t i = 0; i < r->n_missing; i++) {
        if (strlen(r->missing[i]) == n && strncasecmp(cell, r->missing[i], n) == 0) return true;
        if (x == x && lc_cell_number(r, r->missing[i], &word) && word == x) return true;
    }
    return false;
}

bool lc_cell_value(const lc_cell_rules *r, const char *cell, double *out, bool *float_keeps)
{
    if (!r->numeric_missing && number(r, cell, out, float_keeps)) return true;
    if (lc_cell_is_missing(r, cell)) {
        *out = NAN;
        if (float_keeps) *float_keeps = true;
        return true;
    }
    return r->numeric_missing && number(r, cell, out, float_keeps);
}

bool lc_cell_means_missing(const char *cell)
{
    static const char *const usual[] = {"n/a",  "#n/a", "none", "nat", "nil", "missing", "undefined",
                                        "n.a.", "n.d.", "--",   ".",   "..",  "..."};
    size_t n = strlen(cell);
    trim(&cell, &n);
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (strlen(usual[i]) == n && strncasecmp(cell, usual[i], n) == 0) return true;
    return n > 1 && *cell == '#';
}

/* ---- why a cell is not a number ---- */

typedef enum defect { DEFECT_NONE, DEFECT_CURRENCY, DEFECT_PERCENT, DEFECT_COMMA, DEFECT_POINT, DEFECT_GROUPS } defect;

static size_t currency_length(const char *s)
{
    static const char *const sign[] = {"$", "€", "£", "¥", "USD", "EUR", "GBP", "CHF"};
    for (size_t i = 0; i < sizeof sign / sizeof sign[0]; i++)
        if (strncmp(s, sign[i], strlen(sign[i])) == 0) return strlen(sign[i]);
    return 0;
}

/* Spaces that do not break a line, as some languages put them between thousands; the last one is Latin-1. */
static size_t space_length(const char *s)
{
    static const char *const space[] = {"\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "\xa0"};
    for (size_t i = 0; i < sizeof space / sizeof space[0]; i++)
        if (strncmp(s, space[i], strlen(space[i])) == 0) return strlen(space[i]);
    return 0;
}

/* Copies the cell without its separators, and says which signs were dropped. */
static defect find_defect(const lc_cell_rules *r, const char *cell)
{
    char plain[64];
    size_t k = 0, commas = 0, points = 0, spaces = 0;
    bool currency = false, percent = false;
    size_t n = strlen(cell);
    trim(&cell, &n);
    for (size_t i = 0; i < n;) {
        size_t sign = currency_length(cell + i);
        if (sign > n - i) sign = 0;
        if (k + 1 >= sizeof plain) return DEFECT_NONE;
        if (sign) currency = true;
        else if (cell[i] == '%') percent = true;
        else if (cell[i] == ',') commas++;
        else if (cell[i] == '.') points++;
        else if (cell[i] == ' ' || cell[i] == '\'') spaces++;
        else if (space_length(cell + i)) spaces++, sign = space_length(cell + i);
        else plain[k++] = cell[i];
        i += sign ? sign : 1;
    }
    double x;
    if (k == 0 || !lc_parse_double(plain, k, &x)) return DEFECT_NONE;
    if (currency) return DEFECT_CURRENCY;
    if (percent) return DEFECT_PERCENT;
    if (spaces) return DEFECT_GROUPS;
    bool comma_last = commas == 1 && !strpbrk(strchr(cell, ','), ".");
    if (!r->decimal_comma && comma_last) return DEFECT_COMMA; /* 3,14 and 1.003,14 */
    if (r->decimal_comma && points == 1 && commas == 0) return DEFECT_POINT;
    return commas && commas + points > 1 ? DEFECT_GROUPS : DEFECT_NONE;
}

bool lc_cell_is_almost_number(const lc_cell_rules *r, const char *cell)
{
    return find_defect(r, cell) != DEFECT_NONE;
}

static void hint_at_cure(const lc_cell_rules *r, const char *cell, lc_status *st)
{
    char shown[48];
    switch (find_defect(r, cell)) {
    case DEFECT_CURRENCY:
        lc_hint(st, "take the currency sign out of the column, or choose columns with --target");
        return;
    case DEFECT_PERCENT:
        lc_hint(st, "take the percent sign out of the column, or choose columns with --target");
        return;
    case DEFECT_COMMA: lc_hint(st, "--decimal-comma reads numbers written like 3,14"); return;
    case DEFECT_POINT: lc_hint(st, "this number has a decimal point: leave --decimal-comma out"); return;
    case DEFECT_GROUPS: lc_hint(st, "write numbers without separators between thousands"); return;
    case DEFECT_NONE: break;
    }
    /* A word that the option could not carry. */
    size_t length = strlen(cell);
    if (length >= sizeof shown - 4 || strpbrk(cell, ",\"'\\")) {
        lc_hint(st, "mend the cell, or choose columns with --target");
        return;
    }
    lc_printable(shown, sizeof shown, cell, length);
    /* The list takes the place of the one in force, so it has to go on with that. */
    char words[120] = "";
    size_t n = 0;
    for (size_t i = 0; i < r->n_missing; i++) {
        length = strlen(r->missing[i]);
        if (!length || n + length + 2 > sizeof words) continue;
        memcpy(words + n, r->missing[i], length);
        words[n + length] = ',';
        n += length + 1;
        words[n] = '\0';
    }
    const char *quote = strpbrk(cell, "$`!") ? "'" : "\""; /* a shell leaves single ones alone */
    lc_hint(st, "mend the cell; if it means \"no value\": --missing %s%s%s%s", quote, words, shown, quote);
}

lc_code lc_cell_fail(const lc_cell_rules *r, const char *file, size_t line, size_t column, const char *name,
                     const char *cell, lc_status *st)
{
    char shown[64];
    double x;
    lc_fail_at(st, LC_E_PARSE, file, line, column, "column \"%s\": \"%s\" is %s", name,
               lc_printable(shown, sizeof shown, cell, strlen(cell)),
               decimal(r, cell, &x, NULL) ? "out of range: numbers reach up to 1.8e308 either way" : "not a number");
    hint_at_cure(r, cell, st);
    return LC_E_PARSE;
}
