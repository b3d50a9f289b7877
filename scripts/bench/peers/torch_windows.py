#!/usr/bin/env python3
"""Trains PyTorch's nn.LSTM on one column of a CSV file the usual way: all windows are cut out and copied to one tensor.

usage: torch_windows.py FILE LOOKBACK HIDDEN BATCH STEPS (minibatches to train on)
"""
import sys

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset


def main():
    path, (lookback, hidden, batch, steps) = sys.argv[1], map(int, sys.argv[2:])
    series = np.loadtxt(path, dtype=np.float32, skiprows=1)
    series = (series - series.mean()) / series.std()
    windows = np.lib.stride_tricks.sliding_window_view(series[:-1], lookback)
    x = torch.from_numpy(np.array(windows)).unsqueeze(-1)
    y = torch.from_numpy(series[lookback:]).unsqueeze(-1)
    loader = DataLoader(TensorDataset(x, y), batch_size=batch, shuffle=True)
    lstm, head = torch.nn.LSTM(1, hidden, batch_first=True), torch.nn.Linear(hidden, 1)
    params = [*lstm.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(params, lr=1e-3)
    for _, (rows, target) in zip(range(steps), loader):
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.mse_loss(head(lstm(rows)[0][:, -1]), target).backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()


main()
