#define _GNU_SOURCE
#include "report/fonts.h"

#include <unistd.h>

#include "report/gnuplot.h"
#include "report/tool.h"

enum { KINDS_MOST = 64 }; /* distinct characters asked about; a text with more of them loses the rest */

typedef struct kinds {
    size_t n;
    unsigned code[KINDS_MOST];
    bool drawable[KINDS_MOST];
} kinds;

/* Latin letters and plain punctuation are in every text font. */
static bool is_common(unsigned c)
{
    return c < 0x180 || (c >= 0x200b && c <= 0x2026) || c == 0x2212;
}

static size_t find(const kinds *k, unsigned c)
{
    size_t i = 0;
    while (i < k->n && k->code[i] != c) i++;
    return i;
}

/* True when one font has all of the n characters, or when nobody knows. */
static bool one_font_has(const unsigned *code, size_t n)
{
    char name[512], program[] = "fc-list", family[] = "family";
    lc_buf pattern = {0}, found = {0};
    int status = 0;
    bool known = false;
    lc_buf_puts(&pattern, ":charset=");
    for (size_t i = 0; i < n; i++) lc_buf_printf(&pattern, "%s%x", i ? " " : "", code[i]);
    const int words = lc_tool_file(name, sizeof name);
    if (words >= 0) {
        unlink(name);
        char *arguments[] = {program, pattern.data, family, NULL};
        if (!pattern.failed)
            known = lc_tool_run(arguments, &(lc_tool_output){.text = &found}, words, &status) == 0 && status == 0;
        close(words);
    }
    const bool has = !known || found.failed || found.len;
    lc_buf_free(&pattern);
    lc_buf_free(&found);
    return has;
}

void lc_fonts_fit(const lc_buf *script, lc_buf *out)
{
    kinds k = {0};
    const unsigned char *s = (const unsigned char *)script->data, *end = s + script->len;
    for (const unsigned char *p = s; p < end;) {
        unsigned c = 0;
        size_t n = lc_gp_decode(p, &c);
        p += n ? n : 1;
        if (n && !is_common(c) && k.n < KINDS_MOST && find(&k, c) == k.n) k.code[k.n++] = c;
    }
    if (k.n == 0 || one_font_has(k.code, k.n)) {
        for (size_t i = 0; i < k.n; i++) k.drawable[i] = true;
    } else {
        for (size_t i = 0; i < k.n; i++) k.drawable[i] = one_font_has(k.code + i, 1);
    }
    const unsigned char *copied = s;
    for (const unsigned char *p = s; p < end;) {
        unsigned c = 0;
        size_t n = lc_gp_decode(p, &c), i = n && !is_common(c) ? find(&k, c) : KINDS_MOST;
        bool lost = n && !is_common(c) && (i >= k.n || !k.drawable[i]);
        n = n ? n : 1;
        if (lost) {
            lc_buf_append(out, copied, (size_t)(p - copied));
            lc_buf_puts(out, "?");
            copied = p + n;
        }
        p += n;
    }
    lc_buf_append(out, copied, (size_t)(end - copied));
}
