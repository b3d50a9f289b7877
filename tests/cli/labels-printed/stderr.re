^flags 
^labels  stamps.csv: 2 events in 300 rows$
^events  [0-2] of 2 hit: precision [-01.0-9]+, recall [01]\.[0-9]{3}, F1 [01]\.[0-9]{3}$
^rows    precision [-01.0-9]+, recall [01]\.[0-9]{3}, F1 [01]\.[0-9]{3}$
^false   [0-9]+ alarms?, [0-9.]+ in 10,000 rows$
^scores  VUS-PR 0\.[0-9]{3}, VUS-ROC 0\.[0-9]{3}, with buffers of up to 24 rows$
^NAB     standard [-0-9.]+, low FP [-0-9.]+, low FN [-0-9.]+, of these flags$
^        standard [0-9.]+, low FP [0-9.]+, low FN [0-9.]+, with the best threshold
^wrote   flags.csv, 300 rows$
^----$
^series +events +hit  false\* F1 ev\. F1 row VUS-PR +NAB +best$
^load +2 +[0-2] 
^other +2 +[0-2] 
^all +2 +[0-2] 
^all: rows as a whole$
^labels  stamps.csv: 2 events in 300 rows$
^wrote   two-flags.csv, 900 rows$
^----$
