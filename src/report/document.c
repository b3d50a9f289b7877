#include "report/document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "report/axis.h"
#include "report/html.h"
#include "report/svg_inline.h"

void lc_facts_add(lc_facts *f, const char *name, const char *value)
{
    lc_fact one = {lc_strdup(name), lc_strdup(value)};
    if (one.name && one.value && LC_GROW(&f->list, &f->room, f->n + 1)) {
        f->list[f->n++] = one;
        return;
    }
    free(one.name);
    free(one.value);
    f->failed = true;
}

void lc_facts_free(lc_facts *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->list[i].name);
        free(f->list[i].value);
    }
    free(f->list);
    *f = (lc_facts){0};
}

/* ---- what is written ---- */

/* A page of many files is as long as they are many: what has gathered goes on its way. */
typedef struct page {
    lc_buf text;
    FILE *stream;
} page;

static void pass_on(page *p)
{
    enum { BLOCK = 1 << 16 };
    if (p->text.len < BLOCK || p->text.failed) return;
    fwrite(p->text.data, 1, p->text.len, p->stream); /* the commit sees a failure */
    p->text.len = 0;
}

/* ---- tables ---- */

static bool is_number(const lc_result *r, size_t column)
{
    return lc_result_column_type(r, column) != LC_COLUMN_TEXT;
}

/* A number is shown as a person writes it, and sorted by all its digits. */
static void put_number(lc_buf *b, double x, int digits)
{
    enum { USUAL = 6 };
    char label[LC_TICK_TEXT] = "";
    if (isfinite(x)) lc_number_label(label, x, digits ? digits : USUAL);
    lc_html(b, "<td class=\"n\" data-v=\"%g\">%s</td>", isfinite(x) ? x : NAN, label);
}

/* A link to a file beside the page. With "./" before it no name is read as another kind of address. */
static void put_file(lc_buf *b, const char *file, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    lc_buf_puts(b, "<a href=\"./");
    for (const unsigned char *s = (const unsigned char *)file; *s; s++)
        lc_buf_printf(b, strchr(plain, *s) ? "%c" : "%%%02X", *s);
    lc_html(b, "\"><bdi>%t</bdi></a></td>", text);
}

/* The cells stand in row `at` of r. */
static void put_row(lc_buf *b, const lc_document_table *t, size_t row, const lc_result *r, size_t at)
{
    enum { WORDS = 48 }; /* characters from which on a text may take several lines */
    lc_buf_puts(b, "<tr>");
    for (size_t c = 0; c < lc_result_columns(r); c++) {
        if (is_number(r, c)) {
            put_number(b, lc_result_real(r, at, c), lc_result_column_digits(r, c));
        } else {
            const char *text = lc_result_text(r, at, c);
            const bool linked = c == 0 && t->figure && t->figure[row] != SIZE_MAX;
            const bool wraps = strlen(text) > WORDS;
            lc_html(b, c == 0 ? "<td title=\"%t\">" : wraps ? "<td class=\"t\">" : "<td>", text);
            if (c == t->file_column && t->file && t->file[row]) put_file(b, t->file[row], text);
            else if (linked) lc_html(b, "<a href=\"#chart-%z\"><bdi>%t</bdi></a></td>", t->figure[row] + 1, text);
            else lc_html(b, "<bdi>%t</bdi></td>", text);
        }
        if (c == 0 && t->sketch) {
            lc_buf_puts(b, "<td>");
            lc_buf_append(b, t->sketch[row].data, t->sketch[row].len);
            lc_buf_puts(b, "</td>");
        }
    }
    lc_buf_puts(b, "</tr>\n");
}

static void put_headings(lc_buf *b, const lc_document_table *t, const lc_result *r)
{
    for (size_t c = 0; c < lc_result_columns(r); c++) {
        lc_html(b, "<th scope=\"col\"%s>%t</th>", is_number(r, c) ? " class=\"n\"" : "", lc_result_column_name(r, c));
        if (c == 0 && t->sketch) lc_buf_puts(b, "<th scope=\"col\"></th>");
    }
}

static lc_code put_table(page *p, const lc_document_table *t, lc_status *st)
{
    enum { LONG = 20 }; /* rows from which on a table scrolls by itself; the script's own number for a search */
    lc_result *made = NULL;
    lc_code code = t->rows ? LC_OK : lc_result_create_with(&made, t->made->column, t->made->n_columns, st);
    const lc_result *r = t->rows ? t->rows : made;
    const size_t n = t->rows ? lc_result_rows(r) : t->made->n;
    lc_html(&p->text, "<section>\n<h2>%t</h2>\n", t->heading);
    if (*t->note) lc_html(&p->text, "<p class=\"note\">%t</p>\n", t->note);
    if (code == LC_OK && n) {
        lc_html(&p->text, "<div class=\"scroll%s\" tabindex=\"0\" role=\"region\" aria-label=\"%t\"><table><thead><tr>",
                n > LONG ? " long" : "", t->heading);
        put_headings(&p->text, t, r);
        lc_buf_puts(&p->text, "</tr></thead><tbody>\n");
        for (size_t row = 0; row < n && code == LC_OK; row++) {
            if (made) code = lc_listing_row(t->made, row, made, st);
            if (code == LC_OK) put_row(&p->text, t, row, r, made ? 0 : row);
            pass_on(p);
        }
        lc_buf_puts(&p->text, "</tbody></table></div>\n");
    }
    lc_buf_puts(&p->text, "</section>\n");
    lc_result_free(made);
    return code;
}

/* ---- the page ---- */

static void put_head(lc_buf *b, const lc_document *d)
{
    lc_html(b,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            "script-src 'sha256-%s'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%t</title>\n"
            "<style>%s.k,.legend svg{background:%s}</style>\n</head>\n<body>\n",
            lc_html_script_hash, d->title, lc_html_style, lc_style_or_usual(d->style)->colour[LC_COLOUR_BACKGROUND]);
    lc_html(b, "<header>\n<h1>%t</h1>\n<p class=\"lead\">%t</p>\n", d->title, d->lead);
    for (size_t i = 0; i < d->warnings->n; i++) lc_html(b, "<p class=\"warn\">%t</p>\n", d->warnings->list[i].value);
    lc_buf_puts(b, "<dl class=\"key\">\n");
    for (size_t i = 0; i < d->key->n; i++)
        lc_html(b, "<div><dt>%t</dt><dd>%t</dd></div>\n", d->key->list[i].name, d->key->list[i].value);
    lc_buf_puts(b, "</dl>\n</header>\n<main>\n");
}

/* A mark as the charts draw it. */
static void put_entry(lc_buf *b, const lc_document_entry *e, const lc_style *style)
{
    static const char *const samples[] = {
        [LC_SAMPLE_LINE] = "<path d=\"M0 7H28\" stroke=\"%s\" stroke-width=\"2\"/>",
        [LC_SAMPLE_DASHES] = "<path d=\"M0 7H28\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"5 3\"/>",
        [LC_SAMPLE_BAND] = "<path d=\"M0 1H28V13H0z\" fill=\"%s\" fill-opacity=\".22\"/>",
        [LC_SAMPLE_STRIPE] = "<path d=\"M0 1H28V13H0z\" fill=\"%s\"/>",
        [LC_SAMPLE_DOT] = "<circle cx=\"14\" cy=\"7\" r=\"4.5\" fill=\"%s\"/>"};
    lc_buf_puts(b, "<li><svg viewBox=\"0 0 28 14\" aria-hidden=\"true\">");
    lc_html(b, samples[e->sample], style->colour[e->colour]);
    lc_html(b, "</svg>%t</li>", e->text);
}

static lc_code put_charts(page *p, const lc_document *d, lc_status *st)
{
    lc_buf *b = &p->text;
    lc_code code = LC_OK;
    lc_buf_puts(b, "<section>\n<h2>Charts</h2>\n");
    if (*d->charts_note) lc_html(b, "<p class=\"note\">%t</p>\n", d->charts_note);
    if (d->n_figures) {
        lc_svg_shapes(b);
        lc_buf_puts(b, "<ul class=\"legend\">");
        for (size_t i = 0; i < d->n_entries; i++) put_entry(b, &d->legend[i], lc_style_or_usual(d->style));
        lc_buf_puts(b, "</ul>\n<div class=\"charts\">\n");
    }
    for (size_t i = 0; i < d->n_figures; i++) {
        const lc_document_figure *f = &d->figure[i];
        if (d->next) code = d->next(d->user, st);
        if (code != LC_OK) break;
        lc_html(b,
                "<figure id=\"chart-%z\"><figcaption><b><bdi>%t</bdi></b> <span>%t</span></figcaption>"
                "<div class=\"scroll\" tabindex=\"0\" role=\"img\" aria-label=\"%t\">",
                i + 1, f->title, f->caption, f->title);
        lc_buf_append(b, f->svg->data, f->svg->len);
        lc_buf_puts(b, "</div></figure>\n");
        pass_on(p);
    }
    if (d->n_figures) lc_buf_puts(b, "</div>\n");
    lc_buf_puts(b, "</section>\n");
    return code;
}

static void put_end(lc_buf *b, const lc_document *d)
{
    lc_buf_puts(b, "<section>\n<h2>What loomcast assumed</h2>\n<dl class=\"facts\">\n");
    for (size_t i = 0; i < d->assumed->n; i++)
        lc_html(b, "<dt>%t</dt><dd>%t</dd>\n", d->assumed->list[i].name, d->assumed->list[i].value);
    lc_html(b, "</dl>\n</section>\n</main>\n<footer>loomcast %t</footer>\n<script>%s</script>\n</body>\n</html>\n",
            LC_VERSION, lc_html_script);
}

lc_code lc_document_write(const lc_document *d, const char *path, bool replace, lc_status *st)
{
    page p = {0};
    lc_output o;
    if (d->warnings->failed || d->key->failed || d->assumed->failed) return lc_fail_memory(st);
    lc_code code = lc_output_open(&o, path, replace, st);
    if (code != LC_OK) return code;
    p.stream = o.stream;
    put_head(&p.text, d);
    code = put_table(&p, &d->table, st);
    if (code == LC_OK && d->charts_note) code = put_charts(&p, d, st);
    if (code == LC_OK && d->more) code = put_table(&p, d->more, st);
    put_end(&p.text, d);
    if (code == LC_OK && p.text.failed) code = lc_fail_memory(st);
    if (code == LC_OK) fwrite(p.text.data, 1, p.text.len, o.stream); /* the commit sees a failure */
    lc_buf_free(&p.text);
    if (code == LC_OK) return lc_output_commit(&o, st);
    lc_output_discard(&o);
    return code;
}
