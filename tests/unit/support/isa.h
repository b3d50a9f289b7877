/* The instruction sets that tests run on: those of this build that the processor has. */
#ifndef LC_TESTS_ISA_H
#define LC_TESTS_ISA_H

#include "kernel/kernels.h"

enum { ISA_COUNT = 3 };

/* Number i of ISA_COUNT, or NULL where the processor or the build lacks it. Number 0 is always there. */
const lc_kernels *isa_at(size_t i);

#endif
