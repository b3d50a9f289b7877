#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/safetensors.h"
#include "model/safetensors_limits.h"

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
static bool is_utf8(const char *text)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        unsigned follow = *s < 0x80 ? 0 : (*s & 0xe0) == 0xc0 ? 1 : (*s & 0xf0) == 0xe0 ? 2 : 3;
        if (follow == 3 && (*s & 0xf8) != 0xf0) return false;
        uint32_t code = follow ? *s & (0x3fU >> follow) : *s;
        s++;
        for (unsigned i = 0; i < follow; i++, s++) {
            if ((*s & 0xc0) != 0x80) return false;
            code = code << 6 | (*s & 0x3f);
        }
        if (code < least[follow] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    }
    return true;
}

static lc_code refuse(const char *path, const char *what, const char *name, const char *why, lc_status *st)
{
    char shown[96];
    lc_printable(shown, sizeof shown, name, strlen(name));
    return lc_fail_at(st, LC_E_USAGE, path, 0, 0, "%s \"%s\" %s", what, shown, why);
}

static lc_code add_metadata(json_t *header, const char *path, const char *const (*metadata)[2], size_t n, lc_status *st)
{
    json_t *map = json_object();
    if (!map || json_object_set_new_nocheck(header, LC_SAFETENSORS_METADATA, map) != 0) return lc_fail_memory(st);
    for (size_t i = 0; i < n; i++) {
        const char *key = metadata[i][0], *value = metadata[i][1];
        if (!is_utf8(key)) return refuse(path, "the metadata key", key, "is not UTF-8 text", st);
        if (!is_utf8(value)) return refuse(path, "the metadata of", key, "is not UTF-8 text", st);
        if (json_object_get(map, key)) return refuse(path, "the metadata key", key, "is given twice", st);
        if (json_object_set_new_nocheck(map, key, json_string_nocheck(value)) != 0) return lc_fail_memory(st);
    }
    return LC_OK;
}

/* *elements = product of the shape, which with every 0 read as 1 must fit too. */
static bool count_elements(const lc_tensor *t, size_t *elements)
{
    size_t product = 1;
    bool empty = false;
    for (size_t d = 0; d < t->dims; d++) {
        if (!t->shape[d]) empty = true;
        else if (!lc_mul(product, t->shape[d], &product)) return false;
    }
    *elements = empty ? 0 : product;
    return product <= (size_t)INT64_MAX / sizeof(float);
}

/* What the header says of one tensor. */
typedef struct description {
    const char *name;
    lc_scalar type;
    size_t dims;
    const size_t *shape;
    uint64_t bytes;
} description;

static lc_code add_description(json_t *header, const char *path, const description *d, uint64_t *offset, lc_status *st)
{
    if (!is_utf8(d->name)) return refuse(path, "the tensor's name", d->name, "is not UTF-8 text", st);
    if (strcmp(d->name, LC_SAFETENSORS_METADATA) == 0)
        return refuse(path, "the tensor's name", d->name, "is reserved by the format", st);
    if (json_object_get(header, d->name)) return refuse(path, "tensor", d->name, "is given twice", st);
    if (d->bytes > (uint64_t)INT64_MAX - *offset) return refuse(path, "tensor", d->name, "is too large", st);

    json_t *shape = json_array();
    for (size_t i = 0; i < d->dims; i++) {
        if (!shape || json_array_append_new(shape, json_integer((json_int_t)d->shape[i])) != 0) {
            json_decref(shape);
            return lc_fail_memory(st);
        }
    }
    uint64_t end = *offset + d->bytes;
    json_t *entry = json_object(), *range = json_array();
    bool ok = entry && range && json_array_append_new(range, json_integer((json_int_t)*offset)) == 0 &&
              json_array_append_new(range, json_integer((json_int_t)end)) == 0 &&
              json_object_set_new_nocheck(entry, "dtype", json_string_nocheck(lc_scalar_name(d->type))) == 0 &&
              json_object_set_nocheck(entry, "shape", shape) == 0 &&
              json_object_set_nocheck(entry, "data_offsets", range) == 0 &&
              json_object_set_nocheck(header, d->name, entry) == 0;
    json_decref(shape);
    json_decref(range);
    json_decref(entry);
    if (!ok) return lc_fail_memory(st);
    *offset = end;
    return LC_OK;
}

static lc_code add_tensor(json_t *header, const char *path, const lc_tensor *t, uint64_t *offset, lc_status *st)
{
    size_t elements = 0;
    if (t->dims > LC_TENSOR_DIMS) return refuse(path, "tensor", t->name, "has too many dimensions", st);
    if (!count_elements(t, &elements)) return refuse(path, "tensor", t->name, "is too large", st);
    if (elements && !t->data) return refuse(path, "tensor", t->name, "has no data", st);
    const description d = {t->name, LC_SCALAR_F32, t->dims, t->shape, elements * sizeof(float)};
    return add_description(header, path, &d, offset, st);
}

static lc_code add_pieces(json_t *header, const char *path, const lc_pieces_tensor *t, uint64_t *offset, lc_status *st)
{
    size_t count = 0, bytes;
    bool fits = true;
    for (size_t i = 0; i < t->n; i++) fits = fits && lc_add(count, t->piece[i].count, &count);
    if (!fits || !lc_mul(count, lc_scalar_size(t->type), &bytes))
        return refuse(path, "tensor", t->name, "is too large", st);
    const description d = {t->name, t->type, 1, &count, bytes};
    return add_description(header, path, &d, offset, st);
}

static void put_tensor(FILE *to, const lc_tensor *t)
{
    unsigned char chunk[16384];
    size_t elements = 0, used = 0;
    count_elements(t, &elements);
    for (size_t i = 0; i < elements; i++) {
        uint32_t bits;
        memcpy(&bits, &t->data[i], sizeof bits);
        for (unsigned b = 0; b < 4; b++) chunk[used++] = (unsigned char)(bits >> (8 * b));
        if (used == sizeof chunk || i + 1 == elements) {
            if (fwrite(chunk, 1, used, to) != used) return; /* the stream remembers; the commit reports it */
            used = 0;
        }
    }
}

static void put_pieces(FILE *to, const lc_pieces_tensor *t)
{
    unsigned char chunk[16384];
    const size_t width = lc_scalar_size(t->type), most = sizeof chunk / width;
    for (size_t i = 0; i < t->n; i++)
        for (size_t at = 0; at < t->piece[i].count;) {
            size_t n = t->piece[i].count - at < most ? t->piece[i].count - at : most;
            memcpy(chunk, (const unsigned char *)t->piece[i].data + at * width, n * width);
            lc_scalar_turn(chunk, n, width);
            if (fwrite(chunk, width, n, to) != n) return; /* the stream remembers; the commit reports it */
            at += n;
        }
}

/* One of the two kinds of tensors is given. */
static lc_code write_file(const char *path, bool replace, const lc_tensor *tensors, const lc_pieces_tensor *pieces,
                          size_t n, const char *const (*metadata)[2], size_t n_metadata, lc_status *st)
{
    lc_code code = LC_OK;
    lc_output file = {0};
    char *text = NULL;
    uint64_t offset = 0;
    json_t *header = NULL;
    if (n > LC_SAFETENSORS_ENTRIES || n_metadata > LC_SAFETENSORS_ENTRIES) {
        return lc_fail_at(st, LC_E_USAGE, path, 0, 0, "more than %d tensors or metadata strings",
                          LC_SAFETENSORS_ENTRIES);
    }
    header = json_object();
    if (!header) return lc_fail_memory(st);
    if (n_metadata) code = add_metadata(header, path, metadata, n_metadata, st);
    for (size_t i = 0; i < n && code == LC_OK; i++) {
        if (pieces) code = add_pieces(header, path, &pieces[i], &offset, st);
        else if (tensors) code = add_tensor(header, path, &tensors[i], &offset, st);
    }
    if (code != LC_OK) goto done;

    text = lc_json_text(header, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (!text) {
        code = lc_fail_memory(st);
        goto done;
    }
    size_t length = strlen(text), padded = (length + 7) / 8 * 8;
    if (padded > LC_SAFETENSORS_HEADER) {
        code = lc_fail_at(st, LC_E_USAGE, path, 0, 0, "names and metadata take %zu bytes, more than the %d of a header",
                          length, LC_SAFETENSORS_HEADER);
        goto done;
    }
    code = lc_output_open(&file, path, replace, st);
    if (code != LC_OK) goto done;
    for (unsigned b = 0; b < 8; b++) fputc((int)(((uint64_t)padded >> (8 * b)) & 255), file.stream);
    fprintf(file.stream, "%s%*s", text, (int)(padded - length), "");
    for (size_t i = 0; i < n && !ferror(file.stream); i++) {
        if (pieces) put_pieces(file.stream, &pieces[i]);
        else if (tensors) put_tensor(file.stream, &tensors[i]);
    }
    code = lc_output_commit(&file, st);

done:
    lc_output_discard(&file);
    free(text);
    json_decref(header);
    return code;
}

lc_code lc_safetensors_write(const char *path, bool replace, const lc_tensor *tensors, size_t n,
                             const char *const (*metadata)[2], size_t n_metadata, lc_status *st)
{
    return write_file(path, replace, tensors, NULL, n, metadata, n_metadata, st);
}

lc_code lc_safetensors_write_pieces(const char *path, bool replace, const lc_pieces_tensor *tensors, size_t n,
                                    const char *const (*metadata)[2], size_t n_metadata, lc_status *st)
{
    return write_file(path, replace, NULL, tensors, n, metadata, n_metadata, st);
}
