/* The table of this instruction set's kernels. */
#include "kernel/isa/vector.h"

#define TEXT2(a) #a
#define TEXT(a) TEXT2(a)

extern const lc_kernels KERNEL(kernels);
const lc_kernels KERNEL(kernels) = {
    .isa = TEXT(LC_ISA),
    .lanes = VL,
    .lstm_forward = KERNEL(lstm_forward),
    .lstm_backward = KERNEL(lstm_backward),
    .lstm_input_gradient = KERNEL(lstm_input_gradient),
    .weight_gradient = KERNEL(weight_gradient),
    .lstm_transpose = KERNEL(lstm_transpose),
    .gemm = KERNEL(gemm),
    .reduce = KERNEL(reduce),
    .adam = KERNEL(adam),
    .average = KERNEL(average),
    .relu = KERNEL(relu),
    .relu_backward = KERNEL(relu_backward),
    .pinball = KERNEL(pinball),
};
