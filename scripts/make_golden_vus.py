#!/usr/bin/env python3
"""Writes tests/golden/vus.csv: VUS-ROC, VUS-PR and the period of a series as the package TSB-AD computes them.

usage: make_golden_vus.py tests/golden/vus.csv       (pip install TSB-AD numpy scipy scikit-learn statsmodels)

Labels, scores and values follow from the seed by a generator that tests/unit/check_vus.c repeats, so that the file
holds their parameters only. The package is used through its own functions: RangeAUC_volume_opt (version 'opt', 250
thresholds, what its benchmark reports) and find_length_rank (rank 1).
"""
import importlib.util
import math
import sys
from pathlib import Path

import numpy as np


class Random:
    """Knuth's 64-bit linear congruential generator; u() is in [0, 1)."""

    def __init__(self, seed):
        self.x = seed

    def u(self):
        self.x = (self.x * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.x >> 11) / 2.0**53


def case(seed, n, events, length, quality, levels):
    r = Random(seed)
    label = np.zeros(n, dtype=int)
    for _ in range(events):
        begin, rows = int(r.u() * n), 1 + int(r.u() * length)
        label[begin : begin + rows] = 1
    score = np.zeros(n)
    for i in range(n):
        score[i] = r.u() + quality * label[i]
        if levels:
            score[i] = math.floor(score[i] * levels) / levels
    return label, score


def series(seed, n, period):
    r = Random(seed)
    return np.array([(i % period) / period + 0.3 * r.u() for i in range(n)])


def module(name):
    """One file of the package: importing the whole asks for every detector's library."""
    root = Path(importlib.util.find_spec("TSB_AD").origin).parent
    spec = importlib.util.spec_from_file_location(Path(name).stem, root / name)
    found = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(root / "evaluation"))
    spec.loader.exec_module(found)
    return found


def metrics():
    # Its affiliation measures are not needed, and are imported relatively.
    root = Path(importlib.util.find_spec("TSB_AD").origin).parent
    text = (root / "evaluation" / "basic_metrics.py").read_text()
    names = {}
    lines = [x for x in text.splitlines() if not x.startswith("from .")]
    exec(compile("\n".join(lines), "basic_metrics.py", "exec"), names)
    return names["basic_metricor"]()


def main(out):
    grader, periods = metrics(), module("utils/slidingWindows.py")
    rows = ["what,seed,n,events,length,quality,levels,buffer,roc,pr"]
    for seed, n, events, length, quality, levels, buffer in (
        (1, 60, 1, 5, 0.5, 0, 10),  # fewer rows than thresholds
        (2, 1000, 1, 40, 0.4, 0, 0),
        (3, 1000, 3, 30, 0.3, 0, 25),
        (4, 2000, 12, 20, 0.2, 0, 100),  # buffers that overlap
        (5, 2000, 40, 1, 0.6, 0, 60),  # single rows, close to each other
        (6, 1500, 4, 50, 0.3, 12, 40),  # ties
        (7, 1500, 4, 50, 0.0, 3, 41),
        (8, 997, 5, 200, 0.5, 0, 125),  # much of the series is labelled
        (9, 748, 2, 60, -0.2, 0, 30),  # worse than chance
        (10, 4000, 5, 100, 2.0, 0, 50),  # perfect
        (11, 500, 400, 2, 0.3, 5, 7),
    ):
        label, score = case(seed, n, events, length, quality, levels)
        *_, roc, pr = grader.RangeAUC_volume_opt(label, score, buffer)
        rows.append(f"vus,{seed},{n},{events},{length},{quality},{levels},{buffer},{roc:.15g},{pr:.15g}")
    for seed, n, period in ((1, 2000, 24), (2, 3000, 288), (3, 500, 4), (4, 1000, 350), (5, 60, 12), (6, 25000, 48)):
        found = periods.find_length_rank(series(seed, n, period).reshape(-1, 1), rank=1)
        rows.append(f"period,{seed},{n},0,0,{period},0,{found},,")
    Path(out).write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
