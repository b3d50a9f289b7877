#include "data/dialect.h"

#include <string.h>

#include "base/text.h"
#include "data/clock.h"
#include "data/pivot.h"

enum { CANDIDATES = 4, LINES = 64 };

/* In order of preference: where several cut evenly, the comma is the one that also stands inside numbers. */
static const char candidate[CANDIDATES] = {'\t', ';', '|', ','};

typedef struct line_counts {
    size_t count[LINES][CANDIDATES];
    size_t n;
} line_counts;

/* Counts each candidate on the first lines that are not blank; a cut-off last line counts only when it is alone. */
static void count_lines(line_counts *lines, const char *bytes, size_t n)
{
    bool quoted = false, content = false;
    size_t now[CANDIDATES] = {0};
    lines->n = 0;
    for (size_t i = 0; i <= n && lines->n < LINES; i++) {
        bool end = i == n;
        char b = end ? '\n' : bytes[i];
        if (b == '"') quoted = !quoted;
        bool line_end = end || (!quoted && (b == '\n' || b == '\r'));
        if (line_end) {
            bool cut_off = end && n == LC_CSV_SNIFF_BYTES && lines->n > 0;
            if (content && !cut_off) memcpy(lines->count[lines->n++], now, sizeof now);
            memset(now, 0, sizeof now);
            content = false;
            continue;
        }
        if (b != ' ') content = true;
        for (size_t k = 0; !quoted && k < CANDIDATES; k++)
            if (b == candidate[k]) now[k]++;
    }
}

/* How many lines share the most common count above zero of candidate k. */
static size_t agreement(const line_counts *lines, size_t k)
{
    size_t best = 0;
    for (size_t i = 0; i < lines->n; i++) {
        size_t same = 0;
        for (size_t j = 0; j < lines->n; j++) same += lines->count[j][k] == lines->count[i][k];
        if (lines->count[i][k] && same > best) best = same;
    }
    return best;
}

char lc_sniff_delimiter(const char *bytes, size_t n)
{
    line_counts lines;
    count_lines(&lines, bytes, n);
    char best = ',';
    size_t most = 0;
    for (size_t k = 0; k < CANDIDATES; k++) {
        size_t agree = agreement(&lines, k);
        if (agree > most) {
            most = agree;
            best = candidate[k];
        }
    }
    return best;
}

bool lc_delimiter_of(const char *text, char *out)
{
    if (lc_equal_nocase(text, "tab") || strcmp(text, "\\t") == 0) text = "\t";
    if (text[0] && text[1]) return false;
    *out = text[0];
    return !text[0] || memchr(candidate, text[0], CANDIDATES) != NULL;
}

typedef enum cell_kind { CELL_MISSING, CELL_NUMBER, CELL_STAMP, CELL_TEXT } cell_kind;

static cell_kind kind_of(const char *cell, const lc_cell_rules *rules)
{
    double x;
    lc_clock clock;
    bool ambiguous;
    if (lc_cell_is_missing(rules, cell)) return CELL_MISSING;
    if (lc_cell_number(rules, cell, &x)) return CELL_NUMBER;
    return lc_clock_learn(&clock, &cell, 1, &ambiguous) ? CELL_STAMP : CELL_TEXT;
}

bool lc_sniff_header(const lc_csv_row *rows, size_t n, const lc_cell_rules *rules)
{
    enum { LOOK = 20 };
    if (n == 0) return false;
    size_t look = n < LOOK ? n : LOOK;
    if (lc_pivot_of(&rows[0]).n) return true;
    bool text_above_data = false, all_text = true;
    for (size_t col = 0; col < rows[0].n; col++) {
        cell_kind first = kind_of(rows[0].cell[col], rules);
        if (first == CELL_NUMBER || first == CELL_STAMP) all_text = false;
        size_t stamps = 0, numbers = 0;
        for (size_t i = 1; i < look; i++) {
            if (col >= rows[i].n) continue;
            cell_kind kind = kind_of(rows[i].cell[col], rules);
            stamps += kind == CELL_STAMP;
            numbers += kind == CELL_NUMBER;
        }
        if (first == CELL_STAMP && stamps) return false;
        /* A header cell may be empty: the row numbers that data frames write have none. */
        if (first == CELL_TEXT && (stamps || numbers)) text_above_data = true;
    }
    return text_above_data || (all_text && rows[0].n > 0);
}
