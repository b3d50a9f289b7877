#!/usr/bin/env python3
"""Times PyTorch's nn.LSTM with a linear head on the shapes of bench_engine.

train: forward, mean squared error, backward, clip, Adam. infer: a batch in inference mode; window1: a single window.
row: one step of one sequence with its state. Where now one way to the same result is faster and now another, both are
tried and the faster one counts.
"""
import torch
from peer import options, report


def train_step(net, batch, steps, inputs, outputs, **adam):
    lstm, head = net
    params = [*lstm.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(params, lr=1e-3, **adam)
    x, y = torch.randn(batch, steps, inputs), torch.randn(batch, outputs)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.mse_loss(head(lstm(x)[0][:, -1]), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()

    return step


def inference(net, batch, steps, inputs, traced):
    lstm, head = net
    x = torch.randn(batch, steps, inputs)

    class Last(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.head = lstm, head

        def forward(self, rows):
            return self.head(self.lstm(rows)[0][:, -1])

    model = Last().eval()
    if traced:
        with torch.no_grad():
            model = torch.jit.freeze(torch.jit.trace(model, x))

    def run():
        with torch.inference_mode():
            model(x)

    return run


def row(head, inputs, hidden, layers):
    """Through cells: nn.LSTM takes longer for one step."""
    stack = [torch.nn.LSTMCell(hidden if i else inputs, hidden) for i in range(layers)]
    x, state = torch.randn(1, inputs), [(torch.zeros(1, hidden), torch.zeros(1, hidden)) for _ in stack]

    def run():
        with torch.inference_mode():
            out = x
            for i, cell in enumerate(stack):
                state[i] = cell(out, state[i])
                out = state[i][0]
            head(out)

    return run


def works(what, shape):
    batch, steps, inputs, hidden, layers, outputs = shape
    torch.manual_seed(0)
    net = torch.nn.LSTM(inputs, hidden, layers, batch_first=True), torch.nn.Linear(hidden, outputs)
    if what == "train":
        return {"fused Adam": train_step(net, batch, steps, inputs, outputs, fused=True)}
    if what == "window1":
        batch = 1
    if what in ("infer", "window1"):
        return {"inference mode": inference(net, batch, steps, inputs, False),
                "traced and frozen": inference(net, batch, steps, inputs, True)}
    return {"cells": row(net[1], inputs, hidden, layers)}


def main():
    args = options(__doc__.splitlines()[0])
    torch.set_num_threads(args.threads)
    report(f"torch {torch.__version__.split('+')[0]}", args, works)


main()
