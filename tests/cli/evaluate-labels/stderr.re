^all series +events +hit  false\* F1 ev\. F1 row VUS-PR +NAB +best$
^default +2 +[0-2] 
^residual +2 +[0-2] 
^dynamic-threshold +2 +[0-2] 
^zscore +2 +[0-2] 
^\* false alarms in 10,000 rows
^wrote   table.csv, 8 rows$
--labels judges flags, --save-windows is about forecasts
