^loomcast [0-9]+\.[0-9]+\.[0-9]+ \(kernels: [a-z0-9]+, threads: [0-9]+\)$
