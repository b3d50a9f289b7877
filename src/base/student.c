#include "base/student.h"

#include <math.h>

#define MOST_TERMS 100000
#define PRECISION 1e-15
#define TINY 1e-300

/* I_x(a, b) for x < (a + 1) / (a + b + 2): x^a (1 - x)^b / (a B(a, b)) over the continued fraction 1 + d_1 / (1 + d_2 /
 * (1 + ...)) (NIST Digital Library of Mathematical Functions 8.17.22), by Lentz's method as Thompson and Barnett
 * (1986) have it. */
static double beta_share(double x, double a, double b)
{
    const double front = a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b) - log(a);
    double f = 1, c = 1, d = 0;
    for (int n = 1; n <= MOST_TERMS; n++) {
        const int half = n / 2;
        const double m = half;
        const double term = n % 2 ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                                  : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 + term * d;
        c = 1 + term / c;
        if (fabs(d) < TINY) d = TINY;
        if (fabs(c) < TINY) c = TINY;
        d = 1 / d;
        f *= c * d;
        if (fabs(c * d - 1) < PRECISION) break;
    }
    return exp(front) / f;
}

/* I_x(v/2, 1/2) with x = v / (v + t^2) (Abramowitz and Stegun 26.5.27 and 26.7.1). */
double lc_student_two_sided(double t, double freedom)
{
    if (isnan(t) || !(freedom > 0)) return NAN;
    if (isinf(t)) return 0;
    if (t == 0) return 1;
    const double a = freedom / 2, square = t * t;
    if (isinf(square)) return 0;
    const double x = freedom / (freedom + square), rest = square / (freedom + square);
    if (!(x > 0)) return 0;
    if (x < (a + 1) / (a + 2.5)) return beta_share(x, a, 0.5);
    return rest > 0 ? 1 - beta_share(rest, 0.5, a) : 1;
}
