^exit 0$
^exit 2$
^file        a\?\[2Jb[^[:cntrl:]]*\.csv$
^columns     date, \?\]0;owned\?[^[:cntrl:]]*$
^exit 0$
^exit 1$
