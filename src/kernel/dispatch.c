#include <stdlib.h>
#include <string.h>

#include "kernel/kernels.h"

extern const lc_kernels lc_kernels_base;
#if defined(__x86_64__)
extern const lc_kernels lc_kernels_avx2, lc_kernels_avx512;

static int has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}

static int has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

static int has_base(void)
{
    return 1;
}

/* From the narrowest to the widest. */
static const struct {
    const lc_kernels *kernels;
    int (*usable)(void);
} sets[] = {
    {&lc_kernels_base, has_base},
#if defined(__x86_64__)
    {&lc_kernels_avx2, has_avx2},
    {&lc_kernels_avx512, has_avx512},
#endif
};

const lc_kernels *lc_kernels_select(const char *cap)
{
    const lc_kernels *best = NULL;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        if (sets[i].usable()) best = sets[i].kernels;
        if (cap && strcmp(cap, sets[i].kernels->isa) == 0) return best;
    }
    return cap ? NULL : best;
}

const lc_kernels *lc_kernels_default(void)
{
    const char *cap = getenv("LOOMCAST_ISA");
    return lc_kernels_select(cap && *cap ? cap : NULL);
}
