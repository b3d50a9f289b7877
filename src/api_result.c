/* Results read back from the files that were written of them. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "data/rows.h"
#include "report/result.h"

typedef struct reader {
    lc_result *r;
    const char *path;
    bool started;
} reader;

static bool is_text_column(const char *name)
{
    return strcmp(name, "unique_id") == 0 || strcmp(name, "ds") == 0 || strcmp(name, "model") == 0 ||
           strcmp(name, "cutoff") == 0 || strcmp(name, "statistic") == 0 || strcmp(name, "column") == 0;
}

static lc_code refuse_header(const reader *in, lc_status *st)
{
    const bool table = lc_result_find(in->r, "mae") != SIZE_MAX && lc_result_find(in->r, "windows") != SIZE_MAX;
    if (table) lc_fail_at(st, LC_E_PARSE, in->path, 0, 0, "is the table of evaluate, which has no chart");
    else lc_fail_at(st, LC_E_PARSE, in->path, 1, 0, "is no result of forecast or detect: unique_id or ds is missing");
    lc_hint(st, "plot draws what forecast -o and detect -o wrote, evaluate --plot a backtest");
    return LC_E_PARSE;
}

static lc_code read_row(void *ctx, const lc_csv_row *row, lc_status *st)
{
    reader *in = ctx;
    if (!in->started) {
        in->started = true;
        lc_code code = LC_OK;
        for (size_t i = 0; code == LC_OK && i < row->n; i++)
            code = lc_result_add_column(in->r, row->cell[i],
                                        is_text_column(row->cell[i]) ? LC_COLUMN_TEXT : LC_COLUMN_REAL, 0, st);
        bool known = lc_result_find(in->r, "unique_id") != SIZE_MAX && lc_result_find(in->r, "ds") != SIZE_MAX;
        return code == LC_OK && !known ? refuse_header(in, st) : code;
    }
    if (row->n != lc_result_columns(in->r))
        return lc_fail_at(st, LC_E_PARSE, in->path, row->line, 0, "has %zu cells, the header has %zu", row->n,
                          lc_result_columns(in->r));
    lc_code code = lc_result_add_row(in->r, st);
    for (size_t i = 0; code == LC_OK && i < row->n; i++) {
        double x = NAN;
        const char *cell = row->cell[i];
        if (lc_result_column_type(in->r, i) == LC_COLUMN_TEXT) {
            code = lc_result_set_text(in->r, i, cell, st);
        } else if (*cell && !lc_parse_double(cell, strlen(cell), &x)) {
            char shown[48];
            code = lc_fail_at(st, LC_E_PARSE, in->path, row->line, i + 1, "\"%s\" is not a number",
                              lc_printable(shown, sizeof shown, cell, strlen(cell)));
        } else {
            lc_result_set_real(in->r, i, x);
        }
    }
    return code;
}

lc_code lc_result_read(lc_result **out, const char *path, lc_status *st)
{
    *out = NULL;
    reader in = {.r = lc_result_create(), .path = path};
    lc_code code = in.r ? lc_rows_read_file(path, ',', read_row, &in, st) : lc_fail_memory(st);
    /* A file without a line has not been asked yet. */
    if (code == LC_OK && !in.started) code = refuse_header(&in, st);
    if (code == LC_OK) *out = in.r;
    else lc_result_free(in.r);
    return code;
}
