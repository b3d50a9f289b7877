/* What is wrong with a row, in words. */
#include <string.h>

#include "base/text.h"
#include "data/pattern.h"
#include "data/table.h"

static void stamp_fault(const lc_table *t, const lc_row_fault *f, size_t line, const char *shown, lc_status *st)
{
    char cell[64], example[LC_STAMP_TEXT], other[LC_PATTERN_OPTION];
    const char *what = f->kind == LC_FAULT_DATE   ? "is a day that does not exist"
                       : f->kind == LC_FAULT_ZONE ? "has a zone unlike those of the stamps above"
                                                  : "is not a time stamp";
    const lc_clock *c = &t->state.clock.clock;
    if (f->kind == LC_FAULT_NO_STAMP)
        lc_fail_at(st, LC_E_PARSE, lc_table_file(t), line, f->column, "column \"%s\": the time stamp is missing",
                   shown);
    else
        lc_fail_at(st, LC_E_PARSE, lc_table_file(t), line, f->column, "column \"%s\": \"%s\" %s", shown,
                   lc_printable(cell, sizeof cell, f->cell, strlen(f->cell)), what);
    if (f->kind == LC_FAULT_ZONE)
        lc_hint(st, "write all stamps with an offset like +01:00, all with Z, or all without");
    else if (f->kind == LC_FAULT_DATE && (c->style == LC_CLOCK_US || c->style == LC_CLOCK_EU))
        lc_hint(st, "the column reads as %s first; --time-format %s says otherwise",
                c->style == LC_CLOCK_US ? "month" : "day", lc_pattern_of_pair(other, c, c->style == LC_CLOCK_US));
    else if (t->n_rows)
        lc_hint(st,
                "the stamp above is %s; another form is named with --time-format, another column with --time; "
                "--rejects FILE leaves such rows out",
                lc_clock_format(c, t->stamp[t->n_rows - 1], example));
    else
        lc_hint(st, "another form is named with --time-format, another column of stamps with --time; --rejects FILE "
                    "leaves such rows out");
}

lc_code lc_table_ragged(const lc_table *t, const lc_row_fault *f, size_t line, lc_status *st)
{
    lc_fail_at(st, LC_E_PARSE, lc_table_file(t), line, f->column, "the row has %zu cell%s, %s %zu", f->cells,
               f->cells == 1 ? "" : "s", t->has_header ? "the header" : "the first row", t->n_columns);
    lc_hint(st,
            "mend the row, or leave bad rows out with --rejects FILE; a cell that holds the delimiter must stand in "
            "quotes");
    return LC_E_PARSE;
}

lc_code lc_table_fault(const lc_table *t, const lc_row_fault *f, size_t base, lc_status *st)
{
    const char *file = lc_table_file(t);
    size_t line = base + f->line, column = f->column;
    char shown[LC_NAME_ROOM] = "";
    if (column && column <= t->n_columns) lc_table_column_name(t, column - 1, shown);
    switch (f->kind) {
    case LC_FAULT_NONE: return LC_OK;
    case LC_FAULT_QUOTE:
    case LC_FAULT_OPEN:
    case LC_FAULT_ZERO:
    case LC_FAULT_LONG_CELL:
    case LC_FAULT_LONG_ROW:
    case LC_FAULT_MANY: return lc_split_fail(f->kind, file, line, column, t->delimiter, st);
    case LC_FAULT_RAGGED: return lc_table_ragged(t, f, line, st);
    case LC_FAULT_NUMBER: return lc_cell_fail(&t->rules, file, line, column, shown, f->cell, st);
    case LC_FAULT_NO_STAMP:
    case LC_FAULT_STAMP:
    case LC_FAULT_DATE:
    case LC_FAULT_ZONE: stamp_fault(t, f, line, shown, st); break;
    case LC_FAULT_NO_ID:
        lc_fail_at(st, LC_E_PARSE, file, line, column, "column \"%s\": the id is missing", shown);
        lc_hint(st, "every row of the long layout needs the id of its series");
        break;
    }
    return LC_E_PARSE;
}
