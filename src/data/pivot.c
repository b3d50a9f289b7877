#include "data/pivot.h"

#include <string.h>

#include "base/text.h"
#include "data/clock.h"
#include "data/pattern.h"
#include "data/stamp_text.h"

/* The year that the cell is; 0: none. */
static int year_of(const char *cell)
{
    lc_stamp_text s;
    bool year = lc_stamp_take_apart(&s, cell) && s.shape == LC_SHAPE_INTEGER && s.digits == 4;
    return year && s.integer >= 1800 && s.integer <= 2200 ? (int)s.integer : 0;
}

static bool is_date(const char *cell)
{
    lc_clock c;
    lc_stamp_text s;
    bool ambiguous;
    if (lc_pattern_read(&s, "%m/%d/%y", cell) || lc_pattern_read(&s, "%d/%m/%y", cell)) return true;
    return lc_clock_learn(&c, &cell, 1, &ambiguous) && lc_clock_is_calendar(&c) && c.style != LC_CLOCK_YEAR &&
           c.style != LC_CLOCK_EPOCH_S && c.style != LC_CLOCK_EPOCH_MS;
}

static bool is_month(const char *cell)
{
    const char *p = cell;
    return lc_take_month_name(&p) && !*p;
}

/* Whether the cell goes on with what the one before it began. */
static bool goes_on(const char *before, const char *cell)
{
    int a = year_of(before), b = year_of(cell);
    return (a && b && (b == a + 1 || b == a - 1)) || (is_date(before) && is_date(cell)) ||
           (is_month(before) && is_month(cell));
}

lc_pivot lc_pivot_of(const lc_csv_row *names)
{
    enum { LEAST = 3, MONTHS = 12 };
    lc_pivot longest = {0};
    if (!names->n || year_of(names->cell[0]) || is_date(names->cell[0]) || is_month(names->cell[0])) return longest;
    for (size_t i = 1; i < names->n;) {
        size_t end = i + 1;
        while (end < names->n && goes_on(names->cell[end - 1], names->cell[end])) end++;
        if (end - i > longest.n) longest = (lc_pivot){i, end - i, is_month(names->cell[i])};
        i = end;
    }
    return longest.n >= (size_t)(longest.months ? MONTHS : LEAST) ? longest : (lc_pivot){0};
}

lc_code lc_pivot_check(const char *file, const lc_csv_row *rows, size_t n, lc_status *st)
{
    const lc_pivot p = lc_pivot_of(rows);
    char a[32], b[32];
    if (!p.n || (n > 1 && is_date(rows[1].cell[0]))) return LC_OK;
    const char *first = rows->cell[p.first], *second = rows->cell[p.first + 1];
    lc_fail_at(st, LC_E_DATA, file, rows->line, p.first + 1, "time runs along the columns (%s, %s, ...)",
               lc_printable(a, sizeof a, first, strlen(first)), lc_printable(b, sizeof b, second, strlen(second)));
    lc_hint(st,
            "turn the table: a row for each %s, with the columns ds,y, or unique_id,ds,y for several series; "
            "--target takes columns as they are",
            p.months ? "month" : "time");
    return LC_E_DATA;
}
