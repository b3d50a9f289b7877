^wrote   a\.gp, 12 of 14 series, those first that deserve a look$
