#include "report/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/gnuplot.h"

double lc_drawn(double v)
{
    return v > LC_DRAWN_MOST ? LC_DRAWN_MOST : v < -LC_DRAWN_MOST ? -LC_DRAWN_MOST : v;
}

void lc_range_add(lc_range *r, const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(v[i])) continue;
        double d = lc_drawn(v[i]);
        if (!r->any || d < r->lo) r->lo = d;
        if (!r->any || d > r->hi) r->hi = d;
        r->any = true;
    }
}

void lc_range_pad(lc_range *r, double share)
{
    if (!r->any) *r = (lc_range){.lo = 0, .hi = 1, .any = false};
    double most = fmax(fabs(r->lo), fabs(r->hi));
    /* Below 1e-300 gnuplot's own arithmetic underflows: that is zero on paper. */
    if (most < 1e-300) {
        r->lo = -1;
        r->hi = 1;
    } else if (r->hi - r->lo <= 1e-11 * most) {
        r->lo -= .1 * most;
        r->hi += .1 * most;
    }
    double more = (r->hi - r->lo) * share;
    r->lo -= more;
    r->hi += more;
}

/* ---- numbers ---- */

static double power10(int e)
{
    return pow(10, e);
}

/* Plain digits of v with `decimals` behind the point and commas between thousands. */
static void plain(char *out, double v, int decimals, bool commas)
{
    char digits[64];
    snprintf(digits, sizeof digits, "%.*f", decimals, fabs(v));
    /* The process's locale may write another point. */
    size_t whole = strspn(digits, "0123456789"), k = 0;
    const char *rest = digits + whole;
    bool zero = strspn(digits, "0.,") == strlen(digits);
    if (v < 0 && !zero) k += (size_t)snprintf(out, 8, "\xe2\x88\x92");
    if (!commas) memcpy(out + k, digits, whole);
    k += commas ? lc_put_thousands(out + k, digits, whole) : whole;
    if (decimals > 0) {
        out[k++] = '.';
        size_t n = strlen(rest);
        const char *tail = n >= (size_t)decimals ? rest + n - decimals : rest;
        while (*tail && k < LC_TICK_TEXT - 1) out[k++] = *tail++;
    }
    out[k] = '\0';
}

static void scientific(char *out, double v, int exponent, int decimals)
{
    static const char *const raised[] = {"\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",
                                         "\xe2\x81\xb4", "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7",
                                         "\xe2\x81\xb8", "\xe2\x81\xb9"};
    /* Two factors: one alone would be 0 or inf near the ends of the range. */
    double half = power10(exponent / 2), rest = power10(exponent - exponent / 2);
    plain(out, v / half / rest, decimals > 9 ? 9 : decimals, false);
    strcat(out, "\xc3\x97"
                "10");
    char digits[16];
    snprintf(digits, sizeof digits, "%d", exponent < 0 ? -exponent : exponent);
    if (exponent < 0) strcat(out, "\xe2\x81\xbb");
    for (const char *d = digits; *d; d++) strcat(out, raised[*d - '0']);
}

/* The number v on an axis whose largest magnitude is `most` and whose steps are multiples of 10^step. */
static void label_number(char *out, double v, double most, int step)
{
    int exponent = most > 0 ? (int)floor(log10(most) + 1e-12) : 0;
    if (v == 0) strcpy(out, "0");
    else if (exponent >= 15 || (exponent >= 9 && step >= exponent - 3) || exponent < -4)
        scientific(out, v, exponent, exponent > step ? exponent - step : 0);
    else plain(out, v, step < 0 ? (step < -12 ? 12 : -step) : 0, most >= 10000 || fabs(v) >= 10000);
}

void lc_number_label(char out[LC_TICK_TEXT], double v, int digits)
{
    if (!isfinite(v)) {
        snprintf(out, LC_TICK_TEXT, "%s", isnan(v) ? "" : v > 0 ? "\xe2\x88\x9e" : "\xe2\x88\x92\xe2\x88\x9e");
        return;
    }
    double most = fabs(v);
    int exponent = most > 0 ? (int)floor(log10(most) + 1e-12) : 0;
    int step = exponent - digits + 1;
    label_number(out, v, most, step > 0 ? 0 : step);
    size_t n = strlen(out);
    if (strchr(out, '.') && strspn(strchr(out, '.') + 1, "0123456789") + 1 == strlen(strchr(out, '.'))) {
        while (out[n - 1] == '0') out[--n] = '\0';
        if (out[n - 1] == '.') out[n - 1] = '\0';
    }
}

void lc_ticks_numbers(lc_ticks *t, const lc_range *r, int most, bool whole)
{
    t->n = 0;
    double span = r->hi - r->lo;
    if (!(span > 0) || most < 2) return;
    int e = (int)floor(log10(span / most));
    double step = 0, factor = 1;
    bool found = false;
    const double slack = 1e-9; /* of a step: an end that is a round number itself gets its tick */
    for (int tries = 0; tries < 4 && !found; tries++, e++) {
        static const double factors[] = {1, 2, 5};
        for (int i = 0; i < 3 && !found; i++) {
            factor = factors[i];
            step = factor * power10(e);
            found = floor(r->hi / step + slack) - ceil(r->lo / step - slack) + 1 <= most;
        }
        if (found) break;
    }
    if (whole && step < 1) {
        step = factor = 1;
        e = 0;
    }
    double largest = fmax(fabs(r->lo), fabs(r->hi));
    double last = floor(r->hi / step + slack);
    for (double k = ceil(r->lo / step - slack); k <= last && t->n < LC_TICKS_MOST; k++) {
        lc_tick *tick = t->tick + t->n++;
        tick->at = e < 0 && e > -300 ? k * factor / power10(-e) : k * step;
        if (k == 0) tick->at = 0; /* no minus zero */
        tick->at = fmin(fmax(tick->at, r->lo), r->hi);
        label_number(tick->label, tick->at, largest, e);
    }
}

void lc_ticks_log(lc_ticks *t, const lc_range *r)
{
    t->n = 0;
    int first = (int)floor(log10(r->lo)), last = (int)ceil(log10(r->hi));
    int decades = last - first;
    int by = decades > 8 ? (decades + 7) / 8 : 1;
    for (int e = first; e <= last; e += by) {
        for (int factor = 1; factor < 10; factor = factor == 1 ? 2 : factor == 2 ? 5 : 10) {
            if (factor > 1 && decades > 3) break;
            double v = factor * power10(e);
            if (v < r->lo || v > r->hi || t->n >= LC_TICKS_MOST) continue;
            lc_tick *tick = t->tick + t->n++;
            tick->at = v;
            label_number(tick->label, v, v, e);
        }
    }
}

/* ---- writing ---- */

int lc_ticks_columns(const lc_ticks *t)
{
    int widest = 0;
    for (size_t i = 0; i < t->n; i++) {
        int n = lc_gp_columns(t->tick[i].label);
        if (n > widest) widest = n;
    }
    return widest;
}

void lc_ticks_write(lc_buf *script, char axis, const lc_ticks *t, bool labels)
{
    if (!t->n) {
        /* An empty list would have gnuplot choose. */
        lc_gp(script, "unset %stics\n", axis == 'x' ? "x" : "y");
        return;
    }
    lc_gp(script, "set %stics (", axis == 'x' ? "x" : "y");
    for (size_t i = 0; i < t->n; i++)
        lc_gp(script, "%s\"%s\" %g", i ? ", " : "", labels ? t->tick[i].label : "", t->tick[i].at);
    lc_gp(script, ")\n");
}
