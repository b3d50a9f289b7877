#include "train/checkpoint.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/sums.h"
#include "kernel/kernels.h"
#include "loomcast.h"
#include "model/safetensors.h"

enum { WEIGHTS, AVERAGE, MOMENT1, MOMENT2, BEST, BLOCKS };
enum { BEST_SCORE, POWER1, POWER2, NUMBERS };
enum { ROUNDS, BEST_ROUND, STEPS, SINCE_BEST, BEFORE, DONE, ENDED, COUNTS };
enum { PARTS = 4, NAME = 48 }; /* tensors of a network */

static const char format_name[] = "loomcast-checkpoint";

/* A network as it is kept. */
typedef struct net {
    bool there;
    size_t params, rounds;
    float *block;   /* (BLOCKS, params); the average is left out where none is kept: zeros */
    double *losses; /* (2, rounds) training, validation */
    double number[NUMBERS];
    uint64_t count[COUNTS];
} net;

struct lc_checkpoint {
    char *path;
    char identity[20];
    net *slot; /* (n) */
    size_t n;
    pthread_mutex_t lock; /* of the slots and the file */
};

/* ---- whose checkpoint it is ---- */

static uint64_t mix(uint64_t h, uint64_t x)
{
    return lc_hash64(h ^ lc_hash64(x));
}

static uint64_t mix_text(uint64_t h, const char *s)
{
    for (; *s; s++) h = mix(h, (unsigned char)*s);
    return mix(h, 256);
}

static uint64_t mix_real(uint64_t h, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return mix(h, bits);
}

/* Covariates as far as every kind of them reaches; static ones are a single number. */
static uint64_t mix_frame(uint64_t h, const lc_panel *p, const lc_frame *f)
{
    for (size_t c = 0; f->past && c < p->n_past; c++) {
        const lc_covariate kind = lc_panel_covariate(p, c);
        const size_t n = kind == LC_STATIC ? 1 : f->steps;
        for (size_t k = 0; k < n; k++) h = mix_real(h, lc_number(f->past[c], k));
    }
    return h;
}

static lc_code mix_settings(uint64_t *h, const lc_settings *s, lc_status *st)
{
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        if (info->group == LC_GROUP_RUN || info->group == LC_GROUP_DETECT || info->group == LC_GROUP_EVALUATE) continue;
        char *text = lc_settings_dup(s, info->name);
        if (!text) return lc_fail_memory(st);
        *h = mix_text(mix_text(*h, info->name), text);
        free(text);
    }
    return LC_OK;
}

/* The weights that the training begins with. */
static lc_code mix_start(uint64_t *h, const char *path, lc_status *st)
{
    lc_safetensors *f = NULL;
    lc_code code = *path ? lc_safetensors_read(&f, path, st) : LC_OK;
    for (size_t i = 0; f && i < lc_safetensors_count(f); i++) {
        const lc_tensor *t = lc_safetensors_at(f, i);
        size_t n = 1;
        for (size_t d = 0; d < t->dims; d++) n *= t->shape[d];
        *h = mix_text(*h, t->name);
        for (size_t k = 0; k < n; k++) *h = mix_real(*h, (double)t->data[k]);
    }
    if (code != LC_OK) lc_status_set_file(st, path);
    lc_safetensors_free(f);
    return code;
}

static lc_code identify(lc_checkpoint *c, const lc_panel *p, const lc_settings *s, const lc_split *split, lc_status *st)
{
    uint64_t h = mix_text(mix_text(1, LC_VERSION), lc_kernels_default()->isa);
    lc_code code = mix_settings(&h, s, st);
    if (code == LC_OK) code = mix_start(&h, s->from, st);
    for (size_t i = 0; i < p->n_series; i++) {
        const lc_series *one = &p->series[i];
        h = mix(mix(mix_text(h, one->id), split[i].train), split[i].end);
        for (size_t k = 0; k < one->steps; k++)
            h = mix_real(h, lc_is_observed(one, k) ? lc_number(one->y, k) : (double)NAN);
    }
    for (size_t f = 0; f < p->n_frames; f++) h = mix_frame(h, p, &p->frames[f]);
    snprintf(c->identity, sizeof c->identity, "%016llx", (unsigned long long)h);
    return code;
}

/* ---- the file ---- */

static void name_of(char out[NAME], size_t i, const char *what)
{
    snprintf(out, NAME, "net.%zu.%s", i, what);
}

static lc_code broken(const char *path, lc_status *st)
{
    lc_fail_at(st, LC_E_MODEL, path, 0, 0, "is no checkpoint, or a damaged one");
    lc_hint(st, "leave --resume out and give --force to begin anew");
    return LC_E_MODEL;
}

static const void *vector(const lc_safetensors *f, size_t i, const char *what, lc_scalar type, size_t *n)
{
    char name[NAME];
    name_of(name, i, what);
    return lc_safetensors_vector(f, name, type, n);
}

/* Whether a training keeps such a network: after its first round, with weights and losses that did not diverge. */
static bool can_be(const net *s)
{
    const uint64_t *count = s->count;
    const double *number = s->number;
    for (size_t i = 0; i < s->rounds; i++)
        if (!isfinite(s->losses[i]) || isinf(s->losses[s->rounds + i])) return false;
    for (size_t i = POWER1; i <= POWER2; i++)
        if (!(number[i] >= 0 && number[i] < 1)) return false;
    return count[ROUNDS] == s->rounds && count[BEST_ROUND] >= 1 && count[BEST_ROUND] <= count[ROUNDS] &&
           count[SINCE_BEST] == count[ROUNDS] - count[BEST_ROUND] && count[ENDED] <= 1 &&
           isfinite(number[BEST_SCORE]) && lc_all_finite(s->block + WEIGHTS * s->params, s->params) &&
           lc_all_finite(s->block + AVERAGE * s->params, s->params) &&
           lc_all_finite(s->block + BEST * s->params, s->params);
}

static lc_code read_slot(net *s, const lc_safetensors *f, size_t i, const char *path, lc_status *st)
{
    size_t floats = 0, losses = 0, numbers = 0, counts = 0;
    const void *block = vector(f, i, "weights", LC_SCALAR_F32, &floats);
    const void *loss = vector(f, i, "losses", LC_SCALAR_F64, &losses);
    const void *number = vector(f, i, "numbers", LC_SCALAR_F64, &numbers);
    const void *count = vector(f, i, "counts", LC_SCALAR_U64, &counts);
    if (!block && !loss && !number && !count) return LC_OK;
    if (!block || !loss || !number || !count || floats % BLOCKS || losses % 2 || numbers != NUMBERS || counts != COUNTS)
        return broken(path, st);
    s->block = lc_calloc(floats, sizeof *s->block);
    s->losses = lc_calloc(losses, sizeof *s->losses);
    if (!s->block || !s->losses) return lc_fail_memory(st);
    if (floats) memcpy(s->block, block, floats * sizeof *s->block);
    if (losses) memcpy(s->losses, loss, losses * sizeof *s->losses);
    memcpy(s->number, number, sizeof s->number);
    memcpy(s->count, count, sizeof s->count);
    s->params = floats / BLOCKS;
    s->rounds = losses / 2;
    s->there = true;
    return can_be(s) ? LC_OK : broken(path, st);
}

static lc_code read_file(lc_checkpoint *c, lc_status *st)
{
    lc_safetensors *f = NULL;
    if (access(c->path, F_OK) != 0 && errno == ENOENT) return LC_OK; /* nothing was kept yet */
    lc_status why = {.code = LC_OK};
    lc_code code = lc_safetensors_read_pieces(&f, c->path, &why);
    if (code == LC_E_MODEL) return broken(c->path, st); /* the reader of safetensors speaks of models */
    if (code != LC_OK) {
        if (st && st->code == LC_OK) *st = why;
        return code;
    }
    const char *format = lc_safetensors_metadata(f, "format"), *identity = lc_safetensors_metadata(f, "identity");
    if (!format || strcmp(format, format_name) != 0 || !identity) {
        code = broken(c->path, st);
    } else if (strcmp(identity, c->identity) != 0) {
        code =
            lc_fail_at(st, LC_E_USAGE, c->path, 0, 0, "is the checkpoint of other data, settings or another version");
        lc_hint(st, "give the data and options that it was begun with, or --force without --resume to begin anew");
    }
    for (size_t i = 0; code == LC_OK && i < c->n; i++) code = read_slot(&c->slot[i], f, i, c->path, st);
    lc_safetensors_free(f);
    return code;
}

static lc_code write_file(const lc_checkpoint *c, lc_status *st)
{
    const char *const metadata[][2] = {{"format", format_name}, {"identity", c->identity}};
    static const char *const what[PARTS] = {"weights", "losses", "numbers", "counts"};
    static const lc_scalar type[PARTS] = {LC_SCALAR_F32, LC_SCALAR_F64, LC_SCALAR_F64, LC_SCALAR_U64};
    lc_pieces_tensor *tensor = lc_calloc(c->n * PARTS, sizeof *tensor);
    lc_piece *piece = lc_calloc(c->n * PARTS, sizeof *piece);
    char(*name)[NAME] = lc_calloc(c->n * PARTS, sizeof *name);
    lc_code code = tensor && piece && name ? LC_OK : lc_fail_memory(st);
    size_t n = 0;
    for (size_t i = 0; code == LC_OK && i < c->n; i++) {
        const net *s = &c->slot[i];
        const lc_piece part[PARTS] = {
            {s->block, BLOCKS * s->params}, {s->losses, 2 * s->rounds}, {s->number, NUMBERS}, {s->count, COUNTS}};
        for (size_t k = 0; s->there && k < PARTS; k++, n++) {
            name_of(name[n], i, what[k]);
            piece[n] = part[k];
            tensor[n] = (lc_pieces_tensor){name[n], type[k], &piece[n], 1};
        }
    }
    if (code == LC_OK) code = lc_safetensors_write_pieces(c->path, true, tensor, n, metadata, 2, st);
    if (code != LC_OK) lc_status_set_file(st, c->path);
    lc_free(tensor);
    lc_free(piece);
    lc_free(name);
    return code;
}

/* ---- life ---- */

lc_code lc_checkpoint_open(lc_checkpoint **out, const lc_panel *p, const lc_settings *s, const lc_split *split,
                           size_t slots, lc_status *st)
{
    *out = NULL;
    if (!*s->checkpoint) return LC_OK;
    lc_checkpoint *c = lc_calloc(1, sizeof *c);
    if (!c) return lc_fail_memory(st);
    pthread_mutex_init(&c->lock, NULL);
    c->n = slots;
    c->path = lc_strdup(s->checkpoint);
    c->slot = lc_calloc(slots, sizeof *c->slot);
    lc_code code = c->path && c->slot ? identify(c, p, s, split, st) : lc_fail_memory(st);
    if (code == LC_OK && s->resume) code = read_file(c, st);
    if (code == LC_OK) *out = c;
    else lc_checkpoint_free(c);
    return code;
}

void lc_checkpoint_free(lc_checkpoint *c)
{
    if (!c) return;
    for (size_t i = 0; c->slot && i < c->n; i++) {
        lc_free(c->slot[i].block);
        lc_free(c->slot[i].losses);
    }
    lc_free(c->slot);
    free(c->path);
    pthread_mutex_destroy(&c->lock);
    lc_free(c);
}

/* ---- a network ---- */

static void blocks_of(float *block[BLOCKS], const lc_round_state *s)
{
    float *const at[BLOCKS] = {s->engine.w, s->engine.average, s->engine.m, s->engine.v, s->best_weights};
    for (size_t i = 0; i < BLOCKS; i++) block[i] = at[i];
}

lc_code lc_checkpoint_restore(lc_checkpoint *c, size_t slot, lc_round_state *s, bool *found, lc_status *st)
{
    float *block[BLOCKS];
    *found = false;
    if (!c || !c->slot[slot].there) return LC_OK;
    const net *from = &c->slot[slot];
    if (from->params != s->engine.params || from->rounds > s->room ||
        from->count[STEPS] != from->count[BEST_ROUND] * s->round_steps)
        return broken(c->path, st);
    blocks_of(block, s);
    for (size_t i = 0; i < BLOCKS; i++)
        if (block[i]) memcpy(block[i], from->block + i * from->params, from->params * sizeof **block);
    for (size_t i = 0; i < from->rounds; i++) {
        s->train_loss[i] = from->losses[i];
        s->valid_loss[i] = from->losses[from->rounds + i];
    }
    s->best_score = from->number[BEST_SCORE];
    *s->engine.power1 = from->number[POWER1];
    *s->engine.power2 = from->number[POWER2];
    s->rounds = from->count[ROUNDS];
    s->best = from->count[BEST_ROUND];
    s->steps = from->count[STEPS];
    s->since_best = from->count[SINCE_BEST];
    s->before = from->count[BEFORE];
    *s->engine.steps = from->count[DONE];
    s->ended = from->count[ENDED] == 1;
    *found = true;
    return LC_OK;
}

static bool make_room(net *to, const lc_round_state *s)
{
    if (!to->block) to->block = lc_calloc(BLOCKS * s->engine.params, sizeof *to->block);
    lc_free(to->losses);
    to->losses = lc_calloc(2 * s->rounds, sizeof *to->losses);
    return to->block && to->losses;
}

lc_code lc_checkpoint_keep(lc_checkpoint *c, size_t slot, const lc_round_state *s, lc_status *st)
{
    float *block[BLOCKS];
    if (!c) return LC_OK;
    net *to = &c->slot[slot];
    blocks_of(block, s);
    pthread_mutex_lock(&c->lock);
    lc_code code = make_room(to, s) ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK) {
        const double number[NUMBERS] = {s->best_score, *s->engine.power1, *s->engine.power2};
        const uint64_t count[COUNTS] = {s->rounds, s->best,          s->steps, s->since_best,
                                        s->before, *s->engine.steps, s->ended};
        to->params = s->engine.params;
        to->rounds = s->rounds;
        for (size_t i = 0; i < BLOCKS; i++)
            if (block[i]) memcpy(to->block + i * to->params, block[i], to->params * sizeof **block);
        for (size_t i = 0; i < to->rounds; i++) {
            to->losses[i] = s->train_loss[i];
            to->losses[to->rounds + i] = s->valid_loss[i];
        }
        memcpy(to->number, number, sizeof number);
        memcpy(to->count, count, sizeof count);
        to->there = true;
        code = write_file(c, st);
    }
    pthread_mutex_unlock(&c->lock);
    return code;
}
