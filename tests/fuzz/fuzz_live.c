/* Rows of a stream must not depend on the pieces in which its bytes come. The first byte chooses the settings, the
 * second the size of the pieces. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/live.h"
#include "fuzz/fuzz.h"

static void put_row(lc_buf *b, const lc_live *l, const lc_live_event event, const lc_live_row *row)
{
    if (event == LC_LIVE_BAD) {
        FUZZ_MUST(row->why->code != LC_OK && row->why->text[0]);
        lc_buf_printf(b, "%zu:%zu %s ", row->why->line, row->why->column, row->why->text);
        lc_buf_append(b, row->bytes ? row->bytes : "", row->n_bytes);
        lc_buf_puts(b, "\n");
        return;
    }
    lc_buf_printf(b, "%zu %s %s %lld %d", row->line, row->id ? row->id : "", row->ds, (long long)row->stamp,
                  row->offset_minutes);
    for (size_t i = 0; i < lc_live_columns(l); i++)
        lc_buf_printf(b, " %a%s", row->value[i], lc_live_is_dropped(l, i) ? "x" : "");
    lc_buf_puts(b, "\n");
}

/* false: the stream has failed. */
static bool drain(lc_buf *b, lc_live *l)
{
    for (;;) {
        lc_live_event event;
        lc_live_row row;
        lc_status st = {.code = LC_OK};
        lc_code code = lc_live_next(l, &event, &row, &st);
        FUZZ_MUST(code == st.code && (code == LC_OK || st.text[0]));
        if (code != LC_OK) lc_buf_printf(b, "%d %zu:%zu %s\n", code, st.line, st.column, st.text);
        if (code != LC_OK) return false;
        if (event == LC_LIVE_MORE) return true;
        put_row(b, l, event, &row);
    }
}

/* A reader that recalls what this one has learned goes on. */
static void restore(const lc_live *l, const lc_settings *s)
{
    lc_status st = {.code = LC_OK};
    lc_live *other = NULL;
    if (!lc_live_is_settled(l)) return;
    const lc_live_memory m = lc_live_recall(l);
    FUZZ_MUST(lc_live_create(&other, s, &st) == LC_OK);
    FUZZ_MUST(lc_live_restore(other, &m, &st) == LC_OK);
    FUZZ_MUST(lc_live_columns(other) == lc_live_columns(l));
    lc_live_free(other);
}

static lc_buf read_in_pieces(const char *bytes, size_t n, size_t piece, const lc_settings *s)
{
    lc_buf b = {0};
    lc_live *l = NULL;
    lc_status st = {.code = LC_OK};
    lc_buf_puts(&b, "");
    FUZZ_MUST(lc_live_create(&l, s, &st) == LC_OK && lc_live_begin(l, "f", &st) == LC_OK);
    bool going = true;
    for (size_t at = 0; at < n && going; at += piece) {
        FUZZ_MUST(lc_live_push(l, bytes + at, n - at < piece ? n - at : piece, &st) == LC_OK);
        going = drain(&b, l);
    }
    lc_live_end(l);
    if (going) drain(&b, l);
    restore(l, s);
    lc_live_free(l);
    return b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    const char *bytes = (const char *)data + 2;
    const size_t n = size - 2;
    lc_settings *s = lc_settings_create();
    if (data[0] & 1) lc_settings_set(s, "id", "a", NULL);
    if (data[0] & 2) lc_settings_set(s, "no-header", "true", NULL);
    if (data[0] & 4) lc_settings_set(s, "time-format", "%d/%m/%Y", NULL);
    if (data[0] & 8) lc_settings_set(s, "missing", "-1,x", NULL);
    if (data[0] & 16) lc_settings_set(s, "delimiter", ";", NULL);
    lc_buf whole = read_in_pieces(bytes, n, n ? n : 1, s), parts = read_in_pieces(bytes, n, 1 + data[1] % 16, s);
    FUZZ_MUST(whole.len == parts.len && memcmp(whole.data, parts.data, whole.len) == 0);
    lc_buf_free(&whole);
    lc_buf_free(&parts);
    lc_settings_free(s);
    return 0;
}
