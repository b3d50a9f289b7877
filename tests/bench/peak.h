/* What the machine can do at most: multiply-adds in registers alone, with the instructions of one set of kernels. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

#include <stddef.h>

/* FLOPs a second of `threads` threads that run at the same time, a multiply-add counted as two: the best of several
 * rounds. 0 for an instruction set without a loop here. */
double peak_flops(const char *isa, size_t threads);

#endif
