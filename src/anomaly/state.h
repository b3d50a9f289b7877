/* What a detector knows, as a flat list of named arrays: the form in which it is saved and restored.
 *
 * lc_stream_state calls `visit` once for each array of the detector, always in the same order, with the same names,
 * types and counts for detectors that were created with the same options; a value that changes is an array of count 1.
 * Together the arrays hold all that later findings depend on (random numbers included), and nothing that depends on the
 * machine, such as pointers. Whoever restores a detector creates one with the same options, lets a visitor write into
 * the arrays in place, and then calls lc_stream_restored. */
#ifndef LC_ANOMALY_STATE_H
#define LC_ANOMALY_STATE_H

#include "model/safetensors.h"

/* data (count) elements of the type, which the visitor may read and write. Anything but LC_OK ends the visit and is
 * what lc_stream_state returns. Names are short ASCII words, dots between them: "tail.value.sorted". */
typedef lc_code (*lc_state_visit_fn)(void *user, const char *name, lc_scalar type, void *data, size_t count);

/* The detector offers:
 *
 *     lc_code lc_stream_state(lc_stream *s, lc_state_visit_fn visit, void *user);
 *
 *     // After the arrays were written from a file, which may be damaged or hostile: recomputes what follows from them,
 *     // and refuses (LC_E_MODEL) counts and positions that lie outside their arrays, so that no later push can go
 *     // wrong. Numbers need not make sense.
 *     lc_code lc_stream_restored(lc_stream *s, lc_status *st);
 */

#endif
