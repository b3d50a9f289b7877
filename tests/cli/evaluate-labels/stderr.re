^all series +events +hit  false\* F1 ev\. F1 row VUS-PR +NAB +best$
^default +2 +[0-2] 
^\* false alarms in 10,000 rows
^wrote   table.csv, 2 rows$
--labels judges flags, --save-windows is about forecasts
