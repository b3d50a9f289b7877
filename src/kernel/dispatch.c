#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernels.h"

#if defined(__aarch64__)
extern const lc_kernels lc_neon_kernels;
#else
extern const lc_kernels lc_base_kernels;
#endif
#if defined(__x86_64__)
extern const lc_kernels lc_avx2_kernels, lc_avx512_kernels;

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

static int always(void)
{
    return 1;
}

/* From the narrowest to the widest. */
static const struct {
    const lc_kernels *kernels;
    int (*usable)(void);
} sets[] = {
#if defined(__aarch64__)
    {&lc_neon_kernels, always},
#else
    {&lc_base_kernels, always},
#endif
#if defined(__x86_64__)
    {&lc_avx2_kernels, has_avx2},
    {&lc_avx512_kernels, has_avx512},
#endif
};

const lc_kernels *lc_kernels_select(const char *cap)
{
    const lc_kernels *best = NULL;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        if (sets[i].usable()) best = sets[i].kernels;
        bool named = cap && (strcmp(cap, sets[i].kernels->isa) == 0 || (i == 0 && strcmp(cap, "base") == 0));
        if (named) return best;
    }
    return cap ? NULL : best;
}

const lc_kernels *lc_kernels_default(void)
{
    const char *cap = getenv("LOOMCAST_ISA");
    return lc_kernels_select(cap && *cap ? cap : NULL);
}

const char *lc_kernels_names(void)
{
#if defined(__x86_64__)
    return "base, avx2 or avx512";
#elif defined(__aarch64__)
    return "base or neon";
#else
    return "base";
#endif
}
