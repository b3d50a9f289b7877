^loomcast: the result cannot be written: No space left on device$
^loomcast: standard output cannot be written: No space left on device$
^loomcast: standard output cannot be written: No space left on device$
^loomcast: standard output cannot be written: No space left on device$
^/dev/full: the result cannot be written: No space left on device$
