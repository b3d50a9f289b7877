^loomcast [0-9.]+: 
^usage: loomcast COMMAND
^  forecast 
