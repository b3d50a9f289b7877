#define _GNU_SOURCE
#include "unit/support/pipeline.h"

#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "base/text.h"
#include "unit/support/panel_text.h"

void make_ar1(double *y, size_t n, double phi, uint64_t seed)
{
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, 0);
    double last = 0;
    for (size_t i = 0; i < n; i++) y[i] = last = phi * last + lc_rng_normal(&r);
}

void make_sine(double *y, size_t n, double period, double noise, uint64_t seed)
{
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, 1);
    for (size_t i = 0; i < n; i++)
        y[i] = 100 + 10 * sin(6.283185307179586 * (double)i / period) + noise * lc_rng_normal(&r);
}

char *csv_of(const double *y, size_t n)
{
    lc_buf b = {0};
    char number[LC_NUMBER_TEXT];
    lc_buf_puts(&b, "y\n");
    for (size_t i = 0; i < n; i++) {
        lc_format_double(number, y[i], 0);
        lc_buf_puts(&b, isnan(y[i]) ? "NA" : number);
        lc_buf_puts(&b, "\n");
    }
    ck_assert(!b.failed);
    return b.data;
}

lc_panel *panel_of_values(const double *y, size_t n, const char *options)
{
    char *text = csv_of(y, n);
    lc_panel *p = panel_of(text, options);
    free(text);
    return p;
}

lc_model *fit_model_of(const lc_panel *p, const char *options)
{
    lc_settings *s = panel_settings(options);
    lc_status st = {0};
    lc_model *m = NULL;
    if (!s->threads) s->threads = 1;
    lc_code code = lc_model_fit(&m, p, s, NULL, NULL, &st);
    ck_assert_msg(code == LC_OK, "%s (%s)", st.text, st.hint);
    ck_assert_ptr_nonnull(m);
    lc_settings_free(s);
    return m;
}

lc_result *detect_of(const lc_panel *p, const lc_model *m, const char *options, lc_detect_info *info)
{
    lc_settings *s = panel_settings(options);
    lc_result *r = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_detect(&r, info, m, p, s, NULL, NULL, &st) == LC_OK, "%s", st.text);
    lc_settings_free(s);
    return r;
}

char *folder_create(void)
{
    const char *base = getenv("TMPDIR");
    lc_buf b = {0};
    lc_buf_printf(&b, "%s/loomcast-XXXXXX", base && *base ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(b.data));
    return b.data;
}

char *path_in(const char *folder, const char *name)
{
    lc_buf b = {0};
    lc_buf_printf(&b, "%s/%s", folder, name);
    return b.data;
}

static bool is_self(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

size_t folder_entries(const char *folder)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) n += !is_self(e->d_name);
    closedir(d);
    return n;
}

void folder_remove(char *folder)
{
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (is_self(e->d_name)) continue;
        char *path = path_in(folder, e->d_name);
        if (unlink(path) != 0) rmdir(path);
        free(path);
    }
    closedir(d);
    rmdir(folder);
    free(folder);
}

char *file_bytes(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    lc_buf b = {0};
    char block[4096];
    if (!f) return NULL;
    lc_buf_append(&b, "", 0);
    for (size_t k; (k = fread(block, 1, sizeof block, f)) > 0;) lc_buf_append(&b, block, k);
    fclose(f);
    ck_assert(!b.failed);
    if (n) *n = b.len;
    return b.data;
}

void file_put(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

char *result_text(const lc_result *r)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    lc_status st = {0};
    ck_assert_int_eq(lc_result_write_stream(r, f, &st), LC_OK);
    fclose(f);
    return text;
}
