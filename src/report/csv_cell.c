#include "report/csv_cell.h"

#include <math.h>
#include <string.h>

bool lc_csv_is_bare(const char *s)
{
    const size_t n = strlen(s);
    if (!n) return true;
    return s[0] != ' ' && s[0] != '\t' && s[n - 1] != ' ' && s[n - 1] != '\t' && !strpbrk(s, ",\"\r\n");
}

/* Large numbers keep two decimals, from 1e15 on their whole digits: a meter that stands at 1e12 still tells one day
 * from the next. */
static int digits_of(double x, int digits)
{
    double size = fabs(x);
    if (!(size >= 1e7 && size < 1e17)) return digits;
    int whole = (int)floor(log10(size)) + (size < 1e15 ? 3 : 1); /* a double has no more than 17 */
    return digits > 0 && digits < whole ? whole : digits;
}

size_t lc_csv_number(char out[LC_NUMBER_TEXT], double x, int digits)
{
    return lc_format_double(out, x, digits_of(x, digits));
}

void lc_csv_put_bytes(lc_buf *b, const char *s, size_t n)
{
    lc_buf_puts(b, "\"");
    for (size_t i = 0, from = 0; i <= n; i++) {
        if (i < n && s[i] && s[i] != '"') continue;
        lc_buf_append(b, s + from, i - from);
        if (i < n && s[i] == '"') lc_buf_puts(b, "\"\"");
        from = i + 1;
    }
    lc_buf_puts(b, "\"");
}

void lc_csv_put_text(lc_buf *b, const char *s)
{
    if (lc_csv_is_bare(s)) lc_buf_puts(b, s);
    else lc_csv_put_bytes(b, s, strlen(s));
}

void lc_csv_put_number(lc_buf *b, double x, int digits)
{
    char number[LC_NUMBER_TEXT];
    lc_buf_append(b, number, lc_csv_number(number, x, digits));
}
