#include "data/numbers.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { FLOAT_STEP = 1 << (FLT_MANT_DIG - 1) }; /* a float's step is at most its size divided by this */

bool lc_float_keeps_any(uint64_t w, double x)
{
    if (w == 0) return true;
    while (w > FLOAT_STEP && w % 10 == 0) w /= 10;
    double size = fabs(x);
    return w <= FLOAT_STEP && size >= (double)FLT_MIN && size <= (double)FLT_MAX;
}

double lc_float_written(float f)
{
    static const double power[] = {1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7};
    if (isnan(f)) return (double)NAN;
    for (size_t k = 0; k < sizeof power / sizeof power[0]; k++) {
        double w = nearbyint((double)f * power[k]), x = w / power[k];
        if (fabs(w) > FLOAT_STEP) break;
        if ((float)x == f) return x;
    }
    char text[LC_NUMBER_TEXT];
    double x = (double)f;
    for (int digits = FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
        size_t n = lc_format_double(text, (double)f, digits);
        if (lc_parse_double(text, n, &x) && (float)x == f) return x;
    }
    return (double)f;
}

double lc_number_written(lc_numbers c, size_t i)
{
    return c.f ? lc_float_written(c.f[i]) : c.d[i];
}

const double *lc_numbers_copy(double *out, lc_numbers c, size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++) out[i] = lc_number(c, from + i);
    return out;
}

bool lc_numbers_create(lc_numbers *c, size_t n, bool wide)
{
    *c = (lc_numbers){0};
    if (wide) c->d = lc_calloc(n, sizeof *c->d);
    else c->f = lc_calloc(n, sizeof *c->f);
    return c->f || c->d;
}

void lc_numbers_free(lc_numbers *c)
{
    lc_free(c->f);
    lc_free(c->d);
    *c = (lc_numbers){0};
}
