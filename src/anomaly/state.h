/* What a detector knows, as a flat list of named arrays: the form in which it is saved and restored.
 *
 * A detector calls `visit` once for each of its arrays, always with the same names and types in the same order; counts
 * may differ from detector to detector. Together the arrays hold all that later findings depend on (random numbers
 * included) and nothing of the machine. With `restoring` the visitor fills the arrays instead of reading them: the
 * detector learns from the first ones how large the others are, makes room, and refuses (LC_E_MODEL) counts and
 * positions with which a later row could go wrong, since the file may be damaged or hostile. */
#ifndef LC_ANOMALY_STATE_H
#define LC_ANOMALY_STATE_H

#include "model/safetensors.h"

typedef struct lc_state {
    /* data (count) elements of the type; it stays where it is until the detector is used again. Names are short ASCII
     * words with dots between them. Anything but LC_OK ends the visit with that code. */
    lc_code (*visit)(void *user, const char *name, lc_scalar type, void *data, size_t count, lc_status *st);
    void *user;
    bool restoring;
} lc_state;

#endif
