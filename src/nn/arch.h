/* Architectures: which layers a network stacks. A new one is a function and a row of the table in arch.c. */
#ifndef LC_NN_ARCH_H
#define LC_NN_ARCH_H

#include "base/settings.h"
#include "nn/network.h"

typedef struct lc_arch {
    const char *name;               /* as --arch and model files say it */
    bool (*build)(lc_network *net); /* adds the layers that net->spec asks for; false: out of memory */
} lc_arch;

/* The anomaly detector's: it is no --arch. An LSTM layer and a dense head, and a linear branch past them. */
extern const lc_arch lc_arch_online;

const lc_arch *lc_arch_find(const char *name); /* NULL: unknown */

/* Sets what is open in *s and follows from the architecture alone; for "auto" all of it follows from the data.
 * LC_E_MEMORY. */
lc_code lc_arch_defaults(lc_settings *s, lc_status *st);

#endif
