/* JSON for programs that share Jansson's values with the library. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

lc_code lc_json_parse(json_t **out, const char *name, const char *text, size_t n, lc_status *st)
{
    lc_json_fault fault;
    LC_NEED(out);
    *out = NULL;
    LC_NEED(text);
    const lc_code code = lc_json_read(out, text, n, &fault);
    if (code == LC_E_MEMORY) return lc_fail_memory(st);
    if (code != LC_OK)
        return lc_fail_at(st, LC_E_PARSE, name, fault.line, fault.column, "is no whole JSON: %s", fault.text);
    return LC_OK;
}

static lc_code cannot_read(const char *path, int why, lc_status *st)
{
    return lc_fail_at(st, why == ENOMEM ? LC_E_MEMORY : LC_E_IO, path, 0, 0, "cannot be read: %s", strerror(why));
}

static lc_code gather(lc_buf *text, FILE *stream, const char *path, lc_status *st)
{
    char block[4096];
    for (size_t got = sizeof block; got == sizeof block;) {
        got = fread(block, 1, sizeof block, stream);
        if (ferror(stream)) return cannot_read(path, errno, st);
        lc_buf_append(text, block, got);
        if (text->failed) return lc_fail_memory(st);
    }
    return LC_OK;
}

lc_code lc_json_parse_file(json_t **out, const char *path, lc_status *st)
{
    lc_buf text = {0};
    LC_NEED(out);
    *out = NULL;
    LC_NEED(path);
    FILE *stream = fopen(path, "rb");
    if (!stream) return cannot_read(path, errno, st);
    lc_code code = gather(&text, stream, path, st);
    if (code == LC_OK) code = lc_json_parse(out, path, text.len ? text.data : "", text.len, st);
    lc_buf_free(&text);
    fclose(stream);
    return code;
}
