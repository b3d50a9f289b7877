^wrote   again/flags\.gp$
