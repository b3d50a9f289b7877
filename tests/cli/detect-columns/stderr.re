^read    160 rows
^model   lstm, 4 hidden units, lookback 7, horizon 1
^flags   1 of [0-9]+ scored rows; [0-9]+ not scored \(learned from, or no forecast\)$
^wrote   a\.csv, 160 rows$
