^note: .*filled as model input
