#include "unit/support/isa.h"

#include <string.h>

const lc_kernels *isa_at(size_t i)
{
#if defined(__aarch64__)
    static const char *const names[ISA_COUNT] = {"neon"};
#else
    static const char *const names[ISA_COUNT] = {"base", "avx2", "avx512"};
#endif
    if (!names[i]) return NULL;
    const lc_kernels *k = lc_kernels_select(names[i]);
    return k && strcmp(k->isa, names[i]) == 0 ? k : NULL;
}
