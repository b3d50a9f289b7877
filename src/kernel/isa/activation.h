/* Logistic sigmoid and hyperbolic tangent of a vector: through powers of two, with true divisions. Largest
 * absolute error 1.8e-7; tanh keeps its relative precision near 0. NaN stays NaN. */
#ifndef LC_KERNEL_ISA_ACTIVATION_H
#define LC_KERNEL_ISA_ACTIVATION_H

#include "kernel/isa/vector.h"

static const float log2_e = 1.44269504088896341f;

/* x * factor = whole + part with |part| <= 1/2; returns 2^whole. */
INLINE vf power_of_whole(vf x, float factor, vf *part)
{
    const float shift = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    vf t = madd(x, splat(factor), splat(shift));
    *part = madd(x, splat(factor), shift - t);
    return (vf)(((vi)t - (int32_t)0x4b400000 + 127) << 23);
}

/* 1 / (1 + e^-x) with e^-x = scale 2^r and 2^r = (q + r) / (q - r), where q = r / tanh(r ln2 / 2) is even and smooth;
 * minimax, relative error of 2^r 3e-10. */
INLINE vf sigmoid(vf x)
{
    vf r, scale = power_of_whole(clamp(x, 60.0f), -log2_e, &r);
    vf u = r * r, q = madd(u, madd(u, splat(-0.00092045378f), splat(0.115523953f)), splat(2.8853901f));
    vf below = q - r;
    return below / madd(scale, q + r, below);
}

/* 2^r - 1 on |r| <= 1/2, minimax: 1.1e-8 of itself, which keeps tanh near 0. */
INLINE vf power_minus1(vf r)
{
    vf q = splat(0.00015403512f);
    q = madd(q, r, splat(0.00133907356f));
    q = madd(q, r, splat(0.0096182375f));
    q = madd(q, r, splat(0.0555035743f));
    q = madd(q, r, splat(0.240226498f));
    q = madd(q, r, splat(0.693147188f));
    return q * r;
}

/* (e^2x - 1) / (e^2x + 1); e^2x - 1 is never made from e^2x, which would lose it near 0. */
INLINE vf hyperbolic_tangent(vf x)
{
    vf r, scale = power_of_whole(clamp(x, 30.0f), 2 * log2_e, &r);
    vf minus1 = madd(scale, power_minus1(r), scale - 1.0f);
    return minus1 / (minus1 + 2.0f);
}

#endif
