#include "report/html.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "report/gnuplot.h"

static const char *entity_of(unsigned c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\t':
    case '\r':
    case '\n':
    case 0x2028:
    case 0x2029: return " ";
    default: return NULL;
    }
}

void lc_html_text(lc_buf *b, const char *text)
{
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        unsigned c = 0;
        const size_t n = lc_gp_decode(s, &c);
        const char *entity = n ? entity_of(c) : NULL;
        if (entity) lc_buf_puts(b, entity);
        else if (!n || lc_gp_is_unfit(c)) lc_buf_puts(b, "\xef\xbf\xbd");
        else lc_buf_append(b, s, n);
        s += n ? n : 1;
    }
}

void lc_html(lc_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    for (const char *p = fmt; *p;) {
        const size_t plain = strcspn(p, "%");
        lc_buf_append(b, p, plain);
        p += plain;
        if (!*p) break;
        char number[LC_NUMBER_TEXT];
        switch (p[1]) {
        case 't': lc_html_text(b, va_arg(ap, const char *)); break;
        case 's': lc_buf_puts(b, va_arg(ap, const char *)); break;
        case 'z': lc_buf_printf(b, "%zu", va_arg(ap, size_t)); break;
        case 'g': lc_buf_append(b, number, lc_format_double(number, va_arg(ap, double), 0)); break;
        default: lc_buf_puts(b, "%"); break;
        }
        p += p[1] ? 2 : 1;
    }
    va_end(ap);
}
