^loomcast: LOOMCAST_ISA names no instruction set of this build$
^  use base(, avx2 or avx512| or neon)?$
^loomcast: LOOMCAST_ISA names no instruction set of this build$
^  use base(, avx2 or avx512| or neon)?$
