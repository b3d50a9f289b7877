#define _GNU_SOURCE
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rng.h"
#include "model/safetensors.h"
#include "unit/support/container.h"
#include "unit/support/unit.h"

static char folder[64];
static char path[128];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/loomcast-check-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
}

/* Fails when something beside the one file is left over. */
static void remove_folder(void)
{
    unlink(path);
    ck_assert_msg(rmdir(folder) == 0, "%s is not empty", folder);
}

static struct bytes slurp(const char *name)
{
    struct bytes b = {0};
    FILE *f = fopen(name, "rb");
    ck_assert_ptr_nonnull(f);
    fseek(f, 0, SEEK_END);
    b.n = (size_t)ftell(f);
    rewind(f);
    b.data = malloc(b.n + 1);
    ck_assert_uint_eq(fread(b.data, 1, b.n, f), b.n);
    fclose(f);
    return b;
}

static void dump(const struct bytes *b)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(b->data, 1, b->n, f), b->n);
    fclose(f);
}

static const float small_data[6] = {1, -2, 0.5F, 3.25F, -0.0F, 1e-40F};

START_TEST(bytes_follow_the_format)
{
    const lc_tensor t[2] = {{"b", 2, {1, 2}, small_data}, {"a", 1, {1}, small_data + 2}};
    const char *const meta[][2] = {{"format", "loomcast"}};
    lc_status st = {0};
    ck_assert_int_eq(lc_safetensors_write(path, false, t, 2, meta, 1, &st), LC_OK);
    const char *header = "{\"__metadata__\":{\"format\":\"loomcast\"},"
                         "\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
                         "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
    const unsigned char payload[12] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f};
    struct bytes got = slurp(path);
    size_t length = got.data[0] + 256U * got.data[1];
    ck_assert_uint_eq(length % 8, 0);
    ck_assert_uint_ge(length, strlen(header));
    ck_assert_uint_lt(length, strlen(header) + 8);
    char padded[512];
    snprintf(padded, sizeof padded, "%-*s", (int)length, header);
    struct bytes want = container_bytes(length, padded, length, payload, sizeof payload);
    ck_assert_uint_eq(got.n, want.n);
    ck_assert_mem_eq(got.data, want.data, got.n);
    free(got.data);
    free(want.data);
}
END_TEST

START_TEST(what_is_written_reads_back)
{
    enum { LARGE = 70001 };
    float *large = malloc(LARGE * sizeof *large);
    lc_rng r = lc_rng_make(7, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < LARGE; i++) large[i] = (float)lc_rng_normal(&r);
    large[3] = NAN;
    large[4] = -INFINITY;
    const lc_tensor t[] = {
        {"z.large", 1, {LARGE}, large},    {"scalar", 0, {0}, small_data + 3},
        {"empty", 3, {4, 0, 2}, NULL},     {"m\xc3\xa4rz \"\\\n\x01", 2, {2, 3}, small_data},
        {"", 4, {1, 2, 1, 2}, small_data}, {"empty too", 1, {0}, NULL},
        {"format", 2, {6, 1}, small_data},
    };
    const size_t sizes[] = {LARGE, 1, 0, 6, 4, 0, 6};
    const size_t n = sizeof t / sizeof t[0];
    const char *const meta[][2] = {
        {"config", "{\"horizon\": 24, \"text\": \"\xe2\x82\xac \\n\"}"}, {"format", "loomcast"}, {"", ""}};
    lc_status st = {0};
    ck_assert_msg(lc_safetensors_write(path, false, t, n, meta, 3, &st) == LC_OK, "%s", st.text);

    lc_safetensors *f = NULL;
    ck_assert_msg(lc_safetensors_read(&f, path, &st) == LC_OK, "%s", st.text);
    ck_assert_uint_eq(lc_safetensors_count(f), n);
    for (size_t i = 0; i < n; i++) {
        const lc_tensor *got = lc_safetensors_at(f, i);
        ck_assert_str_eq(got->name, t[i].name);
        ck_assert_ptr_eq(got, lc_safetensors_find(f, t[i].name));
        ck_assert_uint_eq(got->dims, t[i].dims);
        ck_assert_mem_eq(got->shape, t[i].shape, got->dims * sizeof got->shape[0]);
        if (sizes[i]) ck_assert_mem_eq(got->data, t[i].data, sizes[i] * sizeof(float));
    }
    ck_assert_ptr_null(lc_safetensors_at(f, n));
    ck_assert_ptr_null(lc_safetensors_find(f, "scala"));
    ck_assert_ptr_null(lc_safetensors_find(f, "__metadata__"));
    for (size_t i = 0; i < 3; i++) ck_assert_str_eq(lc_safetensors_metadata(f, meta[i][0]), meta[i][1]);
    ck_assert_ptr_null(lc_safetensors_metadata(f, "version"));
    lc_safetensors_free(f);

    struct bytes once = slurp(path);
    ck_assert_int_eq(lc_safetensors_write(path, true, t, n, meta, 3, &st), LC_OK);
    struct bytes twice = slurp(path);
    ck_assert_uint_eq(once.n, twice.n);
    ck_assert_mem_eq(once.data, twice.data, once.n);
    free(once.data);
    free(twice.data);
    free(large);
}
END_TEST

START_TEST(a_file_without_tensors_is_legal)
{
    lc_status st = {0};
    lc_safetensors *f = NULL;
    ck_assert_int_eq(lc_safetensors_write(path, false, NULL, 0, NULL, 0, &st), LC_OK);
    ck_assert_int_eq(lc_safetensors_read(&f, path, &st), LC_OK);
    ck_assert_uint_eq(lc_safetensors_count(f), 0);
    ck_assert_ptr_null(lc_safetensors_find(f, "a"));
    ck_assert_ptr_null(lc_safetensors_at(f, 0));
    ck_assert_ptr_null(lc_safetensors_metadata(f, "a"));
    lc_safetensors_free(f);
    lc_safetensors_free(NULL);
}
END_TEST

static void refuse_writing(const lc_tensor *t, size_t n, const char *const (*meta)[2], size_t n_meta, const char *text)
{
    lc_status st = {0};
    ck_assert_msg(lc_safetensors_write(path, false, t, n, meta, n_meta, &st) == LC_E_USAGE, "must be refused: %s",
                  text);
    ck_assert_msg(strstr(st.text, text) != NULL, "\"%s\" lacks \"%s\"", st.text, text);
    ck_assert_int_ne(access(path, F_OK), 0);
}

START_TEST(what_the_format_cannot_hold_is_not_written)
{
    const lc_tensor twice[] = {{"a", 1, {1}, small_data}, {"a", 1, {2}, small_data}};
    refuse_writing(twice, 2, NULL, 0, "tensor \"a\" is given twice");
    const lc_tensor reserved = {"__metadata__", 1, {1}, small_data};
    refuse_writing(&reserved, 1, NULL, 0, "reserved");
    const lc_tensor deep = {"a", LC_TENSOR_DIMS + 1, {1}, small_data};
    refuse_writing(&deep, 1, NULL, 0, "too many dimensions");
    const lc_tensor huge = {"a", 2, {SIZE_MAX / 2, 3}, small_data};
    refuse_writing(&huge, 1, NULL, 0, "too large");
    const lc_tensor sneaky = {"a", 3, {SIZE_MAX / 2, 3, 0}, small_data};
    refuse_writing(&sneaky, 1, NULL, 0, "too large");
    const lc_tensor wide = {"a", 1, {SIZE_MAX / 4}, small_data};
    refuse_writing(&wide, 1, NULL, 0, "too large");
    const lc_tensor hollow = {"a", 1, {1}, NULL};
    refuse_writing(&hollow, 1, NULL, 0, "no data");
    const char *not_utf8[] = {
        "\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
        "a\x80"};
    for (size_t i = 0; i < sizeof not_utf8 / sizeof not_utf8[0]; i++) {
        const lc_tensor odd = {not_utf8[i], 1, {1}, small_data};
        refuse_writing(&odd, 1, NULL, 0, "not UTF-8");
        const char *const key[][2] = {{not_utf8[i], "x"}}, *const value[][2] = {{"x", not_utf8[i]}};
        refuse_writing(NULL, 0, key, 1, "not UTF-8");
        refuse_writing(NULL, 0, value, 1, "not UTF-8");
    }
    const char *const keys[][2] = {{"k", "1"}, {"k", "2"}};
    refuse_writing(NULL, 0, keys, 2, "metadata key \"k\" is given twice");
    refuse_writing(NULL, (size_t)1 << 30, NULL, 0, "more than");
}
END_TEST

START_TEST(places_that_are_no_files)
{
    const lc_tensor t = {"a", 1, {1}, small_data};
    lc_status st = {0};
    lc_safetensors *f = NULL;
    ck_assert_int_eq(lc_safetensors_read(&f, path, &st), LC_E_IO);
    ck_assert_str_eq(st.file, path);
    st = (lc_status){0};
    ck_assert_int_eq(lc_safetensors_read(&f, folder, &st), LC_E_IO);
    ck_assert_str_eq(st.text, "is a folder");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    st = (lc_status){0};
    ck_assert_int_eq(lc_safetensors_read(&f, path, &st), LC_E_IO);
    ck_assert_str_eq(st.text, "is no regular file");
    unlink(path);
    ck_assert_int_eq(lc_safetensors_write(path, false, &t, 1, NULL, 0, NULL), LC_OK);
    st = (lc_status){0};
    ck_assert_int_eq(lc_safetensors_write(path, false, &t, 1, NULL, 0, &st), LC_E_IO);
    ck_assert_str_eq(st.text, "the file exists");
    if (access("/dev/full", W_OK) == 0) {
        st = (lc_status){0};
        ck_assert_int_eq(lc_safetensors_write("/dev/full", true, &t, 1, NULL, 0, &st), LC_E_IO);
        ck_assert_str_eq(st.file, "/dev/full");
    }
    struct bytes empty = {malloc(1), 0};
    dump(&empty);
    st = (lc_status){0};
    ck_assert_int_eq(lc_safetensors_read(&f, path, &st), LC_E_MODEL);
    ck_assert_str_eq(st.file, path);
    free(empty.data);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
    const lc_tensor t[] = {{"a", 2, {1, 2}, small_data}, {"b", 1, {3}, small_data}};
    const char *const meta[][2] = {{"config", "[1,2]"}};
    lc_status st = {0};
    ck_assert_int_eq(lc_safetensors_write(path, false, t, 2, meta, 1, &st), LC_OK);
    struct bytes whole = slurp(path);
    for (size_t n = 0; n < whole.n; n++) {
        struct bytes cut = {malloc(n + !n), n};
        memcpy(cut.data, whole.data, n);
        container_refuse(cut.data, n, n < 8 ? "is no safetensors file" : "only");
        dump(&cut);
        lc_safetensors *f = NULL;
        st = (lc_status){0};
        ck_assert_int_eq(lc_safetensors_read(&f, path, &st), LC_E_MODEL);
        ck_assert_ptr_null(f);
        free(cut.data);
    }
    whole.data[whole.n] = 0; /* slurp leaves room for one more */
    container_refuse(whole.data, whole.n + 1, "1 bytes follow the last tensor");
    free(whole.data);
}
END_TEST

START_TEST(damaged_files_never_crash)
{
    const lc_tensor t[] = {{"a", 2, {1, 2}, small_data}, {"b", 1, {3}, small_data}};
    const char *const meta[][2] = {{"config", "[1,2]"}};
    static const char interesting[] = "0123456789-.eE[]{},:\"\\u \n\xff\xc3tfn";
    ck_assert_int_eq(lc_safetensors_write(path, false, t, 2, meta, 1, NULL), LC_OK);
    struct bytes whole = slurp(path);
    struct bytes exact = {malloc(whole.n), whole.n};
    lc_rng r = lc_rng_make(11, LC_STREAM_TEST, 0);
    size_t refused = 0;
    for (int i = 0; i < 20000; i++) {
        memcpy(exact.data, whole.data, whole.n);
        for (uint64_t k = lc_rng_u64(&r) % 3 + 1; k; k--) {
            size_t at = lc_rng_u64(&r) % (whole.n - 20);
            exact.data[at] = (unsigned char)interesting[lc_rng_u64(&r) % (sizeof interesting - 1)];
        }
        lc_safetensors *f = NULL;
        lc_status st = {0};
        lc_code code = lc_safetensors_read_memory(&f, "m", exact.data, exact.n, &st);
        ck_assert_msg(code == LC_OK || code == LC_E_MODEL, "code %d: %s", code, st.text);
        ck_assert((code == LC_OK) == (f != NULL));
        refused += code != LC_OK;
        lc_safetensors_free(f);
    }
    ck_assert_uint_gt(refused, 15000);
    free(exact.data);
    free(whole.data);
}
END_TEST

static size_t allocations_left;

static void *failing_malloc(size_t n)
{
    return allocations_left && allocations_left-- ? malloc(n) : NULL;
}

START_TEST(running_out_of_memory_is_reported)
{
    const lc_tensor t[] = {{"a", 2, {1, 2}, small_data}, {"b", 1, {3}, small_data}};
    const char *const meta[][2] = {{"config", "[1,2]"}, {"other", "x"}};
    lc_code code = LC_E_MEMORY;
    size_t tries = 0;
    for (; code != LC_OK; tries++) {
        lc_status st = {0};
        json_set_alloc_funcs(failing_malloc, free);
        allocations_left = tries;
        code = lc_safetensors_write(path, false, t, 2, meta, 2, &st);
        json_set_alloc_funcs(malloc, free);
        ck_assert_msg(code == LC_OK || code == LC_E_MEMORY, "allocation %zu: code %d, %s", tries, code, st.text);
        ck_assert((access(path, F_OK) == 0) == (code == LC_OK));
    }
    ck_assert_uint_gt(tries, 10);
    code = LC_E_MEMORY;
    for (tries = 0; code != LC_OK; tries++) {
        lc_status st = {0};
        lc_safetensors *f = NULL;
        json_set_alloc_funcs(failing_malloc, free);
        allocations_left = tries;
        code = lc_safetensors_read(&f, path, &st);
        json_set_alloc_funcs(malloc, free);
        /* Jansson's parser reports some failed allocations as an unexpected token. */
        ck_assert_msg(code == LC_OK || code == LC_E_MEMORY || code == LC_E_MODEL, "code %d, %s", code, st.text);
        ck_assert((code == LC_OK) == (f != NULL));
        lc_safetensors_free(f);
    }
    ck_assert_uint_gt(tries, 10);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("safetensors");
    TCase *c = tcase_create("files");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, make_folder, remove_folder);
    tcase_add_test(c, bytes_follow_the_format);
    tcase_add_test(c, what_is_written_reads_back);
    tcase_add_test(c, a_file_without_tensors_is_legal);
    tcase_add_test(c, what_the_format_cannot_hold_is_not_written);
    tcase_add_test(c, places_that_are_no_files);
    tcase_add_test(c, every_truncation_is_refused);
    tcase_add_test(c, damaged_files_never_crash);
    tcase_add_test(c, running_out_of_memory_is_reported);
    suite_add_tcase(s, c);
    return s;
}
