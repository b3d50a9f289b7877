^error   [0-9.]+ x naive, [0-9.e+]+ x seasonal naive, on
^warning: naive was better: repeating the last (season|value) beats this model$
^wrote   a\.model, the weights of epoch 1$
