/* What the engine's benchmark times, and how each kind of work is done. A new kind is a function and a row of the table
 * in work.c. */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include "bench/measure.h"
#include "model/streaming.h"
#include "train/engine.h"

enum { MOST_FIGURES = 16 };

typedef struct shape {
    const char *name;
    size_t batch, steps, inputs, hidden, layers, outputs;
} shape;

extern const shape shapes[];
extern const size_t n_shapes;

/* Which table a figure stands in: a step's phases would make one of all too wide. */
typedef enum table_id { TABLE_WHOLE, TABLE_PHASES, TABLES } table_id;

typedef struct figure {
    table_id table;
    const char *what;
    timing time;
    double flops; /* 0: not counted */
} figure;

/* One shape on one number of threads. */
typedef struct bench {
    const shape *shape;
    size_t threads, shards;
    double seconds;
    float *data; /* (batch + steps + outputs, inputs): rows of a series, windows overlap as they do in training */
    float *out;  /* (batch, outputs) */
    lc_network *net;
    lc_engine *engine;
    lc_infer *infer;
    lc_streaming *stream;
    size_t rows; /* that measured inference asks for */
    figure figure[MOST_FIGURES];
    size_t figures;
} bench;

lc_code bench_open(bench *b, lc_status *st);
void bench_close(bench *b);

/* A kind of work: adds one figure to an open benchmark, or several. */
typedef struct work {
    const char *what; /* as --what says it */
    lc_code (*run)(bench *b, lc_status *st);
} work;

extern const work works[];
extern const size_t n_works;

#endif
