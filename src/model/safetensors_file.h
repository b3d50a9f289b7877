/* A safetensors file in memory: private to safetensors.c and safetensors_find.c. */
#ifndef LC_MODEL_SAFETENSORS_FILE_H
#define LC_MODEL_SAFETENSORS_FILE_H

#include <jansson.h>

#include "model/safetensors.h"

struct lc_safetensors {
    json_t *header;         /* owns the names and the metadata */
    const json_t *metadata; /* NULL when absent */
    lc_tensor *tensors;     /* (n) in the order of their data */
    const lc_tensor **by_name;
    size_t n;
    float *data; /* all tensors, one after the other */
    /* of lc_safetensors_read_pieces instead of data: */
    unsigned char *bytes;
    struct lc_scalar_place {
        lc_scalar type;
        const unsigned char *at;
    } * place; /* (n) */
};

/* Orders pointers to tensors by name, for qsort and bsearch. */
int lc_safetensors_by_name(const void *pa, const void *pb);

#endif
