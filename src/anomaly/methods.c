#include "anomaly/methods.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/method.h"
#include "base/order.h"

static const lc_method *const methods[] = {&lc_method_residual, &lc_method_dynamic_threshold, &lc_method_zscore};

enum { METHODS = sizeof methods / sizeof methods[0] };

size_t lc_method_count(void)
{
    return METHODS;
}

const lc_method *lc_method_at(size_t i)
{
    return i < METHODS ? methods[i] : NULL;
}

const lc_method *lc_method_named(const char *name)
{
    for (size_t i = 0; i < METHODS; i++)
        if (strcmp(methods[i]->name, name) == 0) return methods[i];
    return NULL;
}

lc_code lc_method_threshold(double *q, const lc_method_options *o, lc_status *st)
{
    if (!(o->alarms_per > 0 && o->alarms_per < 1e4)) {
        lc_status_set(st, LC_E_USAGE, NULL, 0, 0, "alarms-per: %g is not between 0 and 10000", o->alarms_per);
        lc_hint(st, "give the false alarms to expect among 10,000 normal rows, such as 1");
        return LC_E_USAGE;
    }
    *q = -log10(o->alarms_per / 1e4);
    return LC_OK;
}

lc_finding lc_method_silence(double expected)
{
    lc_finding f = lc_finding_none;
    if (isfinite(expected)) f.expected = expected;
    return f;
}

void lc_method_mark_events(lc_finding *f, size_t n)
{
    size_t start = 0, last = 0; /* of the event at hand */
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        f[i].anomaly = false;
        f[i].since = 0;
        f[i].statistic = LC_STATISTICS;
        if (!f[i].raised) continue;
        f[i].anomaly = !any || i - last > LC_METHOD_EVENT_GAP;
        if (f[i].anomaly) start = i;
        size_t since = i - start;
        f[i].since = since < UINT32_MAX ? (uint32_t)since : UINT32_MAX;
        f[i].statistic = LC_STATISTIC_ERROR;
        last = i;
        any = true;
    }
}

double lc_method_size(const double *x, size_t n, double *median)
{
    double sorted[LC_METHOD_FIRST], sum = 0;
    *median = 0;
    if (n == 0) return 0;
    memcpy(sorted, x, n * sizeof *x);
    qsort(sorted, n, sizeof *sorted, lc_ascending_reals);
    const double center = *median = 0.5 * sorted[(n - 1) / 2] + 0.5 * sorted[n / 2];
    for (size_t i = 0; i < n; i++) sorted[i] = fabs(x[i] - center);
    qsort(sorted, n, sizeof *sorted, lc_ascending_reals);
    const size_t most = n - n / 10;
    for (size_t i = 0; i < most; i++) sum += sorted[i] / (double)most;
    const double size = 1.4826 * (0.5 * sorted[(n - 1) / 2] + 0.5 * sorted[n / 2]);
    return size > 0 ? size : sum;
}

double lc_method_unit(const double *y, size_t n)
{
    double first[LC_METHOD_FIRST], median;
    size_t n_first = 0;
    for (size_t i = 0; i < n && n_first < LC_METHOD_FIRST; i++)
        if (isfinite(y[i])) first[n_first++] = y[i];
    double size = lc_method_size(first, n_first, &median), unit = fmax(size, 1e-6 * fabs(median));
    return unit >= 1e-12 && isfinite(unit) ? unit : 1;
}
