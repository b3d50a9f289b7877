^sales\.csv: no safetensors file: its header would be [0-9]+ bytes
^  the file is damaged or no safetensors file
^\.: is a folder$
^empty\.model: 
^  the file is damaged or no safetensors file
^cut\.model: 
^more\.model: 
^other\.model: is a safetensors file but no model of loomcast$
^later\.model: has model format version "9"
