^wrote   again/flags\.gp$
^warning: other\.csv has not the series of f\.csv$
