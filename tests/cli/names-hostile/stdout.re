^exit 0$
^exit 2$
^file        a\?\[2Jb[^[:cntrl:]]*\.csv$
^columns     date \(time\), \?\]0;owned\?[^[:cntrl:]]* \(target\)$
^exit 0$
^exit 1$
