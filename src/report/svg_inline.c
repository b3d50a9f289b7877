#include "report/svg_inline.h"

#include <string.h>

/* gnuplot's points are made for a picture twice as wide: here they are drawn smaller. */
static const struct {
    const char *id, *element, *drawn;
} shapes[] = {{"gpDot", "circle", "r=\".5\" stroke-width=\".5\" stroke=\"currentColor\""},
              {"gpPt6", "circle", "r=\".65\" fill=\"currentColor\""},
              {"gpPt4", "path", "d=\"M-.6-.6H.6V.6H-.6z\" fill=\"currentColor\""},
              {"gpPt8", "path", "d=\"M0-.87L.75.43H-.75z\" fill=\"currentColor\""},
              {"gpPt12", "path", "d=\"M0-.85L.65 0 0 .85-.65 0z\" fill=\"currentColor\""}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static const char *const elements[] = {"svg",  "g",       "path", "polygon", "polyline", "rect",
                                       "line", "ellipse", "text", "tspan",   "circle",   "use"};

/* Fonts are the page's; sizes and colours are the picture's. */
static const char *const attributes[] = {"viewBox",
                                         "d",
                                         "points",
                                         "transform",
                                         "x",
                                         "y",
                                         "width",
                                         "height",
                                         "cx",
                                         "cy",
                                         "r",
                                         "rx",
                                         "ry",
                                         "x1",
                                         "x2",
                                         "y1",
                                         "y2",
                                         "fill",
                                         "fill-opacity",
                                         "fill-rule",
                                         "stroke",
                                         "stroke-width",
                                         "stroke-opacity",
                                         "stroke-linecap",
                                         "stroke-linejoin",
                                         "stroke-dasharray",
                                         "color",
                                         "opacity",
                                         "font-size",
                                         "font-weight",
                                         "text-anchor"};

typedef struct word {
    const char *at;
    size_t n;
} word;

static bool is_word(word w, const char *text)
{
    return strlen(text) == w.n && memcmp(w.at, text, w.n) == 0;
}

static bool is_shape(word reference)
{
    size_t i = 0;
    if (!reference.n || *reference.at != '#') return false;
    while (i < SHAPES && !is_word((word){reference.at + 1, reference.n - 1}, shapes[i].id)) i++;
    return i < SHAPES;
}

#define IS_ONE_OF(w, list) is_one_of(w, list, sizeof(list) / sizeof((list)[0]))
static bool is_one_of(word w, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_word(w, list[i])) return true;
    return false;
}

/* Values hold numbers, colours, letters of paths and functions of transforms: nothing that could end a quote, name an
 * address or be a script. */
static bool is_plain(word value)
{
    static const char signs[] = " \t\r\n.,+-#()%";
    for (size_t i = 0; i < value.n; i++) {
        const char c = value.at[i];
        const bool known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!known && (!c || !strchr(signs, c))) return false;
    }
    return true;
}

static void put_attribute(lc_buf *out, word name, word value)
{
    if (is_word(name, "xlink:href") && is_shape(value)) {
        name = (word){"href", 4};
    } else if (!IS_ONE_OF(name, attributes) || !is_plain(value)) {
        return;
    }
    lc_buf_puts(out, " ");
    lc_buf_append(out, name.at, name.n);
    lc_buf_puts(out, "=\"");
    lc_buf_append(out, value.at, value.n);
    lc_buf_puts(out, "\"");
}

/* Text between tags: what gnuplot wrote as entities stays so, a lone sign becomes one. */
static void put_text(lc_buf *out, const char *at, const char *end)
{
    while (at < end) {
        if (*at == '&') {
            const size_t n = strcspn(at, "; <");
            lc_buf_puts(out, at[n] == ';' && at + n < end ? "&" : "&amp;");
        } else if (*at == '>') {
            lc_buf_puts(out, "&gt;");
        } else {
            lc_buf_append(out, at, 1);
        }
        at++;
    }
}

/* Walks over the attributes of a tag, and appends them where out is not NULL. Returns its '>', NULL: there is none. */
static const char *put_attributes(lc_buf *out, const char *at, bool *is_empty)
{
    *is_empty = false;
    while (*at) {
        at += strspn(at, " \t\r\n");
        if (*at == '>') return at;
        if (*at == '/') {
            *is_empty = at[1] == '>';
            at++;
            continue;
        }
        const word name = {at, strcspn(at, "= \t\r\n/>")};
        at += name.n;
        const char *sign = at + strspn(at, " \t\r\n"), *open = sign + (*sign == '=');
        open += strspn(open, " \t\r\n");
        if (*sign != '=' || (*open != '"' && *open != '\'')) {
            if (!name.n) at++;
            continue;
        }
        const char quote[] = {*open, '\0'};
        const word value = {open + 1, strcspn(open + 1, quote)};
        at = value.at + value.n;
        if (!*at) return NULL;
        at++;
        if (out) put_attribute(out, name, value);
    }
    return NULL;
}

enum { DEPTH = 32 };

/* A picture as it is gone through. */
typedef struct walk {
    lc_buf *out;
    word open[DEPTH];
    size_t depth;
    size_t hidden; /* open elements from the first one on that is left out */
} walk;

static const char *end_element(walk *w, word name, const char *at)
{
    const word *open = w->depth ? &w->open[--w->depth] : NULL;
    if (!open || open->n != name.n || memcmp(open->at, name.at, name.n) != 0) return NULL;
    if (w->hidden) w->hidden--;
    else {
        lc_buf_puts(w->out, "</");
        lc_buf_append(w->out, name.at, name.n);
        lc_buf_puts(w->out, ">");
    }
    at = strchr(at, '>');
    return at ? at + 1 : NULL;
}

static const char *begin_element(walk *w, word name)
{
    bool is_empty = false;
    const bool hides = w->hidden || !IS_ONE_OF(name, elements);
    if (!hides) lc_buf_puts(w->out, "<");
    if (!hides) lc_buf_append(w->out, name.at, name.n);
    const char *at = put_attributes(hides ? NULL : w->out, name.at + name.n, &is_empty);
    if (!at || (!is_empty && w->depth == DEPTH)) return NULL;
    if (!hides) lc_buf_puts(w->out, is_empty ? "/>" : ">");
    at++;
    if (is_empty) return at;
    w->open[w->depth++] = name;
    if (hides) w->hidden++;
    else if (is_word(name, "text") || is_word(name, "tspan")) put_text(w->out, at, at + strcspn(at, "<"));
    return at;
}

/* The picture up to its </svg>; returns what follows, NULL where it is broken. */
static const char *put_picture(lc_buf *out, const char *at)
{
    walk w = {.out = out};
    do {
        at = strchr(at, '<');
        if (at && strncmp(at, "<!--", 4) == 0) {
            at = strstr(at, "-->");
            continue;
        }
        if (!at) return NULL;
        const bool closes = at[1] == '/';
        const word name = {at + 1 + closes, strcspn(at + 1 + closes, " \t\r\n/>")};
        at = closes ? end_element(&w, name, at) : begin_element(&w, name);
    } while (at && w.depth);
    return at;
}

void lc_svg_shapes(lc_buf *out)
{
    lc_buf_puts(out, "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" style=\"position:absolute\"><defs>");
    for (size_t i = 0; i < SHAPES; i++)
        lc_buf_printf(out, "<%s id=\"%s\" %s/>", shapes[i].element, shapes[i].id, shapes[i].drawn);
    lc_buf_puts(out, "</defs></svg>\n");
}

lc_code lc_svg_inline(lc_buf *out, size_t n, const char *svg, lc_status *st)
{
    const char *at = svg;
    for (size_t i = 0; i < n; i++) {
        at = strstr(at, "<svg");
        if (at) at = put_picture(&out[i], at);
        if (!at) return lc_fail(st, LC_E_TOOL, "gnuplot drew %zu of %zu charts", i, n);
        if (out[i].failed) return lc_fail_memory(st);
    }
    return LC_OK;
}
