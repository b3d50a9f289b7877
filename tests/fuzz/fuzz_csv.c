/* Rows by the splitter and by libcsv must be the same, and a table must not depend on the blocks that it is read in.
 * The first byte chooses the delimiter, the second the size of the blocks. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/csv.h"
#include "data/splitter.h"
#include "data/table.h"
#include "fuzz/fuzz.h"

static lc_code write_row(void *ctx, const lc_csv_row *row, lc_status *st)
{
    lc_buf *b = ctx;
    (void)st;
    lc_buf_printf(b, "%zu:", row->line);
    for (size_t i = 0; i < row->n; i++) lc_buf_printf(b, "%s|", row->cell[i]);
    return LC_OK;
}

static void compare_rows(const char *bytes, size_t n, char delimiter)
{
    static const char *const other[] = {"\x1f\x8b", "\xff\xfe", "\xfe\xff", "\xef\xbb"};
    for (size_t i = 0; n >= 2 && i < 4; i++)
        if (memcmp(bytes, other[i], 2) == 0) return; /* libcsv's front looks at encodings as well */
    lc_buf a = {0}, b = {0};
    lc_csv *c = lc_csv_create("f", delimiter, write_row, &a);
    lc_code code = lc_csv_feed(c, bytes, n, NULL);
    if (code == LC_OK) code = lc_csv_finish(c, NULL);
    lc_csv_free(c);
    lc_splitter *s = lc_splitter_create(delimiter);
    size_t at = 0, line = 1;
    lc_split_row row;
    lc_split_result got;
    while ((got = lc_splitter_next(s, bytes, n, true, &at, &line, &row)) == LC_SPLIT_ROW) write_row(&b, &row.row, NULL);
    lc_splitter_free(s);
    FUZZ_MUST((code == LC_OK) == (got == LC_SPLIT_END));
    FUZZ_MUST(a.len == b.len && (!a.len || memcmp(a.data, b.data, a.len) == 0));
    lc_buf_free(&a);
    lc_buf_free(&b);
}

typedef struct outcome {
    lc_status st;
    size_t rows;
    double sum;
    int64_t stamps;
} outcome;

static outcome read_table(const char *bytes, size_t n, size_t block)
{
    outcome o = {.rows = 0};
    lc_settings *s = lc_settings_create();
    lc_table t = {0};
    lc_code code = lc_table_open(&t, s, &o.st);
    t.block = block;
    if (code == LC_OK) code = lc_table_read_memory(&t, "f", bytes, n, &o.st);
    if (code == LC_OK) code = lc_table_close(&t, &o.st);
    if (code == LC_OK) {
        o.rows = t.n_rows;
        for (size_t i = 0; i < t.n_rows; i++) {
            if (t.stamp) o.stamps ^= t.stamp[i] + (int64_t)i;
            for (size_t v = 0; v < lc_roles_values(&t.roles); v++) {
                double x = lc_number(t.value[v], i);
                if (x == x && x < 1e100 && x > -1e100) o.sum += x;
            }
        }
    }
    lc_table_free(&t);
    lc_settings_free(s);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    const char *bytes = (const char *)data + 2;
    size_t n = size - 2;
    compare_rows(bytes, n, ",;\t|"[data[0] % 4]);
    outcome whole = read_table(bytes, n, 1 << 16), parts = read_table(bytes, n, 1 + data[1] % 64);
    FUZZ_MUST(whole.st.code == parts.st.code && strcmp(whole.st.text, parts.st.text) == 0);
    FUZZ_MUST(whole.st.line == parts.st.line && whole.st.column == parts.st.column);
    FUZZ_MUST(whole.rows == parts.rows && whole.stamps == parts.stamps);
    FUZZ_MUST(memcmp(&whole.sum, &parts.sum, sizeof whole.sum) == 0);
    return 0;
}
