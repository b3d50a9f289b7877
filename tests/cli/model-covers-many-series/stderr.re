^wrote   a\.gp, the first 12 of 14 series$
