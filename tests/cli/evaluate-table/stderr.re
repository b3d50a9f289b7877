^all series +MAE +RMSE +sMAPE % +MASE +OWA$
^lstm +[0-9.]+ +[0-9.]+ +[0-9.]+ +
^seasonal-naive +0 +0 +0\.000 +- +-$
^warning: seasonal-naive was better than lstm: its MA
