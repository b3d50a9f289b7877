#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "unit/support/container.h"
#include "unit/support/unit.h"

static void refuse_header(const char *header, size_t payload, const char *text)
{
    struct bytes b = container_text(header, NULL, payload);
    container_refuse(b.data, b.n, text);
    free(b.data);
}

#define TENSOR(name, dtype, shape, range)                                                                              \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" range "}"

static const struct {
    const char *header;
    size_t payload;
    const char *text;
} hostile[] = {
    {"", 0, "no JSON object"},
    {"{", 0, "no JSON object"},
    {"[]", 0, "does not start with \"{\""},
    {" {}", 0, "does not start with \"{\""},
    {"{} x", 0, "no valid JSON"},
    {"{\"a\":", 0, "no valid JSON"},
    {"{\"a\xff\":1}", 0, "no valid JSON"},
    {"{\"a\n\":1}", 0, "no valid JSON"},
    {"{}", 1, "1 bytes follow the last tensor"},
    /* names */
    {"{\"a\\u0000b\":1}", 0, "no valid JSON"},
    {"{\"a\":1}", 0, "tensor \"a\" is not described"},
    {"{\"a\":null}", 0, "tensor \"a\" is not described"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "," TENSOR("a", "F32", "[1]", "[4,8]") "}", 8, "duplicate"},
    {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "duplicate"},
    {"{\"a\\u001b[2J\":{}}", 0, "tensor \"a?[2J\" has no \"dtype\""},
    /* types */
    {"{\"a\":{}}", 0, "no \"dtype\""},
    {"{\"a\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "no \"dtype\""},
    {"{" TENSOR("a", "BF16", "[2]", "[0,4]") "}", 4, "tensor \"a\" has type \"BF16\"; F32 and F64 can be read"},
    {"{" TENSOR("a", "I64", "[1]", "[0,8]") "}", 8, "type \"I64\""},
    {"{" TENSOR("a", "f32", "[1]", "[0,4]") "}", 4, "type \"f32\""},
    {"{" TENSOR("a", "", "[1]", "[0,4]") "}", 4, "type \"\""},
    /* shapes */
    {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "no \"shape\" list"},
    {"{" TENSOR("a", "F32", "4", "[0,4]") "}", 4, "no \"shape\" list"},
    {"{" TENSOR("a", "F32", "{\"0\":1}", "[0,4]") "}", 4, "no \"shape\" list"},
    {"{" TENSOR("a", "F32", "[-1]", "[0,4]") "}", 4, "dimension 1 of its shape is no count"},
    {"{" TENSOR("a", "F32", "[1,-1]", "[0,4]") "}", 4, "dimension 2 of its shape is no count"},
    {"{" TENSOR("a", "F32", "[1.0]", "[0,4]") "}", 4, "is no count"},
    {"{" TENSOR("a", "F32", "[\"1\"]", "[0,4]") "}", 4, "is no count"},
    {"{" TENSOR("a", "F32", "[99999999999999999999]", "[0,4]") "}", 4, "no valid JSON"},
    {"{" TENSOR("a", "F32", "[1,1,1,1,1]", "[0,4]") "}", 4, "5 dimensions, more than 4"},
    {"{" TENSOR("a", "F32", "[4294967296,4294967296,1]", "[0,0]") "}", 0, "its shape overflows"},
    {"{" TENSOR("a", "F32", "[4611686018427387904]", "[0,0]") "}", 0, "its shape overflows"},
    {"{" TENSOR("a", "F64", "[2305843009213693952]", "[0,0]") "}", 0, "its shape overflows"},
    {"{" TENSOR("a", "F32", "[4611686018427387905]", "[0,4]") "}", 4, "its shape overflows"},
    {"{" TENSOR("a", "F32", "[0,4294967296,4294967296]", "[0,0]") "}", 0, "its shape overflows"},
    {"{" TENSOR("a", "F32", "[2]", "[0,4]") "}", 4, "its shape takes 8 bytes, but its data 4"},
    {"{" TENSOR("a", "F32", "[1]", "[0,8]") "}", 8, "its shape takes 4 bytes, but its data 8"},
    {"{" TENSOR("a", "F64", "[1]", "[0,4]") "}", 4, "its shape takes 8 bytes, but its data 4"},
    {"{" TENSOR("a", "F32", "[]", "[0,0]") "}", 0, "its shape takes 4 bytes, but its data 0"},
    {"{" TENSOR("a", "F32", "[0]", "[0,4]") "}", 4, "its shape takes 0 bytes, but its data 4"},
    /* offsets */
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "no \"data_offsets\""},
    {"{" TENSOR("a", "F32", "[1]", "[0]") "}", 4, "no \"data_offsets\""},
    {"{" TENSOR("a", "F32", "[1]", "[0,4,8]") "}", 4, "no \"data_offsets\""},
    {"{" TENSOR("a", "F32", "[1]", "[-4,0]") "}", 4, "no \"data_offsets\""},
    {"{" TENSOR("a", "F32", "[1]", "[0,4.0]") "}", 4, "no \"data_offsets\""},
    {"{" TENSOR("a", "F32", "[1]", "[4,0]") "}", 4, "ends at byte 0, before its begin 4"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "}", 3, "the file holds only 3 bytes"},
    {"{" TENSOR("a", "F32", "[1]", "[9223372036854775803,9223372036854775807]") "}", 4, "the file holds only 4 bytes"},
    {"{" TENSOR("a", "F32", "[1]", "[4,8]") "}", 8, "a hole of 4 bytes lies before tensor \"a\""},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "," TENSOR("b", "F32", "[1]", "[8,12]") "}", 12, "before tensor \"b\""},
    {"{" TENSOR("a", "F32", "[2]", "[0,8]") "," TENSOR("b", "F32", "[2]", "[4,12]") "}", 12, "\"a\" and \"b\" overlap"},
    {"{" TENSOR("b", "F32", "[2]", "[0,8]") "," TENSOR("a", "F32", "[2]", "[0,8]") "}", 8, "\"b\" and \"a\" overlap"},
    {"{" TENSOR("a", "F32", "[2]", "[0,8]") "," TENSOR("b", "F32", "[0]", "[4,4]") "}", 8, "\"a\" and \"b\" overlap"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "}", 8, "4 bytes follow the last tensor"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"code\":\"x\"}}", 4, "more than dtype"},
    /* metadata */
    {"{\"__metadata__\":[]}", 0, "no map of texts"},
    {"{\"__metadata__\":null}", 0, "no map of texts"},
    {"{\"__metadata__\":{\"k\":1}}", 0, "the metadata \"k\" is no text"},
    {"{\"__metadata__\":{\"k\":{}}}", 0, "the metadata \"k\" is no text"},
    {"{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "duplicate"},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "duplicate"},
    {"{\"__metadata__\":{\"k\":\"a\\u0000\"}}", 0, "no valid JSON"},
    /* nesting */
    {"{\"a\":{\"shape\":[[]]}}", 0, "nests deeper than 3 levels"},
    {"{\"a\":{\"b\":{\"c\":{}}}}", 0, "nests deeper than 3 levels"},
};

START_TEST(hostile_headers_are_refused)
{
    refuse_header(hostile[_i].header, hostile[_i].payload, hostile[_i].text);
}
END_TEST

START_TEST(hostile_lengths_are_refused)
{
    static const uint64_t lengths[] = {3, 100000000, 100000001, UINT32_MAX, INT64_MAX, UINT64_MAX, UINT64_MAX - 7};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct bytes b = container_bytes(lengths[i], "{}", 2, NULL, 0);
        container_refuse(b.data, b.n,
                         lengths[i] > 100000000 ? "no safetensors file: it begins with" : "but only 2 follow");
        free(b.data);
    }
    struct bytes zero = container_bytes(0, "", 0, NULL, 0);
    container_refuse(zero.data, zero.n, "a header of 0 bytes");
    free(zero.data);
}
END_TEST

/* `unit` repeated n times between `before` and `after` must be refused. */
static void refuse_repeated(const char *before, const char *unit, size_t n, const char *after, const char *text)
{
    lc_buf b = {0};
    lc_buf_puts(&b, before);
    for (size_t i = 0; i < n; i++) lc_buf_puts(&b, unit);
    lc_buf_puts(&b, after);
    ck_assert(!b.failed);
    refuse_header(b.data, 0, text);
    lc_buf_free(&b);
}

START_TEST(headers_that_would_blow_up_are_refused)
{
    refuse_repeated("{\"a\":", "[", 1000000, "", "nests deeper");
    refuse_repeated("{\"a\":", "{\"a\":", 1000000, "", "nests deeper");
    refuse_repeated("{\"a\":[", "{},", 2000000, "1]}", "more than 1048576 values");
    refuse_repeated("{\"a\":[", "0,", 2000000, "0]}", "more than 1048576 values");
    /* Brackets and commas inside of texts are no structure. */
    lc_buf b = {0};
    lc_buf_puts(&b, "{\"__metadata__\":{\"config\":\"");
    for (size_t i = 0; i < 400000; i++) lc_buf_puts(&b, "[{\\\",\\\\");
    lc_buf_puts(&b, "\"}}");
    struct bytes file = container_text(b.data, NULL, 0);
    lc_safetensors *f = container_accept(&file);
    ck_assert_uint_eq(strlen(lc_safetensors_metadata(f, "config")), 400000 * 5);
    lc_safetensors_free(f);
    free(file.data);
    lc_buf_free(&b);

    lc_buf many = {0};
    lc_buf_puts(&many, "{");
    for (size_t i = 0; i < 65538; i++) lc_buf_printf(&many, "%s\"%zu\":0", i ? "," : "", i);
    lc_buf_puts(&many, "}");
    refuse_header(many.data, 0, "more than 65536 tensors");
    lc_buf_free(&many);
}
END_TEST

START_TEST(doubles_are_converted)
{
    /* 1.5, -2^-20, NaN and the largest float, little-endian */
    const unsigned char payload[] = {0, 0, 0,    0,    0,    0,    0xf8, 0x3f, 0, 0, 0,    0,
                                     0, 0, 0xb0, 0xbe, 0,    0,    0,    0,    0, 0, 0xf8, 0x7f,
                                     0, 0, 0,    0xe0, 0xff, 0xff, 0xef, 0x47, 0, 0, 0x40, 0x40};
    struct bytes b = container_text(
        "{" TENSOR("f", "F32", "[]", "[32,36]") "," TENSOR("d", "F64", "[2,2]", "[0,32]") "}", payload, sizeof payload);
    lc_safetensors *f = container_accept(&b);
    const lc_tensor *d = lc_safetensors_find(f, "d");
    ck_assert_ptr_eq(d, lc_safetensors_at(f, 0)); /* in the order of the data, not of the header */
    ck_assert(d->data[0] == 1.5F && d->data[1] == -0x1p-20F && isnan(d->data[2]) && d->data[3] == 0x1.fffffep127F);
    ck_assert(lc_safetensors_find(f, "f")->data[0] == 3.0F);
    lc_safetensors_free(f);
    b.data[b.n - 4 - 1] = 0x48; /* the last double is now beyond F32 */
    container_refuse(b.data, b.n, "tensor \"d\": its value 2.23007e+43 is too large for F32");
    free(b.data);
}
END_TEST

START_TEST(padding_in_the_header_is_legal)
{
    struct bytes b = container_text("{ " TENSOR("a", "F32", "[ 1 ]", "[0 ,4]") " }\n\t   ", NULL, 4);
    lc_safetensors_free(container_accept(&b));
    free(b.data);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("hostile safetensors");
    TCase *c = tcase_create("bytes");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, hostile_headers_are_refused, 0, (int)(sizeof hostile / sizeof hostile[0]));
    tcase_add_test(c, hostile_lengths_are_refused);
    tcase_add_test(c, headers_that_would_blow_up_are_refused);
    tcase_add_test(c, doubles_are_converted);
    tcase_add_test(c, padding_in_the_header_is_legal);
    suite_add_tcase(s, c);
    return s;
}
