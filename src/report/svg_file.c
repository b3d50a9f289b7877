#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "report/svg_inline.h"

static const char begin[] = "<?xml"; /* of a document; < within one is an entity */

/* Reads until what is held goes beyond one document; *end is where that ends. */
static lc_code read_document(size_t *end, lc_svg_file *f, lc_status *st)
{
    char block[1 << 14];
    for (size_t from = 1;;) {
        const char *next = f->text.len > from ? strstr(f->text.data + from, begin) : NULL;
        *end = next ? (size_t)(next - f->text.data) : f->text.len;
        if (next) return LC_OK;
        if (f->text.len > sizeof begin) from = f->text.len - sizeof begin;
        const ssize_t got = read(f->file, block, sizeof block);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return lc_fail(st, LC_E_IO, "no temporary file for gnuplot: %s", strerror(errno));
        if (got == 0) return LC_OK;
        lc_buf_append(&f->text, block, (size_t)got);
        if (f->text.failed) return lc_fail_memory(st);
    }
}

lc_code lc_svg_file_next(lc_buf *out, lc_svg_file *f, lc_status *st)
{
    size_t end;
    lc_code code = read_document(&end, f, st);
    if (code != LC_OK) return code;
    if (!end) return lc_fail(st, LC_E_TOOL, "gnuplot drew %zu of %zu charts", f->n, f->all);
    const char kept = f->text.data[end];
    f->text.data[end] = '\0';
    out->len = 0;
    code = lc_svg_inline(out, 1, f->text.data, NULL);
    if (code == LC_E_TOOL) lc_fail(st, code, "gnuplot drew %zu of %zu charts", f->n, f->all);
    else if (code != LC_OK) lc_fail_memory(st);
    f->text.data[end] = kept;
    f->text.len -= end;
    memmove(f->text.data, f->text.data + end, f->text.len + 1);
    f->n++;
    return code;
}

void lc_svg_file_close(lc_svg_file *f)
{
    if (f->file >= 0) close(f->file);
    lc_buf_free(&f->text);
    f->file = -1;
}
