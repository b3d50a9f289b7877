/* One step of an LSTM layer with all its arrays, drawn for tests of the kernels. */
#ifndef LC_TESTS_LSTM_STEP_H
#define LC_TESTS_LSTM_STEP_H

#include "kernel/kernels.h"
#include "unit/support/paneled.h"

double sigma(double x);
size_t whole_panels(const lc_kernels *k, size_t width);

/* Which of the optional arrays a step has. */
enum { HAS_H_PREV = 1, HAS_CELL_PREV = 2, HAS_GATES = 4, HAS_DZ_NEXT = 8, HAS_DY = 16, HAS_ALL = 31 };
unsigned drawn_arrays(values *v);

typedef struct forward_case {
    const lc_kernels *k;
    size_t rows, inputs, units;
    unsigned has;
    plain x, h_prev;
    paneled w, cell_prev;
} forward_case;

typedef struct forward_out {
    plain h;
    paneled cell, gates;
} forward_out;

/* Weights are of the size `spread`: with exact values and a power of two the gates' inputs are exact. */
forward_case forward_create(const lc_kernels *k, size_t rows, size_t units, unsigned has, double spread, values *v);
void forward_free(forward_case *c);
forward_out forward_room(const forward_case *c, values *v);
void forward_room_free(forward_out *o);
bool forward_same(const forward_out *a, const forward_out *b);

/* Rows from..from + rows - 1; in place: the cell lies where the one before lay. */
void forward(const forward_case *c, size_t from, size_t rows, bool in_place, const forward_out *o);

typedef struct backward_case {
    const lc_kernels *k;
    size_t rows, units;
    paneled w; /* the recurrent rows only */
    float *wt;
    paneled gates, cell, cell_prev, dc, dz_next;
    plain dy;
} backward_case;

typedef struct backward_out {
    paneled gates, dc;
} backward_out;

backward_case backward_create(const lc_kernels *k, size_t rows, size_t units, unsigned has, values *v);
void backward_free(backward_case *c);
backward_out backward_room(const backward_case *c);
void backward_room_free(backward_out *o);

/* Rows from..from + rows - 1; nothing outside of dc is written. */
void backward(const backward_case *c, size_t from, size_t rows, const backward_out *o);

#endif
