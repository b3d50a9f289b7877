^warning: --lookback has no effect: detect learns as it reads; train a model and name it with --model$
^read    160 rows
^flags   1 of [0-9]+ scored rows; [0-9]+ not scored \(the first 100, the first day, or no value\)$
^wrote   a\.csv, 160 rows$
