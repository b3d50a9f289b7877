/* A panel: the series of one or more CSV files on regular steps, ready for windows.
 *
 * A frame is one time axis with its columns: a wide file is one frame, each id of the long layout is one.
 * A series is one target column of a frame; a column without any number in a frame makes no series there.
 * With `gaps` = skip, rows with a missing cell are left out, steps are consecutive rows, and stamps need not
 * be regular. Missing cells and missing steps are interpolated in `y`
 * (constant at the ends) and marked in `mask`: they serve as model input but never as truth. The line through a gap
 * knows where the gap ends, so whoever looks from a row within it must not: see lc_known_rows. */
#ifndef LC_DATA_PANEL_H
#define LC_DATA_PANEL_H

#include "base/settings.h"
#include "base/status.h"
#include "data/clock.h"
#include "data/numbers.h"

enum { LC_OBSERVED = 0, LC_MISSING_CELL = 1, LC_MISSING_STEP = 2 };

typedef struct lc_frame {
    char *id;            /* "" in a wide file */
    size_t file;         /* that it stands in; index into files */
    size_t steps;        /* on the regular grid, gaps included; to the last target where covariates are known ahead */
    size_t length;       /* of what is there for each step: steps, and those after them that have no target */
    size_t known;        /* steps from the first on for which all covariates known ahead are there */
    lc_stamp first;      /* step k stands k steps of the panel's frequency after it ... */
    lc_stamp *stamp;     /* (length) ... but where they are written otherwise; else NULL */
    int16_t *offset;     /* (length) minutes from UTC; NULL unless they change within the column */
    lc_numbers *past;    /* (n_past)(length), interpolated; NULL without covariates; static ones (1), those known ahead
                            (the greater of length and known), the calendar's (steps) */
    bool *past_borrowed; /* (n_past) private */
    uint32_t **past_gap; /* (n_past)(as past) as lc_series.gap */
} lc_frame;

typedef struct lc_series {
    char *id;       /* what results call it: the id, the target, id:target, or file:target of several wide files */
    size_t frame;   /* index into frames */
    size_t target;  /* index into targets */
    size_t steps;   /* = the frame's */
    lc_numbers y;   /* (steps), gaps filled */
    bool borrowed;  /* private: y is part of the panel's columns */
    size_t missing; /* steps that are not observed */
    uint8_t *mask;  /* (steps) LC_OBSERVED ...; NULL: none is missing */
    uint32_t *gap;  /* (steps) missing steps in a row up to and with this one; NULL: none is missing */
} lc_series;

static inline bool lc_is_observed(const lc_series *s, size_t step)
{
    return !s->mask || s->mask[step] == LC_OBSERVED;
}

static inline double lc_value(const lc_series *s, size_t step)
{
    return lc_number(s->y, step);
}

/* How many of the first n rows do not depend on later ones: all, but for a gap at their end. */
static inline size_t lc_known_rows(const uint32_t *gap, size_t n)
{
    return gap && n ? n - gap[n - 1] : n;
}

typedef enum lc_covariate { LC_KNOWN_PAST, LC_KNOWN_AHEAD, LC_STATIC, LC_CALENDAR } lc_covariate;

#define LC_NO_STEP UINT32_MAX

typedef struct lc_row_place { /* where an input row went */
    uint32_t frame;
    uint32_t
        step; /* LC_NO_STEP: left out, with `gaps` = skip; from steps on: a row without a target that is known ahead */
} lc_row_place;

typedef struct lc_left_out { /* what is known of a row that has no step */
    size_t row;
    lc_stamp stamp;
    int16_t offset;
    double *y; /* (n_targets) NaN: missing */
} lc_left_out;

struct lc_panel {
    lc_frame *frames;
    size_t n_frames;
    lc_series *series; /* ordered by target, then frame */
    size_t n_series;
    char **targets;
    size_t n_targets;
    char **past;               /* covariates: those known up to now, those known ahead, static ones, the calendar's */
    size_t n_past;             /* of all four */
    size_t n_future, n_static; /* of those known ahead, and of static ones */
    size_t n_features;         /* the last n_features follow from the stamps, see data/features.h */
    size_t n_rows;             /* input rows */
    lc_row_place
        *rows; /* (n_rows) private, see lc_panel_row; NULL: each frame's rows are its steps, one after the other */
    size_t *first_row;     /* (n_frames + 1) private */
    lc_left_out *left_out; /* (n_left_out) in the order of rows */
    size_t n_left_out;
    double *left_out_y; /* what they point to */
    lc_clock clock;
    lc_freq freq;
    uint8_t *label; /* (n_rows) 1 where the column that the setting `labels` names says so; NULL without one */
    char **files;   /* (n_files) names as they were given */
    size_t n_files;
    char *source;        /* name of the (first) file */
    char *time_name;     /* time column, several as in "Date,Time", "" without one */
    bool hours_from_one; /* private: stamps are joined with hours of 1 to 24 */
    char *id_name;       /* id column, "" in the wide layout */
    char *value_label;   /* "" unless there is one target: its name, for an axis */
    char **notices;      /* lines that a user should read: gaps filled, rows sorted */
    size_t n_notices;
    /* how the file was understood */
    char delimiter;
    bool has_header, decimal_comma;
    char **columns; /* every column's name, in order */
    size_t n_columns;
    struct lc_names *by_id; /* private: series by id, for lc_panel_find */
    /* private: what series look into where they need no copy */
    lc_numbers *column; /* (n_columns_kept) */
    size_t n_columns_kept;
};
typedef struct lc_panel lc_panel;

/* Reads the files ("-" is standard input) with one schema; a series may not appear twice. Uses the
 * settings of group COLUMNS. */
lc_code lc_panel_read_files(lc_panel **out, const char *const *paths, size_t n, const lc_settings *s, lc_status *st);
/* The same from memory; `name` stands for the file in messages. */
lc_code lc_panel_read_memory(lc_panel **out, const char *name, const char *bytes, size_t n, const lc_settings *s,
                             lc_status *st);
void lc_panel_free(lc_panel *p);

/* How many covariates there are: of all kinds, and of those known ahead, static ones and the calendar's. */
typedef struct lc_covariate_counts {
    size_t all, ahead, fixed, calendar;
} lc_covariate_counts;

static inline lc_covariate_counts lc_panel_covariates(const lc_panel *p)
{
    return (lc_covariate_counts){p->n_past, p->n_future, p->n_static, p->n_features};
}

/* What covariate c is. */
static inline lc_covariate lc_panel_covariate(const lc_panel *p, size_t c)
{
    if (c >= p->n_past - p->n_features) return LC_CALENDAR;
    if (c >= p->n_past - p->n_features - p->n_static) return LC_STATIC;
    return c >= p->n_past - p->n_features - p->n_static - p->n_future ? LC_KNOWN_AHEAD : LC_KNOWN_PAST;
}

/* Where an input row went. */
lc_row_place lc_panel_row(const lc_panel *p, size_t row);

/* The stamp of a frame's step; steps beyond the last one go on from it. */
lc_stamp lc_panel_stamp(const lc_panel *p, const lc_frame *f, size_t step);

/* The stamp of a frame's step as the file writes it; steps beyond the last one go on in the last one's zone. */
const char *lc_panel_stamp_text(const lc_panel *p, const lc_frame *f, size_t step, char out[LC_STAMP_TEXT]);

/* The stamp of a row without a step. */
const char *lc_panel_left_out_text(const lc_panel *p, const lc_left_out *row, char out[LC_STAMP_TEXT]);

/* What results call a target of a frame, or with target n_targets the row as a whole (to be freed); NULL: out of
 * memory. */
char *lc_panel_id_of(const lc_panel *p, size_t frame, size_t target);

/* The series with this id, or SIZE_MAX. */
size_t lc_panel_find(const lc_panel *p, const char *id);

#endif
