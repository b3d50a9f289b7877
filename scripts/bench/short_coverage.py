#!/usr/bin/env python3
"""How often do the default intervals of short monthly series hold? (standard library only)

usage: short_coverage.py [PROGRAM]   (default build/loomcast)
Twelve made series of 72 months (trend, season of 12, noise) with 18 more months to check: the share of those
216 values inside the 80 and the 95 % interval.
"""
import csv, math, os, random, subprocess, sys, tempfile

PROGRAM = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/loomcast")
MONTHS, AHEAD, SERIES = 72, 18, 12


def made(seed):
    r = random.Random(seed)
    return [1000 + 8 * i + 150 * math.sin(2 * math.pi * i / 12) + r.gauss(0, 20) for i in range(MONTHS + AHEAD)]


def main():
    inside = {"80": 0, "95": 0}
    with tempfile.TemporaryDirectory() as box:
        path = os.path.join(box, "made.csv")
        for seed in range(SERIES):
            y = made(seed)
            with open(path, "w") as f:
                f.write("month,y\n")
                f.writelines(f"{2000 + i // 12}-{i % 12 + 1:02d}-01,{y[i]:.2f}\n" for i in range(MONTHS))
            out = subprocess.run([PROGRAM, "forecast", path, "--quiet", "--level", "80,95"], check=True, text=True,
                                 capture_output=True).stdout
            for row, truth in zip(csv.DictReader(out.splitlines()), y[MONTHS:]):
                for level in inside:
                    inside[level] += float(row[f"forecast-lo-{level}"]) <= truth <= float(row[f"forecast-hi-{level}"])
    for level, n in inside.items():
        print(f"{level} % interval covers {100 * n / (SERIES * AHEAD):.0f} % of {SERIES * AHEAD}")


main()
