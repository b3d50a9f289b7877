/* Rows by the splitter and by libcsv must be the same, and a table must not depend on the blocks that it is read in.
 * The first byte chooses the delimiter, the second the size of the blocks. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/splitter.h"
#include "data/table.h"
#include "fuzz/fuzz.h"
#include "ref/libcsv_rows.h"

static void compare_rows(const char *bytes, size_t n, char delimiter)
{
    bool failed;
    lc_buf b = {0};
    char *want = libcsv_read(bytes, n, delimiter, "|", "|", &failed);
    lc_splitter *s = lc_splitter_create(delimiter);
    size_t at = 0, line = 1;
    lc_split_row row;
    lc_split_result got;
    lc_buf_puts(&b, "");
    while ((got = lc_splitter_next(s, bytes, n, true, &at, &line, &row)) == LC_SPLIT_ROW) {
        lc_buf_printf(&b, "%zu:", row.row.line);
        for (size_t i = 0; i < row.row.n; i++) lc_buf_printf(&b, "%s|", row.row.cell[i]);
    }
    lc_splitter_free(s);
    FUZZ_MUST(failed == (got != LC_SPLIT_END));
    FUZZ_MUST(strcmp(b.data, want) == 0);
    lc_buf_free(&b);
    free(want);
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
    t.threads = 1; /* inputs are shorter than what is worth a second part */
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
