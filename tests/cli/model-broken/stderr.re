^sales\.csv: not a loomcast model \(no safetensors file: it begins with "date,sal"\)$
^  the file is damaged or not by loomcast train: take a fresh copy or train the model again$
^\.: is a folder$
^empty\.model: not a loomcast model \(a file of 0 bytes is no safetensors file\)$
^  the file is damaged or not by loomcast train
^cut\.model: not a loomcast model \(the header is [0-9]+ bytes long, but only 892 follow\)$
^more\.model: 
^other\.model: not a loomcast model \(a safetensors file of something else\)$
^later\.model: has model format version "9"
