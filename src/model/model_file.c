#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "model/config.h"
#include "model/json_bound.h"
#include "model/safetensors.h"

static const char format_version[] = "1";

enum {
    CONFIG_DEPTH = 8,
    CONFIG_VALUES = 1 << 22 /* a horizon of 10,000 steps with all scores, or some hundred thousand scalers */
};

/* One tensor of a network: its place in the block of all weights, its layer, its number there and its shape. */
typedef struct place {
    size_t at;
    const lc_layer *layer;
    size_t tensor;
    lc_layer_tensor info;
    char name[80];
} place;

/* Several networks are told apart as PyTorch tells the members of a ModuleList apart. */
static lc_code list_places(const lc_network *net, size_t members, place **out, size_t *n, lc_status *st)
{
    size_t most = 0;
    *n = 0;
    *out = lc_mul(members, net ? net->n_layers * LC_LAYER_TENSORS : 0, &most) ? lc_calloc(most, sizeof **out) : NULL;
    if (!*out) return lc_fail_memory(st);
    for (size_t m = 0; net && m < members; m++)
        for (size_t i = 0; i < net->n_layers; i++) {
            const lc_layer *l = &net->layer[i];
            lc_layer_tensor t[LC_LAYER_TENSORS];
            const size_t count = l->kind->tensors(l, t);
            for (size_t k = 0; k < count; k++) {
                place *p = &(*out)[(*n)++];
                *p = (place){m * net->params + l->param_at, l, k, t[k], ""};
                if (members > 1) snprintf(p->name, sizeof p->name, "nets.%zu.%.40s", m, t[k].name);
                else snprintf(p->name, sizeof p->name, "%.40s", t[k].name);
            }
        }
    return LC_OK;
}

static size_t tensor_floats(const lc_layer_tensor *t)
{
    return t->shape[0] * (t->dims == 2 ? t->shape[1] : 1);
}

lc_code lc_model_write(const lc_model *m, const char *path, bool replace, lc_status *st)
{
    place *places = NULL;
    size_t n, total = 0;
    lc_tensor *tensors = NULL;
    float *values = NULL;
    char *config = NULL;
    lc_code code = list_places(m->net, m->settings->members, &places, &n, st);
    if (code != LC_OK) goto done;
    for (size_t i = 0; i < n; i++) total += tensor_floats(&places[i].info);
    tensors = lc_calloc(n, sizeof *tensors);
    values = lc_calloc(total, sizeof *values);
    config = lc_model_config(m);
    if (!tensors || !values || !config) {
        code = lc_fail_memory(st);
        goto done;
    }
    float *at = values;
    for (size_t i = 0; i < n; i++) {
        const place *p = &places[i];
        p->layer->kind->get(p->layer, m->w + p->at, p->tensor, at);
        tensors[i] = (lc_tensor){.name = p->name, .dims = p->info.dims, .data = at};
        tensors[i].shape[0] = p->info.shape[0];
        tensors[i].shape[1] = p->info.shape[1];
        at += tensor_floats(&p->info);
    }
    const char *const metadata[][2] = {{"format", "loomcast"}, {"version", format_version}, {"config", config}};
    code = lc_safetensors_write(path, replace, tensors, n, metadata, 3, st);
done:
    free(config);
    lc_free(values);
    lc_free(tensors);
    lc_free(places);
    return code;
}

/* Every tensor of the network is in the file, so that what is allocated for it is bounded by the file. */
static lc_code check_shapes(const lc_settings *settings, lc_covariate_counts covariates, const lc_safetensors *f,
                            lc_status *st)
{
    lc_network *net = NULL;
    place *places = NULL;
    size_t n = 0;
    lc_status inner = {0};
    lc_code code = lc_model_network(&net, settings, covariates, &inner);
    if (code != LC_OK) /* sizes out of range are the file's fault */
        code = lc_fail(st, lc_kernels_default() && code == LC_E_USAGE ? LC_E_MODEL : code, "%s", inner.text);
    if (code == LC_OK) code = list_places(net, settings->members, &places, &n, st);
    for (size_t i = 0; code == LC_OK && i < n; i++) {
        const lc_layer_tensor *want = &places[i].info;
        const lc_tensor *t = lc_safetensors_find(f, places[i].name);
        bool fits = t && t->dims == want->dims && t->shape[0] == want->shape[0] &&
                    (t->dims == 1 || t->shape[1] == want->shape[1]);
        if (!fits)
            code = lc_fail(st, LC_E_MODEL, "tensor \"%s\" is missing or does not have the shape that config asks for",
                           places[i].name);
    }
    lc_free(places);
    lc_network_free(net);
    return code;
}

/* Shapes are checked. */
static lc_code read_weights(lc_model *m, const lc_safetensors *f, lc_status *st)
{
    place *places = NULL;
    size_t n;
    lc_code code = list_places(m->net, m->settings->members, &places, &n, st);
    for (size_t i = 0; code == LC_OK && i < n; i++) {
        const place *p = &places[i];
        const lc_tensor *t = lc_safetensors_find(f, p->name);
        for (size_t k = 0; k < tensor_floats(&p->info) && code == LC_OK; k++)
            if (!isfinite(t->data[k]))
                code = lc_fail(st, LC_E_MODEL, "tensor \"%s\" holds a value that is not finite", p->name);
        if (code == LC_OK) p->layer->kind->put(p->layer, m->w + p->at, p->tensor, t->data);
    }
    lc_free(places);
    return code;
}

/* Passes on why a file could not be read: whoever names a model does not expect to hear of safetensors alone. */
static lc_code fail_to_read(const lc_status *why, const char *path, lc_status *st)
{
    if (why->code != LC_E_MODEL) {
        lc_fail_at(st, why->code, why->file, why->line, why->column, "%s", why->text);
        if (*why->hint) lc_hint(st, "%s", why->hint);
        return why->code;
    }
    lc_fail_at(st, LC_E_MODEL, path, 0, 0, "not a loomcast model (%s)", why->text);
    lc_hint(st, "the file is damaged or not by loomcast train: take a fresh copy or train the model again");
    return LC_E_MODEL;
}

/* Takes f, NULL where `code` says why it could not be read. */
static lc_code read_model(lc_model **out, lc_safetensors *f, lc_code code, const char *path, lc_status *st)
{
    *out = NULL;
    lc_settings *settings = NULL;
    json_t *root = NULL;
    lc_model *m = NULL;
    lc_covariate_counts covariates;
    if (code != LC_OK) goto done;
    const char *format = lc_safetensors_metadata(f, "format"), *version = lc_safetensors_metadata(f, "version");
    const char *config = lc_safetensors_metadata(f, "config");
    if (!format || strcmp(format, "loomcast") != 0 || !version || !config) {
        code = lc_fail(st, LC_E_MODEL, "not a loomcast model (a safetensors file of something else)");
        goto done;
    }
    if (strcmp(version, format_version) != 0) {
        code = lc_fail(st, LC_E_MODEL, "has model format version \"%.20s\"; this program reads version %s", version,
                       format_version);
        goto done;
    }
    if (!lc_json_is_small(config, strlen(config), CONFIG_DEPTH, CONFIG_VALUES)) {
        code = lc_fail(st, LC_E_MODEL, "config nests deeper than %d levels or holds more than %d values", CONFIG_DEPTH,
                       CONFIG_VALUES);
        goto done;
    }
    lc_json_fault fault;
    if (lc_json_read(&root, config, strlen(config), &fault) == LC_E_MEMORY) {
        code = lc_fail_memory(st);
        goto done;
    }
    if (!json_is_object(root)) {
        code = lc_fail(st, LC_E_MODEL, "config is no JSON object");
        goto done;
    }
    code = lc_config_settings(root, &settings, &covariates, st);
    if (code == LC_OK) code = check_shapes(settings, covariates, f, st);
    if (code == LC_OK) code = lc_model_create(&m, settings, covariates, st);
    if (code == LC_OK) code = lc_config_read(root, m, st);
    if (code == LC_OK) code = read_weights(m, f, st);
done:
    if (code != LC_OK) lc_status_set_file(st, path);
    if (code == LC_OK) *out = m;
    else lc_model_free(m);
    json_decref(root);
    lc_settings_free(settings);
    lc_safetensors_free(f);
    return code;
}

lc_code lc_model_read(lc_model **out, const char *path, lc_status *st)
{
    lc_safetensors *f = NULL;
    lc_status why = {0};
    lc_code code = lc_safetensors_read(&f, path, &why);
    if (code != LC_OK) code = fail_to_read(&why, path, st);
    return read_model(out, f, code, path, st);
}

lc_code lc_model_read_memory(lc_model **out, const char *name, const void *bytes, size_t n, lc_status *st)
{
    lc_safetensors *f = NULL;
    lc_status why = {0};
    lc_code code = lc_safetensors_read_memory(&f, name, bytes, n, &why);
    if (code != LC_OK) code = fail_to_read(&why, name, st);
    return read_model(out, f, code, name, st);
}

/* ---- beginning with the weights of another ---- */

static bool is_model(const lc_safetensors *f)
{
    const char *format = lc_safetensors_metadata(f, "format");
    return format && strcmp(format, "loomcast") == 0;
}

/* What nobody has set, and the model has. */
static lc_code copy_setting(lc_settings *to, const lc_settings *from, const lc_settings *usual, const char *name,
                            lc_status *st)
{
    char *mine = lc_settings_dup(to, name), *theirs = lc_settings_dup(from, name), *open = lc_settings_dup(usual, name);
    lc_code code = mine && theirs && open ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK && strcmp(mine, open) == 0 && strcmp(theirs, open) != 0)
        code = lc_settings_set(to, name, theirs, st);
    free(mine);
    free(theirs);
    free(open);
    return code;
}

static lc_code inherit(lc_settings *s, const lc_model *m, lc_status *st)
{
    lc_settings *usual = lc_settings_create();
    lc_code code = usual ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        if (info->group == LC_GROUP_MODEL || strcmp(info->name, "season") == 0)
            code = copy_setting(s, m->settings, usual, info->name, st);
    }
    lc_settings_free(usual);
    return code;
}

lc_code lc_model_inherit(lc_settings *s, const char *path, lc_status *st)
{
    lc_safetensors *f = NULL;
    lc_model *m = NULL;
    lc_code code = lc_safetensors_read(&f, path, st);
    const bool model = code == LC_OK && is_model(f);
    lc_safetensors_free(f);
    if (code != LC_OK) lc_status_set_file(st, path);
    if (code == LC_OK && model) code = lc_model_read(&m, path, st);
    if (m) code = inherit(s, m, st);
    lc_model_free(m);
    return code;
}

/* The tensor under its own name, or without the number of its network, or that of the first network. */
static const lc_tensor *find_start(const lc_safetensors *f, const char *name)
{
    char other[96];
    const lc_tensor *t = lc_safetensors_find(f, name);
    const char *bare = strncmp(name, "nets.", 5) == 0 ? strchr(name + 5, '.') : NULL;
    if (!t && bare) t = lc_safetensors_find(f, bare + 1);
    snprintf(other, sizeof other, "nets.0.%s", name);
    return t ? t : lc_safetensors_find(f, other);
}

static lc_code refuse_shape(const place *p, const lc_tensor *t, lc_status *st)
{
    lc_fail(st, LC_E_MODEL, "tensor \"%s\" has %zu x %zu values, the network needs %zu x %zu", p->name, t->shape[0],
            t->dims == 2 ? t->shape[1] : 1, p->info.shape[0], p->info.dims == 2 ? p->info.shape[1] : 1);
    lc_hint(st, "give the columns and options that it was trained with: --hidden, --layers, --horizon, --past ...");
    return LC_E_MODEL;
}

static lc_code start_tensor(lc_model *m, const place *p, const lc_tensor *t, lc_status *st)
{
    if (!t) {
        lc_fail(st, LC_E_MODEL, "tensor \"%s\" is missing", p->name);
        lc_hint(st, "names and layouts are PyTorch's: lstm.weight_ih_l0 ... head.bias, which --arch lstm has");
        return LC_E_MODEL;
    }
    if (t->dims != p->info.dims || t->shape[0] != p->info.shape[0] || (t->dims == 2 && t->shape[1] != p->info.shape[1]))
        return refuse_shape(p, t, st);
    for (size_t k = 0; k < tensor_floats(&p->info); k++)
        if (!isfinite(t->data[k]))
            return lc_fail(st, LC_E_MODEL, "tensor \"%s\" holds a value that is not finite", p->name);
    p->layer->kind->put(p->layer, m->w + p->at, p->tensor, t->data);
    return LC_OK;
}

lc_code lc_model_start(lc_model *m, const char *path, lc_status *st)
{
    lc_safetensors *f = NULL;
    place *places = NULL;
    size_t n = 0;
    lc_code code = lc_safetensors_read(&f, path, st);
    if (code == LC_OK) code = list_places(m->net, m->settings->members, &places, &n, st);
    for (size_t i = 0; code == LC_OK && i < n; i++)
        code = start_tensor(m, &places[i], find_start(f, places[i].name), st);
    if (code != LC_OK) lc_status_set_file(st, path);
    lc_free(places);
    lc_safetensors_free(f);
    return code;
}
