#include "base/sums.h"

#include <math.h>

/* Eight partial sums, which the compiler can keep in one vector. */
double lc_dot(const double *x, const double *y, size_t n)
{
    double part[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) part[j] += x[i + j] * y[i + j];
    double sum = 0;
    for (; i < n; i++) sum += x[i] * y[i];
    for (size_t j = 0; j < 8; j++) sum += part[j];
    return sum;
}

bool lc_all_finite(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return false;
    return true;
}
