#!/usr/bin/env python3
"""The LSTM of neuralforecast on a wide CSV file, as its documentation shows it; scripts/bench/one-command runs it.

usage: neuralforecast_lstm.py forecast FILE HORIZON SETTINGS SEED RESULT CHART
       neuralforecast_lstm.py windows FILE HORIZON SETTINGS SEED RESULT COUNT LAST

`forecast` fits on all rows and writes the next HORIZON with 80 % intervals as CSV, and a chart. `windows` fits once before
COUNT windows of HORIZON rows, the last of which ends at stamp LAST, and writes what it forecasts of each, in the columns
of `loomcast evaluate --save-windows`. FILE has its stamps in the first column; columns of words are passed over. SETTINGS
is a name in the table below. All columns are learned by one network (the library's cross-learning).
"""
import logging, sys, warnings

import pandas as pd
from neuralforecast import NeuralForecast
from neuralforecast.losses.pytorch import DistributionLoss, MQLoss
from neuralforecast.models import LSTM
from utilsforecast.plotting import plot_series

LEVEL = 80
# What its pages set beside horizon and loss: the quickstart, the tutorial of intervals (the defaults) and the page of the
# model. The rest are defaults: 2 layers of 128 hidden units, 3 horizons of input, windows scaled by median and MAD, 128 of
# them a minibatch, Adam at 0.001.
SETTINGS = {"quickstart": lambda h: {"input_size": 2 * h, "max_steps": 500, "scaler_type": "standard",
                                     "encoder_hidden_size": 64, "decoder_hidden_size": 64},
            "intervals": lambda h: {"input_size": -1, "max_steps": 1000},
            "model-page": lambda h: {"input_size": -1, "max_steps": 200, "loss": DistributionLoss("Normal", level=[LEVEL])}}
QUIET = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}


def read(path):
    wide = pd.read_csv(path, parse_dates=[0])
    stamp, values = wide.columns[0], list(wide.select_dtypes("number").columns)
    return wide.melt(stamp, values, "unique_id", "y").rename(columns={stamp: "ds"})[["unique_id", "ds", "y"]]


def in_our_words(table):
    """The columns of the library's result as loomcast names its own."""
    words = {"LSTM-median": "forecast", f"LSTM-lo-{LEVEL}": f"forecast-lo-{LEVEL}", f"LSTM-hi-{LEVEL}": f"forecast-hi-{LEVEL}"}
    return table.rename(columns=lambda name: words.get(name.removesuffix(".0"), name))


def main():
    what, path, horizon, settings, seed, result, *rest = sys.argv[1:]
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    horizon, data = int(horizon), read(path)
    model = LSTM(h=horizon, random_seed=int(seed), accelerator="cpu",
                 **{"loss": MQLoss(level=[LEVEL]), **QUIET, **SETTINGS[settings](horizon)})
    library = NeuralForecast(models=[model], freq="D")
    if what == "forecast":
        library.fit(data)
        ahead = library.predict()
        in_our_words(ahead).to_csv(result, index=False)
        # plot_series wants the bounds named after the line, which is the mean where the loss is of a distribution.
        ahead = ahead.drop(columns="LSTM", errors="ignore").rename(columns={"LSTM-median": "LSTM"})
        plot_series(data, ahead, level=[LEVEL], max_insample_length=8 * horizon).savefig(rest[0], bbox_inches="tight")
        return
    count, last = int(rest[0]), pd.Timestamp(rest[1])
    table = library.cross_validation(data[data.ds <= last], n_windows=count, step_size=horizon, refit=False)
    in_our_words(table).to_csv(result, index=False)


main()
