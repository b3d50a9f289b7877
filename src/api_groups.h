/* The rows of a result by series, in the order in which a chart draws them. */
#ifndef LC_API_GROUPS_H
#define LC_API_GROUPS_H

#include "data/clock.h"
#include "report/result.h"

typedef struct lc_group {
    const char *id;
    size_t n;    /* rows */
    size_t *row; /* (n) by time; those of one time as they stand */
    double *x;   /* (n) seconds since 1970, step numbers, or positions where `ds` is no stamp */
} lc_group;

typedef struct lc_groups {
    lc_group *list; /* (n) in the order in which they first appear */
    size_t n;
    bool calendar; /* x is seconds */
    size_t *past;  /* (n) the first row of its earlier forecast, SIZE_MAX: it has none; NULL without them */
    size_t *rows;
    double *x;
} lc_groups;

/* Of what->result; its stamps are read with the clock of the data, where they are known. *g is to be freed in any case.
 */
lc_code lc_groups_create(lc_groups *g, const lc_report *what, lc_status *st);
void lc_groups_free(lc_groups *g);

#endif
