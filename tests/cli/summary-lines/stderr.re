^read    40 rows, 1 series, step D, season 7$
^model   lstm, 4 hidden units, lookback 7, horizon 2, epoch 1 of 1 kept$
^error   [0-9.e+-]+ x naive, [0-9.e+-]+ x seasonal naive, on [0-9]+ validation windows$
^wrote   a\.csv, 2 rows$
^wrote   a\.gp$
