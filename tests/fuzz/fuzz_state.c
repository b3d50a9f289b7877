/* A state of detect --online becomes a monitor that goes on, or an error with words. The first byte chooses: the rest
 * is the file itself, or edits of one that is whole, four bytes each: a place, and what stands there from now on. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "loomcast.h"

enum { BASES = 2 };

static struct base {
    lc_settings *settings;
    unsigned char *bytes;
    size_t n;
} bases[BASES];
static int fd = -1;
static char path[64];

static void drain(lc_monitor *m)
{
    for (;;) {
        lc_monitor_event event;
        lc_monitor_row row;
        lc_status st = {0};
        const char *text;
        size_t n;
        const lc_code code = lc_monitor_next(m, &event, &row, &st);
        FUZZ_MUST(code == st.code && (code == LC_OK || st.text[0]));
        if (code != LC_OK || event == LC_MONITOR_MORE) return;
        if (event != LC_MONITOR_ROW) continue;
        for (size_t i = 0; i < row.n; i++) FUZZ_MUST(row.value[i].score >= 0 && row.value[i].score <= 1);
        FUZZ_MUST(lc_monitor_lines(m, LC_MONITOR_EXPLAIN, &text, &n, &st) == LC_OK && n);
    }
}

static void push(lc_monitor *m, const char *text)
{
    FUZZ_MUST(lc_monitor_push(m, text, strlen(text), NULL) == LC_OK);
    drain(m);
}

/* Rows enough for the detector to have learned, one column or ids. */
static void make_base(struct base *b, size_t which)
{
    lc_monitor *m = NULL;
    char line[64];
    b->settings = lc_settings_create();
    FUZZ_MUST(b->settings && lc_monitor_create(&m, b->settings, NULL) == LC_OK);
    FUZZ_MUST(lc_monitor_begin(m, "f", NULL) == LC_OK);
    push(m, which ? "unique_id,ds,y\n" : "ds,a,b\n");
    for (int i = 0; i < (which ? 12 : 130); i++) {
        snprintf(line, sizeof line, which ? "u%2$d,%1$d,%3$d\n" : "%d,%d,%d\n", i + 1, i % 3, i * i % 7);
        push(m, line);
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd = memfd_create("state", 0));
    /* It is replaced by a file of another name beside it, which this folder cannot have. */
    char name[] = "/tmp/fuzz-state-XXXXXX";
    const int made = mkstemp(name);
    FUZZ_MUST(made >= 0 && lc_monitor_save(m, name, NULL) == LC_OK);
    FILE *f = fopen(name, "rb");
    b->bytes = malloc(1 << 20);
    FUZZ_MUST(f && b->bytes);
    b->n = fread(b->bytes, 1, 1 << 20, f);
    fclose(f);
    close(made);
    unlink(name);
    lc_monitor_free(m);
}

static void put_file(const void *bytes, size_t n)
{
    FUZZ_MUST(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, n, 0) == (ssize_t)n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!bases[0].n)
        for (size_t i = 0; i < BASES; i++) make_base(&bases[i], i);
    if (!size) return 0;
    const struct base *b = &bases[data[0] >> 1 & 1];
    if (data[0] & 1) {
        put_file(data + 1, size - 1);
    } else {
        unsigned char *edited = malloc(b->n);
        FUZZ_MUST(edited);
        memcpy(edited, b->bytes, b->n);
        for (size_t i = 1; i + 4 <= size; i += 4)
            edited[((size_t)data[i] << 16 | (size_t)data[i + 1] << 8 | data[i + 2]) % b->n] = data[i + 3];
        put_file(edited, b->n);
        free(edited);
    }
    lc_status st = {0};
    lc_monitor *m = NULL;
    FUZZ_MUST(lc_monitor_create(&m, b->settings, NULL) == LC_OK);
    const lc_code code = lc_monitor_restore(m, path, &st);
    FUZZ_MUST(code == st.code && (code == LC_OK || st.text[0] || st.hint[0]));
    if (code == LC_OK && lc_monitor_begin(m, "f", NULL) == LC_OK) {
        push(m, b == bases ? "ds,a,b\n400,1,2\n401,1e300,-4\n402,,0\n"
                           : "unique_id,ds,y\nu1,400,3\nv,7,1\nu1,401,-1e308\n");
        FUZZ_MUST(lc_monitor_end(m, NULL) == LC_OK);
        drain(m);
    }
    lc_monitor_free(m);
    return 0;
}
