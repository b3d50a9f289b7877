^exit 0$
^exit 2$
^file        a\?\[2Jb\?\?\?.*\.csv$
^columns     date, \?\]0;owned\?\?$
^exit 0$
^exit 1$
