/* A fitted model: settings, network, weights, scalers and calibration, to and from one safetensors file. */
#ifndef LC_MODEL_MODEL_H
#define LC_MODEL_MODEL_H

#include "base/settings.h"
#include "data/clock.h"
#include "data/window.h"
#include "nn/network.h"

/* Sizes of past forecast errors from windows that training did not see, in units of how far the model's own 10 and 90 %
 * quantiles lie from its forecast (forecast/predict.h): the raw material of conformal intervals for any level. */
typedef struct lc_calibration {
    size_t windows; /* errors that each step's scores stand for; 0: not calibrated */
    bool pooled;    /* one set of scores for all steps (few windows) */
    bool quantiles; /* the units were learned; else they only say how errors grow with the steps */
    size_t blocks;  /* windows among them that do not overlap, about as many independent ones */
    size_t kept;    /* scores kept per step: all, or evenly spaced order statistics */
    double *score;  /* (pooled ? 1 : horizon, kept) ascending */
} lc_calibration;

#define LC_NEVER INT64_MIN
/* Scaler of one series of the training data, under the id that results use. */
typedef struct lc_named_scale {
    char *id;
    lc_stamp until; /* of the last row that the fit knew; LC_NEVER: from before it was kept */
    lc_scale scale;
    lc_scale *past; /* (n_past) */
} lc_named_scale;

typedef struct lc_training_summary {
    char program[24]; /* version of loomcast that made the model; "": from before it was kept */
    size_t series, rows, windows, valid_windows;
    size_t epochs;                   /* run; of the first network, as the next two */
    size_t best_epoch;               /* 1-based; its weights are kept */
    double *train_loss, *valid_loss; /* (epochs) */
    /* mean absolute error on the validation windows relative to the (seasonal) naive forecast's; NaN: none */
    double against_naive, against_seasonal_naive;
    size_t *steps; /* (members) minibatches until the weights that are kept; 0: too few rows for a network */
} lc_training_summary;

struct lc_model {
    lc_settings *settings; /* resolved: horizon, lookback and season are set */
    lc_freq freq;
    char **targets; /* this and all names and ids: as UTF-8 (lc_utf8) */
    size_t n_targets;
    char **past;                           /* covariates, in the order of lc_panel */
    size_t n_past;                         /* of all */
    size_t n_future, n_static, n_calendar; /* of those known ahead, static ones, and the last ones */
    lc_named_scale *scales;
    size_t n_scales;
    lc_network *net; /* NULL: a statistical model, which has no weights */
    float *w;        /* (members, net->params) */
    lc_calibration calibration;
    lc_training_summary training;
    struct json_t *unknown; /* fields of its file that this version does not know; NULL: none */
};

/* The network of resolved settings for data with such covariates, without weights; NULL for a statistical model. */
lc_code lc_model_network(lc_network **out, const lc_settings *settings, lc_covariate_counts n, lc_status *st);

/* An empty model for resolved settings (copied), weights zero. */
lc_code lc_model_create(lc_model **out, const lc_settings *settings, lc_covariate_counts n, lc_status *st);

/* Has it networks that were trained? */
bool lc_model_networked(const lc_model *m);

/* Weights (net->params floats) of one of the networks. */
float *lc_model_weights(const lc_model *m, size_t member);

/* Copies what the panel calls its columns, its frequency and the scalers of its series. */
lc_code lc_model_adopt(lc_model *m, const lc_panel *p, const lc_scales *scales, lc_status *st);

/* Scalers for the series of a panel: those learned in training by id; a series that training never saw gets one
 * from its own first rows[series] rows (NULL: all), counted in *unknown. LC_E_MODEL when the panel lacks a covariate
 * of the model. */
lc_code lc_model_scales(const lc_model *m, const lc_panel *p, const size_t *rows, lc_scales *out, size_t *unknown,
                        lc_status *st);

/* The last stamp of each series of the panel (n_series) that the fit knew: INT64_MIN for a series that it never saw,
 * and INT64_MAX, all of it, where that cannot be told. */
lc_code lc_model_known(const lc_model *m, const lc_panel *p, lc_stamp *out, lc_status *st);

lc_code lc_model_write(const lc_model *m, const char *path, bool replace, lc_status *st);
lc_code lc_model_read(lc_model **out, const char *path, lc_status *st);
lc_code lc_model_read_memory(lc_model **out, const char *name, const void *bytes, size_t n, lc_status *st);

/* Beginning with what another training learned: a model file, or a safetensors file with tensors of the same names.
 * lc_model_inherit sets what the settings leave open or at its default, of those of the group MODEL and the season, as
 * the model has it; a file that is no model leaves them. lc_model_start takes the weights: those of a single network
 * for each of several, too. LC_E_MODEL names the tensor that does not fit. */
lc_code lc_model_inherit(lc_settings *s, const char *path, lc_status *st);
lc_code lc_model_start(lc_model *m, const char *path, lc_status *st);

/* The config as JSON text (free it with free); NULL: out of memory. */
char *lc_model_config(const lc_model *m);

#endif
