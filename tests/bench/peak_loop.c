/* Multiply-adds on nothing but registers, compiled once for every instruction set as the kernels are. Sums that do not
 * wait for each other hide the latency: two units times four cycles need 8 of them, four units 16. There are 12, which
 * leaves room for the operands among sixteen registers, and 24 where there are thirty-two registers. */
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
#define TWELVE(DO, of)                                                                                                 \
    DO(of, 0)                                                                                                          \
    DO(of, 1) DO(of, 2) DO(of, 3) DO(of, 4) DO(of, 5) DO(of, 6) DO(of, 7) DO(of, 8) DO(of, 9) DO(of, 10) DO(of, 11)
#if defined(__AVX512F__) || defined(__aarch64__)
#define EACH(DO) TWELVE(DO, a) TWELVE(DO, b)
enum { SUMS = 24 };
#else
#define EACH(DO) TWELVE(DO, a)
enum { SUMS = 12 };
#endif

enum { FIRST_a = 1, FIRST_b = 13 }; /* no two sums start alike, or the compiler would keep one of them */

double NAME(LC_ISA)(size_t turns, float *seed);

/* Does SUMS multiply-adds of whole vectors a turn and returns the FLOPs. The sums start from *seed and end in it, so
 * that the compiler can leave nothing out; they converge to 1 and never become denormal. */
double NAME(LC_ISA)(size_t turns, float *seed)
{
    const vec zero = {0}, factor = *seed * 0.5f - zero, term = *seed * 0.5f - zero;
#define START(of, i) vec of##i = *seed * (float)(i + FIRST_##of) - zero;
    EACH(START)
    for (size_t t = 0; t < turns; t++) {
#define STEP(of, i) of##i = of##i * factor + term;
        EACH(STEP)
    }
    vec all = zero;
#define SUM(of, i) all += of##i;
    EACH(SUM)
    *seed = all[0] / SUMS;
    return 2.0 * SUMS * (double)(sizeof(vec) / sizeof(float)) * (double)turns;
}
