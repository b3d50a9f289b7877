^read    40 rows
^wrote   a\?\[2Jb\?\?\?\?\.csv\.out, 2 rows$
^a\?\[2Jb\?\?\?\?\.csv: --target: there is no column "x"$
^  columns: date, \?\]0;owned\?ÿ$
^a\?\[2Jb\?\?\?\?\.csv\.gone: cannot be opened
