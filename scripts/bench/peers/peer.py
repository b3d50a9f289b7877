"""What the Python peers share: the shapes of bench_engine, options, the clock and the JSON lines."""
import argparse, json, statistics, time

# batch, steps, inputs, hidden, layers, outputs
SHAPES = {"a": (32, 24, 1, 32, 1, 1), "b": (64, 48, 8, 64, 1, 1), "c": (64, 96, 8, 128, 1, 1),
          "d": (128, 96, 8, 128, 2, 1), "e": (128, 168, 16, 256, 1, 1), "h16": (32, 16, 11, 16, 1, 4),
          "auto-large": (256, 14, 64, 64, 1, 1), "auto-small": (32, 14, 32, 32, 1, 1)}
LEAST = 20e-6  # seconds between two looks at the clock


def options(about):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--what", default="train,infer,window1,row")
    return parser.parse_args()


def measure(work, seconds):
    """Seconds that `work` takes at best and in the median; short work runs several times between two looks."""
    for _ in range(3):
        work()  # what is compiled or allocated at first
    repeat = 1
    while True:
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        if time.perf_counter() - start >= LEAST:
            break
        repeat *= 2
    took, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(took) < 3:
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        took.append((time.perf_counter() - start) / repeat)
    return min(took), statistics.median(took)


def report(engine, args, works):
    """works(what, shape) gives ways to do the same work by name: the fastest one counts."""
    for name in args.shapes.split(","):
        batch, steps, inputs, hidden, layers, _ = SHAPES[name]
        step = 2 * 4 * hidden * (inputs + hidden + (layers - 1) * 2 * hidden)
        flops = {"train": 3 * step * steps * batch, "infer": step * steps * batch, "window1": step * steps, "row": step}
        for what in args.what.split(","):
            ways = works(what, SHAPES[name])
            best, median, way = min((*measure(work, args.seconds / len(ways)), way) for way, work in ways.items())
            print(json.dumps({"engine": engine, "shape": name, "threads": args.threads, "what": what,
                              "ms": round(best * 1e3, 6), "median_ms": round(median * 1e3, 6),
                              "gflops": round(flops[what] / best / 1e9, 2), "way": way}), flush=True)
