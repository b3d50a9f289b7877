/* Time stamps, patterns, frequencies: what is read must be written back so that it reads as the same. Lines of the
 * input are cells; the first may be a pattern or a frequency. */
#include <string.h>

#include "data/clock_column.h"
#include "data/freq_infer.h"
#include "data/pattern.h"
#include "fuzz/fuzz.h"

enum { CELLS = 16, ROOM = 80 };

static size_t cut(char cell[CELLS][ROOM], const uint8_t *data, size_t size)
{
    size_t n = 0, at = 0;
    while (at < size && n < CELLS) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t len = (end ? (size_t)(end - data) : size) - at, kept = len < ROOM ? len : ROOM - 1;
        memcpy(cell[n], data + at, kept);
        cell[n++][kept] = '\0';
        at += len + 1;
    }
    return n;
}

static void back_and_forth(lc_clock_column col, char (*cell)[ROOM], size_t n)
{
    lc_stamp t[CELLS];
    size_t read = 0;
    bool whole = true;
    for (size_t i = 0; i < n; i++) {
        lc_stamp_verdict v = lc_clock_read(&col, cell[i], &t[read]);
        if (v == LC_STAMP_TURNED) return;
        if (v != LC_STAMP_READ) continue;
        char text[LC_STAMP_TEXT];
        lc_clock c = col.clock;
        c.offset_minutes = col.offset_minutes;
        lc_clock_format(&c, t[read], text);
        lc_stamp again;
        lc_clock_column other = col;
        bool same = lc_clock_read(&other, text, &again) == LC_STAMP_READ && again == t[read];
        /* A pattern may leave the time of day or the century out, and a year of five digits reads as none. */
        whole = whole && (same || c.style == LC_CLOCK_PATTERN || col.ambiguous);
        FUZZ_MUST(whole || t[read] > INT64_C(253402300800000000) || t[read] < INT64_C(-62135596800000000));
        read++;
    }
    lc_freq f;
    lc_freq_evidence e = {0};
    lc_freq_evidence_begin(&e);
    for (size_t i = 0; i < read; i++) lc_freq_evidence_stamp(&e, t[i], col.clock.offset_minutes, &col.clock);
    if (lc_freq_evidence_conclude(&e, &f, &col.clock)) {
        lc_freq_evidence_fits(&e, &f);
        for (size_t i = 0; i < read; i++) {
            bool on;
            int64_t k = lc_freq_steps(&f, t[0], t[i], &on);
            if (k > -100000 && k < 100000 && on && f.unit != LC_FREQ_BUSINESS)
                FUZZ_MUST(lc_freq_add(&f, t[0], k) == t[i]);
            lc_freq_bucket_start(&f, lc_freq_bucket(&f, t[i]));
        }
        lc_freq_evidence_nominal(&e, &f, &col.clock);
    }
    lc_freq_evidence_free(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char cell[CELLS][ROOM];
    size_t n = cut(cell, data, size);
    if (!n) return 0;
    const char *cells[CELLS], *bad;
    for (size_t i = 0; i < n; i++) cells[i] = cell[i];
    lc_clock_column col = {.ambiguous = false};
    if (lc_clock_learn(&col.clock, cells, 1, &col.ambiguous)) back_and_forth(col, cell, n);
    lc_clock_learn(&col.clock, cells, n, &col.ambiguous);
    if (strlen(cell[0]) < LC_PATTERN_ROOM && lc_pattern_check(cell[0], &bad)) {
        lc_clock_column by = {.clock = {.style = LC_CLOCK_PATTERN, .padded = true, .padded_hour = true}};
        memcpy(by.clock.pattern, cell[0], strlen(cell[0]) + 1);
        back_and_forth(by, cell + 1, n - 1);
    }
    lc_freq f;
    char out[24];
    if (lc_freq_parse(&f, cell[0])) lc_freq_format(&f, out);
    return 0;
}
