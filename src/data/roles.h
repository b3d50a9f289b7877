/* Which column is the time, the id, a target, a covariate: from the settings, else from the first rows. */
#ifndef LC_DATA_ROLES_H
#define LC_DATA_ROLES_H

#include "data/cell.h"
#include "data/clock_column.h"
#include "data/csv_row.h"
#include "data/notes.h"
#include "data/stamp_parts.h"

#define LC_NO_COLUMN SIZE_MAX

typedef struct lc_value_column {
    size_t column;
    bool named;     /* by the settings: text in it is an error whatever the first rows hold */
    bool tentative; /* found by itself and empty in the first rows: text in it later drops the column */
} lc_value_column;

typedef struct lc_roles {
    size_t time, id;      /* LC_NO_COLUMN: none */
    lc_stamp_parts parts; /* of stamps that stand in several columns, the first of which is `time` */
    lc_stamp_parts spare; /* columns that would join with `time`, which does without them */
    lc_clock_column clock;
    lc_value_column *value; /* targets, the covariates in this order, and labels */
    size_t n_targets, n_past, n_future, n_static;
    size_t n_labels; /* 1: the setting `labels` names a column; else 0 */
} lc_roles;

static inline size_t lc_roles_values(const lc_roles *r)
{
    return r->n_targets + r->n_past + r->n_future + r->n_static + r->n_labels;
}

/* The value of --time that would join what stands beside the dates; false: nothing does, or it is too long. */
bool lc_roles_join_option(const lc_roles *r, char *const *columns, char *out, size_t room);

/* The option that gives value column i its role. */
const char *lc_roles_option(const lc_roles *r, size_t i);

typedef struct lc_first_rows { /* what the roles are decided from */
    const char *file;
    char *const *names; /* (n_columns) */
    size_t n_columns;
    const lc_csv_row *row; /* (n) data rows, without the header */
    size_t n;
    const char *time_format; /* "" for the usual ones */
    bool hours_from_one;     /* a column of hours counts from 1 to 24, whatever the rows hold */
    bool live;               /* no more rows can be waited for: what their like would settle is taken for granted */
} lc_first_rows;

/* Adds a note about text columns that are ignored. *r is to be freed in any case. */
lc_code lc_roles_decide(lc_roles *r, const lc_first_rows *first, const lc_settings *s, const lc_cell_rules *rules,
                        lc_notes *notes, lc_status *st);
void lc_roles_free(lc_roles *r);

/* Gives the column that is called `name` to an option; taken[column] is the option that took it. */
lc_code lc_roles_take(const lc_first_rows *first, const char **taken, const char *option, const char *name, size_t *out,
                      lc_status *st);

#endif
