#include "anomaly/unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/order.h"

lc_unit lc_unit_of(double *x, size_t n)
{
    double mean = 0, variance = 0, top = 0;
    qsort(x, n, sizeof *x, lc_ascending_reals);
    for (size_t i = 0; i < n; i++) top = fmax(top, fabs(x[i]));
    const double size = top > 1e100 ? top : 1; /* squares of huge values would overflow */
    for (size_t i = 0; i < n; i++) mean += x[i] / size / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double d = x[i] / size - mean;
        variance += d * d / (double)n;
    }
    lc_unit u = {n ? x[n / 2] : 0, 0};
    u.spread = fmax(sqrt(variance) * size, 1e-6 * fabs(u.center));
    if (!(u.spread >= 1e-12)) u.spread = 1;
    return u;
}

double lc_unit_scaled(lc_unit u, double x, double most)
{
    /* Halves, so that the difference of two huge numbers stays one. */
    const double z = (0.5 * x - 0.5 * u.center) / u.spread * 2;
    return isnan(z) ? z : fmin(fmax(z, -most), most);
}
