/* A fuzz target is one file tests/fuzz/fuzz_<name>.c that defines LLVMFuzzerTestOneInput; see `make fuzz`. */
#ifndef LC_TESTS_FUZZ_H
#define LC_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Ends the process, which the fuzzer reports with the input that led there. */
#define FUZZ_MUST(condition)                                                                                           \
    do {                                                                                                               \
        if (!(condition)) __builtin_trap();                                                                            \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
