#!/usr/bin/env python3
"""Writes tests/golden/*.safetensors: small LSTMs with what PyTorch computes for them.

Run by hand from the repository root (needs torch and safetensors); the files are committed, so that neither
building nor testing needs PyTorch. Everything is computed in float64 from parameters and inputs that were rounded
to float32 first, and stored as float32.

A file holds
  lstm.weight_ih_l0 ... head.bias   parameters under PyTorch's names
  x (B,T,I), y (B,O), out (B,O)     input, target (NaN: not observed), output
  loss (1)                          mean over the observed targets
  grad.<name>                       the loss's gradient by every parameter
  after.<name>                      some files: the parameters after `adam_steps` steps of clip_grad_norm_ and Adam on
                                    this one batch
and as metadata batch, steps, inputs, hidden, layers, outputs, loss (mse, mae, huber), missing, torch; with after.*
also adam_steps, adam_lr, adam_clip.
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import load, save

LOSSES = {"mse": F.mse_loss, "mae": F.l1_loss, "huber": F.huber_loss}

# name: batch, steps, inputs, hidden, layers, outputs, loss, share of missing targets, Adam steps, lr, clip
CASES = {
    "one_of_each": (1, 1, 1, 1, 1, 1, "mse", 0.0, 3, 1e-2, 1.0),
    "one_step": (3, 1, 2, 5, 1, 2, "mae", 0.0, 3, 1e-2, 0.05),
    "one_layer": (5, 12, 3, 8, 1, 4, "mse", 0.0, 5, 1e-3, 0.1),
    "two_layers": (4, 9, 2, 7, 2, 3, "huber", 0.0, 5, 3e-3, 0.2),
    "three_layers": (3, 7, 1, 5, 3, 6, "mae", 0.0, 5, 1e-3, 5.0),
    "wide": (2, 6, 4, 33, 1, 2, "mse", 0.0, 0, 0.0, 0.0),
    "wide_two_layers": (3, 5, 1, 16, 2, 1, "huber", 0.0, 0, 0.0, 0.0),
    "missing_targets": (6, 8, 5, 9, 2, 5, "mae", 0.4, 0, 0.0, 0.0),
    "missing_mse": (4, 10, 1, 3, 1, 3, "mse", 0.5, 3, 1e-2, 0.1),
    "long": (2, 48, 1, 6, 1, 1, "huber", 0.0, 0, 0.0, 0.0),
}


class Net(torch.nn.Module):
    def __init__(self, inputs, hidden, layers, outputs):
        super().__init__()
        self.lstm = torch.nn.LSTM(inputs, hidden, layers, batch_first=True)
        self.head = torch.nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def masked_loss(kind, out, y):
    seen = ~torch.isnan(y)
    return LOSSES[kind](out[seen], y[seen])


def build(seed, batch, steps, inputs, hidden, layers, outputs, kind, missing, adam_steps, lr, clip):
    torch.manual_seed(seed)
    net = Net(inputs, hidden, layers, outputs).double()
    with torch.no_grad():
        for p in net.parameters():
            # Larger than PyTorch's start, so that the gates leave their linear range.
            p.copy_((1.5 * p + 0.1 * torch.randn_like(p)).float().double())
    x = torch.randn(batch, steps, inputs).double()
    y = (1.5 * torch.randn(batch, outputs)).double()
    hidden_targets = torch.rand(batch, outputs) < missing
    hidden_targets[0, 0] = False
    y[hidden_targets] = float("nan")

    out = net(x)
    loss = masked_loss(kind, out, y)
    loss.backward()
    tensors = {name: p.detach().clone() for name, p in net.named_parameters()}
    tensors |= {f"grad.{name}": p.grad.clone() for name, p in net.named_parameters()}
    tensors |= {"x": x, "y": y, "out": out.detach(), "loss": loss.detach().reshape(1)}
    facts = dict(batch=batch, steps=steps, inputs=inputs, hidden=hidden, layers=layers, outputs=outputs, loss=kind,
                 missing=int(hidden_targets.sum()), torch=torch.__version__)
    if adam_steps:
        adam = torch.optim.Adam(net.parameters(), lr=lr)
        for _ in range(adam_steps):
            adam.zero_grad()
            masked_loss(kind, net(x), y).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
            adam.step()
        tensors |= {f"after.{name}": p.detach().clone() for name, p in net.named_parameters()}
        facts |= dict(adam_steps=adam_steps, adam_lr=lr, adam_clip=clip)
    return {k: v.float().contiguous() for k, v in tensors.items()}, {k: str(v) for k, v in facts.items()}


def sort_metadata(data):
    """The package writes metadata in any order; sorted, the same run gives the same bytes."""
    n = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + n])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[8 + n :]


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden"
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (name, case) in enumerate(CASES.items()):
        tensors, facts = build(seed, *case)
        path = folder / f"{name}.safetensors"
        data = sort_metadata(save(tensors, metadata=facts))
        load(data)
        path.write_bytes(data)
        print(f"{path.name}: {path.stat().st_size} bytes, loss {tensors['loss'].item():.6f}")


if __name__ == "__main__":
    main()
