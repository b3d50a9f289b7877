#!/usr/bin/env python3
"""Do loomcast, PyTorch and Keras forecast the same with loomcast's model file?

Trains briefly with random settings (1 to 3 layers of 1 to 65 hidden units, one or several targets, with and without
covariates), forecasts from several ends of the data, feeds the same windows to torch.nn.LSTM and keras.layers.LSTM with
the weights of the model file, and prints the largest difference in standard deviations of the data. Needs torch,
safetensors and keras with a backend (pip install torch==2.13.0 safetensors tensorflow-cpu); without Keras it compares
with PyTorch alone.
"""
import argparse, csv, json, math, os, random, subprocess, tempfile

import numpy as np
import torch
from safetensors import safe_open

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
try:
    import keras
except ImportError:
    keras = None

LEAST_VARIANCE = 1e-5  # keeps flat windows defined
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", default=os.path.join(ROOT, "build", "loomcast"))
    p.add_argument("--settings", type=int, default=20)
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args()


def draw(r):
    return {"layers": r.randint(1, 3), "hidden": r.randint(1, 65), "lookback": r.randint(3, 40), "horizon": r.randint(1, 12),
            "targets": r.choice((1, 1, 2, 3)), "past": r.choice((0, 0, 1, 2))}


def write(path, rows, names):
    with open(path, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["t", *names])
        out.writerows([i, *("%.6g" % v for v in row)] for i, row in enumerate(rows))


def load(path):
    with safe_open(path, "pt") as f:
        return json.loads(f.metadata()["config"]), {name: f.get_tensor(name).double() for name in f.keys()}


def by_torch(config, weights, window):
    n = config["network"]
    lstm = torch.nn.LSTM(n["inputs"], n["hidden"], n["layers"], batch_first=True).double()
    head = torch.nn.Linear(n["hidden"], n["outputs"]).double()
    lstm.load_state_dict({k[5:]: v for k, v in weights.items() if k.startswith("lstm.")})
    head.load_state_dict({k[5:]: v for k, v in weights.items() if k.startswith("head.")})
    with torch.no_grad():
        return head(lstm(torch.tensor(window)[None])[0][:, -1])[0].numpy()


def by_keras(config, weights, window):
    """Keras keeps kernels transposed and one bias; its gates are i, f, c, o, too."""
    n = config["network"]
    layers = [keras.layers.LSTM(n["hidden"], return_sequences=i + 1 < n["layers"], dtype="float64") for i in range(n["layers"])]
    model = keras.Sequential([keras.Input(window.shape), *layers, keras.layers.Dense(n["outputs"], dtype="float64")])
    for i, layer in enumerate(layers):
        w = {k: weights[f"lstm.{k}_l{i}"].numpy() for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        layer.set_weights([w["weight_ih"].T, w["weight_hh"].T, w["bias_ih"] + w["bias_hh"]])
    model.layers[-1].set_weights([weights["head.weight"].numpy().T, weights["head.bias"].numpy()])
    return np.asarray(model(window[None]))[0]


def forecasts(program, path, model, columns):
    done = subprocess.run([program, "forecast", path, "--model", model, "--quiet", *columns], stdout=subprocess.PIPE, text=True, check=True)
    found = {}
    for row in csv.DictReader(done.stdout.splitlines()):
        found.setdefault(row["unique_id"], []).append(float(row["forecast"]))
    return found


def in_window(scaled, lookback):
    """The last rows with the mean and the standard deviation of their own taken off, and those (window norm)."""
    last = scaled[-lookback:]
    center, spread = last.mean(), math.sqrt(last.var() + LEAST_VARIANCE)
    return (last - center) / spread, center, spread


def compare(program, box, r, number):
    """The largest difference to PyTorch and to Keras, in standard deviations."""
    s, rows = draw(r), 300
    targets, past = [f"y{i}" for i in range(s["targets"])], [f"x{i}" for i in range(s["past"])]
    names = targets + past
    levels = [(r.uniform(-50, 50), 10 ** r.uniform(-1, 2), r.uniform(5, 30)) for _ in names]
    data = np.array([[a + b * (math.sin(t / c) + r.gauss(0, 0.3)) for a, b, c in levels] for t in range(rows)])
    path, model = os.path.join(box, "d.csv"), os.path.join(box, f"{number}.model")
    write(path, data, names)
    given = ["--" + k + "=" + str(s[k]) for k in ("layers", "hidden", "lookback", "horizon")]
    columns = ["--time=t", "--target=" + ",".join(targets)] + (["--past=" + ",".join(past)] if past else [])
    subprocess.run([program, "train", path, "-o", model, "--quiet", "--arch=lstm", "--epochs=2", f"--seed={number}", *columns,
                    *given], check=True)
    config, weights = load(model)
    with open(path, encoding="utf-8") as f:
        # Numbers of up to seven digits are kept in four bytes, and those are what a network sees.
        shown = np.array([[float(np.float32(v)) for v in row[1:]] for row in list(csv.reader(f))[1:]])
    worst = [0.0, 0.0]
    for cut in (rows, rows - 7, s["lookback"] + 20):
        write(path, shown[:cut], names)
        found = forecasts(program, path, model, columns)
        for i, target in enumerate(targets):
            scale = next(x for x in config["scalers"] if x["id"] == target)
            columns_of = [(scale, i)] + [(own, len(targets) + k) for k, own in enumerate(scale["past"])]
            normed = [in_window((shown[:cut, k] - one["mean"]) / one["sd"], s["lookback"]) for one, k in columns_of]
            window = np.stack([n[0] for n in normed], 1)
            _, center, spread = normed[0]
            mine = ((np.array(found[target]) - scale["mean"]) / scale["sd"] - center) / spread
            worst[0] = max(worst[0], np.abs(mine - by_torch(config, weights, window)).max() * spread)
            if keras:
                worst[1] = max(worst[1], np.abs(mine - by_keras(config, weights, window)).max() * spread)
    return s, worst


def main():
    o = options()
    r, worst = random.Random(o.seed), [0.0, 0.0]
    with tempfile.TemporaryDirectory() as box:
        for number in range(1, o.settings + 1):
            s, here = compare(os.path.abspath(o.program), box, r, number)
            worst = [max(a, b) for a, b in zip(worst, here)]
            print(", ".join(f"{k} {v}" for k, v in s.items()) + f": PyTorch {here[0]:.1e}" + (f", Keras {here[1]:.1e}" if keras else ""))
    print(f"largest difference of {o.settings} settings, in standard deviations: PyTorch {torch.__version__} {worst[0]:.1e}"
          + (f", Keras {keras.__version__} {worst[1]:.1e}" if keras else "; Keras is not installed"))


main()
