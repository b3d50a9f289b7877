/* Multiply-adds on nothing but registers, compiled once for every instruction set as the kernels are. Twelve sums that
 * do not wait for each other hide the latency of every machine met so far, and leave registers for the operands where
 * there are sixteen. */
#include <stddef.h>

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
typedef float vec __attribute__((vector_size(BYTES)));

#define JOIN(a, b) a##b
#define NAME(isa) JOIN(bench_peak_loop_, isa)
#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
enum { SUMS = 12 };

double NAME(LC_ISA)(size_t turns, float *seed);

/* Does 12 multiply-adds of whole vectors a turn and returns the FLOPs. The sums start from *seed and end in it, so that
 * the compiler can leave nothing out; they converge to 1 and never become denormal. */
double NAME(LC_ISA)(size_t turns, float *seed)
{
    const vec zero = {0}, factor = *seed * 0.5f - zero, term = *seed * 0.5f - zero;
#define START(i) vec s##i = *seed * (float)(i + 1) - zero;
    EACH(START)
    for (size_t t = 0; t < turns; t++) {
#define STEP(i) s##i = s##i * factor + term;
        EACH(STEP)
    }
    vec all = zero;
#define SUM(i) all += s##i;
    EACH(SUM)
    *seed = all[0] / SUMS;
    return 2.0 * SUMS * (double)(sizeof(vec) / sizeof(float)) * (double)turns;
}
