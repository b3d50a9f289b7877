#!/usr/bin/env python3
"""Times PyTorch's nn.LSTM with a linear head on the shapes of bench_engine.

train: forward, mean squared error, backward, clip, Adam. infer: a batch in inference mode; window1: a single window.
row: one step of one sequence with its state. Where PyTorch offers several ways to the same result, each is tried and
the fastest counts.
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


def row(net, inputs, hidden, layers, cells):
    lstm, head = net
    if cells:
        stack = [torch.nn.LSTMCell(inputs if i == 0 else hidden, hidden) for i in range(layers)]
        x = torch.randn(1, inputs)
        state = [(torch.zeros(1, hidden), torch.zeros(1, hidden)) for _ in stack]

        def run():
            with torch.inference_mode():
                out = x
                for i, cell in enumerate(stack):
                    state[i] = cell(out, state[i])
                    out = state[i][0]
                head(out)
    else:
        x = torch.randn(1, 1, inputs)
        kept = [(torch.zeros(layers, 1, hidden), torch.zeros(layers, 1, hidden))]

        def run():
            with torch.inference_mode():
                out, kept[0] = lstm(x, kept[0])
                head(out[:, -1])

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
    return {"LSTM": row(net, inputs, hidden, layers, False), "LSTMCell": row(net, inputs, hidden, layers, True)}


def main():
    args = options(__doc__.splitlines()[0])
    torch.set_num_threads(args.threads)
    report(f"torch {torch.__version__.split('+')[0]}", args, works)


main()
