#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"

/* More than anybody writes by hand. */
enum { MOST_BYTES = 1 << 20 };

struct lc_pairs {
    char *path;
    lc_buf text;
    size_t at, line; /* the first byte that was not given yet; lines before it */
};

/* ---- the file ---- */

static lc_code cannot_read(const lc_pairs *p, int why, lc_status *st)
{
    return lc_fail_at(st, LC_E_IO, p->path, 0, 0, "cannot be read: %s", strerror(why));
}

static lc_code read_stream(lc_pairs *p, FILE *stream, lc_status *st)
{
    char block[4096];
    struct stat info;
    if (fstat(fileno(stream), &info) == 0 && S_ISDIR(info.st_mode))
        return lc_fail_at(st, LC_E_IO, p->path, 0, 0, "is a folder, not a file of settings");
    for (size_t got = sizeof block; got == sizeof block && p->text.len <= MOST_BYTES;) {
        got = fread(block, 1, sizeof block, stream);
        if (ferror(stream)) return cannot_read(p, errno, st);
        lc_buf_append(&p->text, block, got);
        if (p->text.failed) return lc_fail_memory(st);
    }
    if (p->text.len > MOST_BYTES)
        return lc_fail_at(st, LC_E_IO, p->path, 0, 0, "is no file of settings: it is larger than 1 MiB");
    static const char mark[] = "\xef\xbb\xbf"; /* some editors begin UTF-8 so */
    if (p->text.len >= 3 && memcmp(p->text.data, mark, 3) == 0) p->at = 3;
    return LC_OK;
}

lc_code lc_pairs_read(lc_pairs **out, const char *path, lc_status *st)
{
    LC_NEED(out);
    *out = NULL;
    LC_NEED(path);
    lc_code code;
    FILE *stream = NULL;
    lc_pairs *p = calloc(1, sizeof *p);
    if (!p || !(p->path = lc_strdup(path))) code = lc_fail_memory(st);
    else if (!(stream = fopen(path, "rb"))) code = cannot_read(p, errno, st);
    else code = read_stream(p, stream, st);
    if (stream) fclose(stream);
    if (code == LC_OK) *out = p;
    else lc_pairs_free(p);
    return code;
}

void lc_pairs_free(lc_pairs *p)
{
    if (!p) return;
    lc_buf_free(&p->text);
    free(p->path);
    free(p);
}

/* ---- a line ---- */

bool lc_pairs_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Without the blanks around it. */
static char *trim(char *text)
{
    while (lc_pairs_is_blank(*text)) text++;
    size_t n = strlen(text);
    while (n && lc_pairs_is_blank(text[n - 1])) n--;
    text[n] = '\0';
    return text;
}

/* The next line, ended by a NUL; NULL with LC_OK behind the last. */
static lc_code next_line(char **text, lc_pairs *p, lc_status *st)
{
    *text = NULL;
    if (p->at >= p->text.len) return LC_OK;
    char *begin = p->text.data + p->at, *stop = memchr(begin, '\n', p->text.len - p->at);
    const size_t n = stop ? (size_t)(stop - begin) : p->text.len - p->at;
    p->at += n + (stop != NULL);
    p->line++;
    if (stop) *stop = '\0';
    if (strlen(begin) < n) {
        lc_fail_at(st, LC_E_PARSE, p->path, p->line, 0, "there is a NUL byte in the line");
        lc_hint(st, "save it as plain text in UTF-8");
        return LC_E_PARSE;
    }
    *text = trim(begin);
    return LC_OK;
}

lc_code lc_pairs_next(lc_pairs *p, lc_pair *out, lc_status *st)
{
    LC_NEED(p);
    LC_NEED(out);
    char *text;
    *out = (lc_pair){0};
    lc_code code;
    do code = next_line(&text, p, st);
    while (code == LC_OK && text && (!*text || *text == '#'));
    if (code != LC_OK || !text) return code;
    char *equals = strchr(text, '=');
    if (!equals) {
        char shown[68];
        lc_fail_at(st, LC_E_USAGE, p->path, p->line, 0, "\"%s\" gives no value",
                   lc_printable(shown, sizeof shown, text, strlen(text)));
        lc_hint(st, "write key = value");
        return LC_E_USAGE;
    }
    *equals = '\0';
    *out = (lc_pair){p->line, trim(text), trim(equals + 1)};
    return LC_OK;
}
