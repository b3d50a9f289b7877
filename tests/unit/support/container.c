#include "unit/support/container.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct bytes container_bytes(uint64_t length, const char *header, size_t header_n, const void *payload,
                             size_t payload_n)
{
    struct bytes b = {malloc(8 + header_n + payload_n), 8 + header_n + payload_n};
    ck_assert_ptr_nonnull(b.data);
    for (int i = 0; i < 8; i++) b.data[i] = (unsigned char)(length >> (8 * i));
    memcpy(b.data + 8, header, header_n);
    if (payload) memcpy(b.data + 8 + header_n, payload, payload_n);
    else memset(b.data + 8 + header_n, 0, payload_n);
    return b;
}

struct bytes container_text(const char *header, const void *payload, size_t payload_n)
{
    return container_bytes(strlen(header), header, strlen(header), payload, payload_n);
}

void container_refuse(const void *data, size_t n, const char *text)
{
    lc_status st = {0};
    lc_safetensors *f = (lc_safetensors *)&st;
    lc_code code = lc_safetensors_read_memory(&f, "m.safetensors", data, n, &st);
    ck_assert_msg(code == LC_E_MODEL && st.code == LC_E_MODEL, "code %d, \"%s\", wanted \"%s\"", code, st.text, text);
    ck_assert_ptr_null(f);
    ck_assert_int_eq(lc_safetensors_read_memory(&f, "m.safetensors", data, n, NULL), code);
    ck_assert_str_eq(st.file, "m.safetensors");
    ck_assert_msg(strstr(st.text, text) != NULL, "\"%s\" lacks \"%s\"", st.text, text);
    ck_assert_msg(st.hint[0], "\"%s\" has no hint", st.text);
    for (const char *c = st.text; *c; c++) ck_assert_msg((unsigned char)*c >= ' ', "a control byte in \"%s\"", st.text);
}

lc_safetensors *container_accept(const struct bytes *b)
{
    lc_status st = {0};
    lc_safetensors *f = NULL;
    lc_code code = lc_safetensors_read_memory(&f, "m", b->data, b->n, &st);
    ck_assert_msg(code == LC_OK, "%s", st.text);
    return f;
}
