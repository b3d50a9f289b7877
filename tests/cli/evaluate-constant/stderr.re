^read    40 rows
^all series
^naive +0 +0 +0\.000 +- +-$
^warning: naive was better than lstm: its MAE is
