#include "report/style.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/gnuplot.h"

/* Okabe and Ito's colours (2008), which people with colour-blindness tell apart, and greys. */
static const lc_style usual = {.font_scale = 1,
                               .colour = {[LC_COLOUR_TEXT] = "#333333",
                                          [LC_COLOUR_LABEL] = "#505050",
                                          [LC_COLOUR_FAINT] = "#767676",
                                          [LC_COLOUR_FRAME] = "#9A9A9A",
                                          [LC_COLOUR_GRID] = "#E6E6E6",
                                          [LC_COLOUR_BACKGROUND] = "#FFFFFF",
                                          [LC_COLOUR_MAIN] = "#0072B2",
                                          [LC_COLOUR_SECOND] = "#D55E00",
                                          [LC_COLOUR_THIRD] = "#009E73",
                                          [LC_COLOUR_FOURTH] = "#CC79A7",
                                          [LC_COLOUR_REST] = "#C4C4C4",
                                          [LC_COLOUR_ALERT] = "#D4281C",
                                          [LC_COLOUR_EVENT] = "#FBE3E0"}};

static const char *const names[LC_COLOURS] = {
    [LC_COLOUR_TEXT] = "text",     [LC_COLOUR_LABEL] = "label",   [LC_COLOUR_FAINT] = "faint",
    [LC_COLOUR_FRAME] = "frame",   [LC_COLOUR_GRID] = "grid",     [LC_COLOUR_BACKGROUND] = "background",
    [LC_COLOUR_MAIN] = "main",     [LC_COLOUR_SECOND] = "second", [LC_COLOUR_THIRD] = "third",
    [LC_COLOUR_FOURTH] = "fourth", [LC_COLOUR_REST] = "rest",     [LC_COLOUR_ALERT] = "alert",
    [LC_COLOUR_EVENT] = "event"};

const lc_style *lc_style_or_usual(const lc_style *s)
{
    return s ? s : &usual;
}

void lc_style_write(const lc_style *s, lc_buf *script)
{
    for (size_t i = 0; i < LC_COLOURS; i++) lc_gp(script, "colour_%s = \"%s\"\n", names[i], s->colour[i]);
}

/* ---- a file of settings ---- */

typedef struct reader {
    const char *path;
    size_t line;
    lc_style *style;
    lc_status *st;
} reader;

static lc_code refuse(const reader *r, const char *key, const char *value, const char *hint)
{
    char shown[2][48];
    lc_fail_at(r->st, LC_E_USAGE, r->path, r->line, 0, "%s: \"%s\" is not a valid value",
               lc_printable(shown[0], sizeof shown[0], key, strlen(key)),
               lc_printable(shown[1], sizeof shown[1], value, strlen(value)));
    lc_hint(r->st, "%s", hint);
    return LC_E_USAGE;
}

static lc_code set_colour(const reader *r, size_t which, const char *key, const char *value)
{
    if (value[0] != '#' || strlen(value) != 7 || strspn(value + 1, "0123456789abcdefABCDEF") != 6)
        return refuse(r, key, value, "write a colour as #RRGGBB");
    memcpy(r->style->colour[which], value, LC_COLOUR_TEXT_ROOM);
    return LC_OK;
}

static lc_code set_size(const reader *r, int *to, const char *key, const char *value)
{
    enum { LEAST = 400, MOST = 10000 };
    long long n;
    if (!lc_parse_int(value, strlen(value), &n) || n < LEAST || n > MOST)
        return refuse(r, key, value, "give pixels, from 400 to 10000");
    *to = (int)n;
    return LC_OK;
}

static lc_code set_scale(const reader *r, const char *key, const char *value)
{
    double x;
    if (!lc_parse_double(value, strlen(value), &x) || !(x >= .6 && x <= 2.5))
        return refuse(r, key, value, "give a factor from 0.6 to 2.5");
    r->style->font_scale = x;
    return LC_OK;
}

/* gnuplot reads commas and colons in the name of a font as something else. */
static lc_code set_font(const reader *r, const char *key, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.";
    if (!*value || strlen(value) >= LC_FONT_TEXT || value[strspn(value, plain)])
        return refuse(r, key, value, "give the name of one font: letters, digits, blanks and hyphens");
    strcpy(r->style->font, value);
    return LC_OK;
}

static lc_code set(const reader *r, const char *key, const char *value)
{
    if (strcmp(key, "font") == 0) return set_font(r, key, value);
    if (strcmp(key, "font-scale") == 0) return set_scale(r, key, value);
    if (strcmp(key, "width") == 0) return set_size(r, &r->style->width, key, value);
    if (strcmp(key, "height") == 0) return set_size(r, &r->style->height, key, value);
    for (size_t i = 0; i < LC_COLOURS; i++)
        if (strcmp(key, names[i]) == 0) return set_colour(r, i, key, value);
    char shown[48];
    lc_fail_at(r->st, LC_E_USAGE, r->path, r->line, 0, "a style has no \"%s\"",
               lc_printable(shown, sizeof shown, key, strlen(key)));
    char known[160] = "";
    for (size_t i = 0; i < LC_COLOURS; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), ", %s", names[i]);
    lc_hint(r->st, "it has font, font-scale, width, height%s", known);
    return LC_E_USAGE;
}

lc_code lc_style_read(lc_style **out, const char *path, lc_status *st)
{
    if (!out || !path) return lc_fail(st, LC_E_USAGE, "the path of a style is missing");
    *out = NULL;
    lc_pairs *pairs;
    lc_pair pair;
    lc_code code = lc_pairs_read(&pairs, path, st);
    if (code != LC_OK) return code;
    reader r = {.path = path, .style = malloc(sizeof *r.style), .st = st};
    if (!r.style) {
        code = lc_fail_memory(st);
        goto done;
    }
    *r.style = usual;
    while ((code = lc_pairs_next(pairs, &pair, st)) == LC_OK && pair.key) {
        r.line = pair.line;
        if ((code = set(&r, pair.key, pair.value)) != LC_OK) break;
    }
done:
    lc_pairs_free(pairs);
    if (code == LC_OK) *out = r.style;
    else free(r.style);
    return code;
}

void lc_style_free(lc_style *s)
{
    free(s);
}
