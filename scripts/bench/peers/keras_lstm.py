#!/usr/bin/env python3
"""Times Keras' LSTM layers with a dense head, on TensorFlow, on the shapes of bench_engine.

train: forward, mean squared error, backward, clip, Adam. infer: a batch through a compiled function; window1: a single
window. row: one step of one sequence with its state, through the layers' cells. All with XLA, which was faster than
without on every shape; train in two ways, of which the faster one counts.
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import tensorflow as tf
from peer import options, report


def model_of(shape):
    _, steps, inputs, hidden, layers, outputs = shape
    lstm = [keras.layers.LSTM(hidden, return_sequences=i + 1 < layers) for i in range(layers)]
    return keras.Sequential([keras.Input((steps, inputs)), *lstm, keras.layers.Dense(outputs)])


def batch_of(shape):
    batch, steps, inputs, _, _, outputs = shape
    return tf.random.normal((batch, steps, inputs)), tf.random.normal((batch, outputs))


def train_on_batch(shape):
    model, (x, y) = model_of(shape), batch_of(shape)
    model.compile(optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=1.0), loss="mse", jit_compile=True)
    x, y = x.numpy(), y.numpy()
    return lambda: model.train_on_batch(x, y)


def train_function(shape):
    """The same step without what train_on_batch does around it."""
    model, (x, y) = model_of(shape), batch_of(shape)
    optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=True)
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
        optimizer.apply(tape.gradient(loss, model.trainable_variables))
        return loss

    return lambda: step().numpy()


def inference(shape):
    model, (x, _) = model_of(shape), batch_of(shape)
    run = tf.function(lambda rows: model(rows, training=False), jit_compile=True)
    return lambda: run(x).numpy()


def row(shape):
    _, _, inputs, hidden, layers, outputs = shape
    cells, head = [keras.layers.LSTMCell(hidden) for _ in range(layers)], keras.layers.Dense(outputs)
    for i, cell in enumerate(cells):
        cell.build((1, hidden if i else inputs))
    head.build((1, hidden))

    # States that stay inside: every argument and result of a call costs more than the arithmetic.
    states = [[tf.Variable(tf.zeros((1, hidden))) for _ in range(2)] for _ in cells]

    @tf.function(jit_compile=True)
    def step(x):
        for cell, state in zip(cells, states):
            x, after = cell(x, [each.read_value() for each in state])
            for variable, value in zip(state, after):
                variable.assign(value)
        return head(x)

    x = tf.random.normal((1, inputs))
    return lambda: step(x).numpy()


def works(what, shape):
    if what == "train":
        return {"train_on_batch": train_on_batch(shape), "function": train_function(shape)}
    if what == "row":
        return {"function": row(shape)}
    return {"function": inference((1, *shape[1:]) if what == "window1" else shape)}


def main():
    args = options(__doc__.splitlines()[0])
    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    report(f"keras {keras.__version__} (tensorflow {tf.__version__})", args, works)


main()
