#define _POSIX_C_SOURCE 200809L
#include "model/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/json_bound.h"
#include "model/safetensors_file.h"
#include "model/safetensors_limits.h"

/* One pass over a file or a block of memory. */
struct reader {
    const char *name;
    lc_status *st;
    FILE *stream; /* or NULL: */
    const unsigned char *bytes;
    size_t size; /* of the whole file */
    bool exact;  /* all types are kept as they are */
};

/* A tensor as the header describes it. Offsets count from the end of the header. */
struct entry {
    lc_tensor tensor;
    size_t elements;
    lc_scalar type;
    size_t width; /* bytes of an element */
    size_t begin, end;
    size_t order; /* in the header */
};

struct shown {
    char text[96];
};

static struct shown show(const char *name)
{
    struct shown s;
    lc_printable(s.text, sizeof s.text, name, strlen(name));
    return s;
}

static lc_code broken(const struct reader *r, const char *fmt, ...) LC_PRINTF(2, 3);

static lc_code broken(const struct reader *r, const char *fmt, ...)
{
    char text[sizeof r->st->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    lc_fail_at(r->st, LC_E_MODEL, r->name, 0, 0, "%s", text);
    lc_hint(r->st, "the file is damaged or no safetensors file: take a fresh copy or train the model again");
    return LC_E_MODEL;
}

static lc_code take(struct reader *r, void *to, size_t n)
{
    if (!r->stream) {
        if (n) memcpy(to, r->bytes, n);
        r->bytes += n;
        return LC_OK;
    }
    if (fread(to, 1, n, r->stream) == n) return LC_OK;
    if (ferror(r->stream)) {
        lc_fail_at(r->st, LC_E_IO, r->name, 0, 0, "cannot be read: %s", strerror(errno));
        return LC_E_IO;
    }
    return broken(r, "the file became shorter while it was read");
}

/* Reads the length and the JSON text; *payload is what follows in the file. */
static lc_code read_header(struct reader *r, json_t **header, size_t *payload)
{
    unsigned char prefix[8];
    char begin[2 * sizeof prefix];
    if (r->size < sizeof prefix) return broken(r, "a file of %zu bytes is no safetensors file", r->size);
    lc_code code = take(r, prefix, sizeof prefix);
    if (code != LC_OK) return code;
    uint64_t length = 0;
    for (unsigned b = 0; b < 8; b++) length |= (uint64_t)prefix[b] << (8 * b);
    if (length > LC_SAFETENSORS_HEADER)
        return broken(r, "no safetensors file: it begins with \"%s\"",
                      lc_printable(begin, sizeof begin, (const char *)prefix, sizeof prefix));
    size_t n = (size_t)length;
    if (n > r->size - sizeof prefix)
        return broken(r, "the header is %zu bytes long, but only %zu follow", n, r->size - sizeof prefix);
    if (n < 2) return broken(r, "a header of %zu bytes is no JSON object", n);
    *payload = r->size - sizeof prefix - n;

    char *text = malloc(n);
    if (!text) return lc_fail_memory(r->st);
    code = take(r, text, n);
    if (code == LC_OK && text[0] != '{') code = broken(r, "the header does not start with \"{\"");
    if (code == LC_OK && !lc_json_is_small(text, n, LC_SAFETENSORS_DEPTH, LC_SAFETENSORS_VALUES))
        code = broken(r, "the header nests deeper than %d levels or holds more than %d values", LC_SAFETENSORS_DEPTH,
                      LC_SAFETENSORS_VALUES);
    if (code == LC_OK) {
        lc_json_fault fault;
        const lc_code read = lc_json_read(header, text, n, &fault);
        if (read == LC_E_MEMORY) code = lc_fail_memory(r->st);
        else if (read != LC_OK)
            code = broken(r, "the header is no valid JSON: %s, at column %zu of its line %zu", fault.text, fault.column,
                          fault.line);
    }
    free(text);
    return code;
}

static bool count_of(const json_t *value, size_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
    if ((uint64_t)json_integer_value(value) > SIZE_MAX) return false;
    *out = (size_t)json_integer_value(value);
    return true;
}

static lc_code read_type(const struct reader *r, struct entry *e, const json_t *value)
{
    const char *name = e->tensor.name;
    const char *type = json_string_value(value);
    if (!type) return broken(r, "tensor \"%s\" has no \"dtype\" text", show(name).text);
    const lc_scalar most = r->exact ? LC_SCALARS : LC_SCALAR_F64 + 1;
    for (e->type = LC_SCALAR_F32; e->type < most; e->type++) {
        if (strcmp(type, lc_scalar_name(e->type)) != 0) continue;
        e->width = lc_scalar_size(e->type);
        return LC_OK;
    }
    if (r->exact) return broken(r, "tensor \"%s\" has type \"%s\"", show(name).text, show(type).text);
    lc_fail_at(r->st, LC_E_MODEL, r->name, 0, 0, "tensor \"%s\" has type \"%s\"; F32 and F64 can be read",
               show(name).text, show(type).text);
    lc_hint(r->st, "save the file again with its tensors converted to F32");
    return LC_E_MODEL;
}

static lc_code read_shape(const struct reader *r, struct entry *e, const json_t *value)
{
    struct shown name = show(e->tensor.name);
    if (!json_is_array(value)) return broken(r, "tensor \"%s\" has no \"shape\" list", name.text);
    lc_tensor *t = &e->tensor;
    t->dims = json_array_size(value);
    if (t->dims > LC_TENSOR_DIMS)
        return broken(r, "tensor \"%s\" has %zu dimensions, more than %d", name.text, t->dims, LC_TENSOR_DIMS);
    /* A 0 is left out of the product: whoever multiplies only some of the dimensions is safe as well. */
    size_t product = 1, bytes;
    bool empty = false;
    for (size_t d = 0; d < t->dims; d++) {
        if (!count_of(json_array_get(value, d), &t->shape[d]))
            return broken(r, "tensor \"%s\": dimension %zu of its shape is no count", name.text, d + 1);
        if (!t->shape[d]) empty = true;
        else if (!lc_mul(product, t->shape[d], &product))
            return broken(r, "tensor \"%s\": its shape overflows", name.text);
    }
    if (!lc_mul(product, e->width, &bytes)) return broken(r, "tensor \"%s\": its shape overflows", name.text);
    e->elements = empty ? 0 : product;
    return LC_OK;
}

static lc_code read_offsets(const struct reader *r, struct entry *e, const json_t *value, size_t payload)
{
    struct shown name = show(e->tensor.name);
    if (json_array_size(value) != 2 || !count_of(json_array_get(value, 0), &e->begin) ||
        !count_of(json_array_get(value, 1), &e->end))
        return broken(r, "tensor \"%s\" has no \"data_offsets\" list of two counts", name.text);
    if (e->end < e->begin)
        return broken(r, "tensor \"%s\" ends at byte %zu, before its begin %zu", name.text, e->end, e->begin);
    if (e->end > payload)
        return broken(r, "tensor \"%s\" ends at byte %zu, but the file holds only %zu bytes of data", name.text, e->end,
                      payload);
    if (e->end - e->begin != e->elements * e->width)
        return broken(r, "tensor \"%s\": its shape takes %zu bytes, but its data %zu", name.text,
                      e->elements * e->width, e->end - e->begin);
    return LC_OK;
}

static lc_code read_entry(const struct reader *r, struct entry *e, const json_t *value, size_t payload)
{
    if (!json_is_object(value)) return broken(r, "tensor \"%s\" is not described", show(e->tensor.name).text);
    lc_code code = read_type(r, e, json_object_get(value, "dtype"));
    if (code == LC_OK) code = read_shape(r, e, json_object_get(value, "shape"));
    if (code == LC_OK) code = read_offsets(r, e, json_object_get(value, "data_offsets"), payload);
    if (code == LC_OK && json_object_size(value) != 3)
        code = broken(r, "tensor \"%s\" has more than dtype, shape and data_offsets", show(e->tensor.name).text);
    return code;
}

static lc_code check_metadata(const struct reader *r, json_t *map)
{
    const char *key;
    json_t *value;
    if (!json_is_object(map)) return broken(r, "\"" LC_SAFETENSORS_METADATA "\" is no map of texts");
    if (json_object_size(map) > LC_SAFETENSORS_ENTRIES)
        return broken(r, "more than %d metadata strings", LC_SAFETENSORS_ENTRIES);
    json_object_foreach(map, key, value)
    {
        if (!json_is_string(value)) return broken(r, "the metadata \"%s\" is no text", show(key).text);
    }
    return LC_OK;
}

static int by_begin(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    if (a->end != b->end) return a->end < b->end ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* In the order of their data every tensor begins where the one before it ends, and the last ends the file. */
static lc_code check_contiguous(const struct reader *r, const struct entry *entries, size_t n, size_t payload)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const struct entry *e = &entries[i];
        if (e->begin > at)
            return broken(r, "a hole of %zu bytes lies before tensor \"%s\"", e->begin - at, show(e->tensor.name).text);
        if (e->begin < at)
            return broken(r, "tensors \"%s\" and \"%s\" overlap", show(entries[i - 1].tensor.name).text,
                          show(e->tensor.name).text);
        at = e->end;
    }
    if (at < payload) return broken(r, "%zu bytes follow the last tensor", payload - at);
    return LC_OK;
}

static lc_code read_entries(const struct reader *r, lc_safetensors *f, struct entry **out, size_t payload)
{
    const char *key;
    json_t *value;
    size_t n = 0;
    lc_code code = LC_OK;
    if (json_object_size(f->header) > LC_SAFETENSORS_ENTRIES + 1)
        return broken(r, "more than %d tensors", LC_SAFETENSORS_ENTRIES);
    struct entry *entries = *out = lc_calloc(json_object_size(f->header), sizeof *entries);
    if (!entries) {
        lc_fail_memory(r->st);
        return LC_E_MEMORY;
    }
    json_object_foreach(f->header, key, value)
    {
        if (strcmp(key, LC_SAFETENSORS_METADATA) == 0) {
            f->metadata = value;
            code = check_metadata(r, value);
        } else {
            entries[n].tensor.name = key;
            entries[n].order = n;
            code = read_entry(r, &entries[n], value, payload);
            n++;
        }
        if (code != LC_OK) return code;
    }
    f->n = n;
    qsort(entries, n, sizeof *entries, by_begin);
    return check_contiguous(r, entries, n, payload);
}

static float float_at(const unsigned char *p)
{
    float x;
    uint32_t bits = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double double_at(const unsigned char *p)
{
    double x;
    uint64_t bits = 0;
    for (unsigned b = 0; b < 8; b++) bits |= (uint64_t)p[b] << (8 * b);
    memcpy(&x, &bits, sizeof x);
    return x;
}

static lc_code read_data(struct reader *r, const struct entry *e, float *to)
{
    unsigned char chunk[16384] = {0};
    for (size_t done = 0; done < e->elements;) {
        size_t n = sizeof chunk / e->width;
        if (n > e->elements - done) n = e->elements - done;
        lc_code code = take(r, chunk, n * e->width);
        if (code != LC_OK) return code;
        for (size_t i = 0; i < n; i++, done++) {
            if (e->width == sizeof(float)) {
                to[done] = float_at(chunk + 4 * i);
                continue;
            }
            double x = double_at(chunk + 8 * i);
            to[done] = (float)x;
            if (isinf(to[done]) && !isinf(x))
                return broken(r, "tensor \"%s\": its value %g is too large for F32", show(e->tensor.name).text, x);
        }
    }
    return LC_OK;
}

/* Bytes of a tensor lie on multiples of 8, whatever its type. */
static size_t padded(const struct entry *e)
{
    return (e->end - e->begin + 7) / 8 * 8;
}

static lc_code read_exact(struct reader *r, lc_safetensors *f, const struct entry *entries)
{
    size_t total = 0;
    for (size_t i = 0; i < f->n; i++) total += padded(&entries[i]);
    f->bytes = lc_calloc(total, 1);
    f->place = lc_calloc(f->n, sizeof *f->place);
    if (!f->bytes || !f->place) return lc_fail_memory(r->st);
    unsigned char *to = f->bytes;
    for (size_t i = 0; i < f->n; i++) {
        const struct entry *e = &entries[i];
        lc_code code = take(r, to, e->end - e->begin);
        if (code != LC_OK) return code;
        lc_scalar_turn(to, e->elements, e->width);
        f->place[i] = (struct lc_scalar_place){e->type, to};
        to += padded(e);
    }
    return LC_OK;
}

static lc_code read_floats(struct reader *r, lc_safetensors *f, const struct entry *entries)
{
    size_t total = 0;
    for (size_t i = 0; i < f->n; i++) total += entries[i].elements; /* no more than the file has bytes */
    f->data = lc_calloc(total, sizeof *f->data);
    if (!f->data) return lc_fail_memory(r->st);
    float *to = f->data;
    for (size_t i = 0; i < f->n; i++) {
        lc_code code = read_data(r, &entries[i], to);
        if (code != LC_OK) return code;
        f->tensors[i].data = to;
        to += entries[i].elements;
    }
    return LC_OK;
}

static lc_code read_tensors(struct reader *r, lc_safetensors *f, const struct entry *entries)
{
    if (!entries) return lc_fail_memory(r->st);
    f->tensors = lc_calloc(f->n, sizeof *f->tensors);
    f->by_name = lc_calloc(f->n, sizeof *f->by_name);
    if (!f->tensors || !f->by_name) return lc_fail_memory(r->st);
    for (size_t i = 0; i < f->n; i++) {
        f->tensors[i] = entries[i].tensor;
        f->by_name[i] = &f->tensors[i];
    }
    lc_code code = r->exact ? read_exact(r, f, entries) : read_floats(r, f, entries);
    if (code != LC_OK) return code;
    qsort(f->by_name, f->n, sizeof *f->by_name, lc_safetensors_by_name);
    return LC_OK;
}

static lc_code read_all(struct reader *r, lc_safetensors **out)
{
    struct entry *entries = NULL;
    size_t payload = 0;
    lc_safetensors *f = calloc(1, sizeof *f);
    if (!f) return lc_fail_memory(r->st);
    lc_code code = read_header(r, &f->header, &payload);
    if (code == LC_OK) code = read_entries(r, f, &entries, payload);
    if (code == LC_OK) code = read_tensors(r, f, entries);
    lc_free(entries);
    if (code == LC_OK) *out = f;
    else lc_safetensors_free(f);
    return code;
}

static lc_code read_file(lc_safetensors **out, const char *path, bool exact, lc_status *st)
{
    *out = NULL;
    struct reader r = {.name = path, .st = st, .exact = exact};
    struct stat info;
    /* O_NONBLOCK: a pipe without a writer is refused below instead of being waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return lc_fail_at(st, LC_E_IO, path, 0, 0, "cannot be read: %s", strerror(errno));
    lc_code code = LC_OK;
    if (fstat(fd, &info) != 0) code = lc_fail_at(st, LC_E_IO, path, 0, 0, "cannot be read: %s", strerror(errno));
    else if (S_ISDIR(info.st_mode)) code = lc_fail_at(st, LC_E_IO, path, 0, 0, "is a folder");
    else if (!S_ISREG(info.st_mode)) code = lc_fail_at(st, LC_E_IO, path, 0, 0, "is no regular file");
    else if ((uint64_t)info.st_size > SIZE_MAX) code = lc_fail_memory(st);
    if (code == LC_OK) {
        r.size = (size_t)info.st_size;
        r.stream = fdopen(fd, "rb");
        if (!r.stream) code = lc_fail_memory(st);
    }
    if (code == LC_OK) code = read_all(&r, out);
    if (r.stream) fclose(r.stream);
    else close(fd);
    return code;
}

lc_code lc_safetensors_read(lc_safetensors **out, const char *path, lc_status *st)
{
    return read_file(out, path, false, st);
}

lc_code lc_safetensors_read_pieces(lc_safetensors **out, const char *path, lc_status *st)
{
    return read_file(out, path, true, st);
}

lc_code lc_safetensors_read_memory(lc_safetensors **out, const char *name, const void *bytes, size_t n, lc_status *st)
{
    *out = NULL;
    struct reader r = {.name = name, .st = st, .bytes = bytes, .size = n};
    return read_all(&r, out);
}
