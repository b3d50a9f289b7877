/* A checkpoint that a training goes on from: it ends with a model that can be saved and read again, or with an error
 * in words, and never learns longer than the training asked for. The first byte chooses the training, and whether the
 * rest is the file itself, in which sixteen @ stand for whose it is, or edits of one that is whole, three bytes each: a
 * place, from its begin or its end, and what stands there from now on. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/panel.h"
#include "fuzz/fuzz.h"
#include "model/model.h"

enum { KINDS = 2, ROWS = 24, IDENTITY = 16, MOST = 1 << 16 };

static const char *const kinds[KINDS][8][2] = {
    {{"arch", "lstm"}, {"hidden", "2"}, {"lookback", "3"}, {"epochs", "4"}, {"patience", "3"}, {"final-fit", "off"}},
    {{"arch", "auto"},
     {"members", "1"},
     {"hidden", "2"},
     {"lookback", "4"},
     {"steps", "30"},
     {"final-fit", "on"},
     {"blend", "0"}},
};

static struct kind {
    lc_panel *panel;
    lc_settings *settings;
    size_t rounds; /* that a whole training has */
    unsigned char *bytes;
    size_t n;
} made[KINDS];
static char folder[64], kept[80], saved[80];

static size_t get_file(const char *path, unsigned char *bytes)
{
    FILE *f = fopen(path, "rb");
    FUZZ_MUST(f);
    const size_t n = fread(bytes, 1, MOST, f);
    fclose(f);
    return n;
}

static void put_file(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    FUZZ_MUST(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static void remove_folder(void)
{
    unlink(kept);
    unlink(saved);
    rmdir(folder);
}

static bool count(void *user, const lc_progress *p)
{
    (void)p;
    ++*(size_t *)user;
    return true;
}

static bool stop_at_second(void *user, const lc_progress *p)
{
    return count(user, p) && *(size_t *)user < 2;
}

static void make_kind(struct kind *k, size_t which)
{
    char text[ROWS * 16] = "ds,y\n";
    for (int i = 0; i < ROWS; i++) sprintf(text + strlen(text), "%d,%d\n", i + 1, 10 + i % 4 * 3 + i * i % 7);
    k->settings = lc_settings_create();
    k->bytes = malloc(MOST);
    FUZZ_MUST(k->settings && k->bytes);
    for (size_t i = 0; i < sizeof kinds[0] / sizeof kinds[0][0] && kinds[which][i][0]; i++)
        FUZZ_MUST(lc_settings_set(k->settings, kinds[which][i][0], kinds[which][i][1], NULL) == LC_OK);
    FUZZ_MUST(lc_settings_set(k->settings, "horizon", "2", NULL) == LC_OK);
    FUZZ_MUST(lc_settings_set(k->settings, "threads", "1", NULL) == LC_OK);
    FUZZ_MUST(lc_panel_read_memory(&k->panel, "f.csv", text, strlen(text), k->settings, NULL) == LC_OK);
    lc_model *m = NULL;
    FUZZ_MUST(lc_model_fit(&m, k->panel, k->settings, count, &k->rounds, NULL) == LC_OK);
    lc_model_free(m);
    FUZZ_MUST(lc_settings_set(k->settings, "checkpoint", kept, NULL) == LC_OK);
    size_t calls = 0;
    FUZZ_MUST(lc_model_fit(&m, k->panel, k->settings, stop_at_second, &calls, NULL) == LC_E_CANCELLED);
    lc_model_free(m);
    k->n = get_file(kept, k->bytes);
    FUZZ_MUST(lc_settings_set(k->settings, "resume", "true", NULL) == LC_OK);
}

static void make_kinds(void)
{
    snprintf(folder, sizeof folder, "%s/fuzz-checkpoint-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    FUZZ_MUST(mkdtemp(folder));
    atexit(remove_folder);
    snprintf(kept, sizeof kept, "%s/kept", folder);
    snprintf(saved, sizeof saved, "%s/saved", folder);
    for (size_t i = 0; i < KINDS; i++) make_kind(&made[i], i);
}

/* Of the file of another machine, whose kernels have another name. */
static void make_ours(unsigned char *bytes, size_t n, const struct kind *k)
{
    static const char theirs[] = "@@@@@@@@@@@@@@@@", key[] = "\"identity\":\"";
    const unsigned char *ours = memmem(k->bytes, k->n, key, sizeof key - 1);
    unsigned char *at = memmem(bytes, n, theirs, IDENTITY);
    FUZZ_MUST(ours);
    if (at) memcpy(at, ours + sizeof key - 1, IDENTITY);
}

static void put_checkpoint(const struct kind *k, bool whole, bool from_end, const uint8_t *data, size_t size)
{
    const size_t n = whole ? size : k->n;
    unsigned char *bytes = malloc(n + 1);
    FUZZ_MUST(bytes);
    if (n) memcpy(bytes, whole ? data : k->bytes, n);
    if (whole) make_ours(bytes, n, k);
    for (size_t i = 0; !whole && i + 3 <= size; i += 3) {
        const size_t place = ((size_t)data[i] << 8 | data[i + 1]) % n;
        bytes[from_end ? n - 1 - place : place] = data[i + 2];
    }
    put_file(kept, bytes, n);
    free(bytes);
}

/* It has weights that the reader of models takes. */
static void look_at(const lc_model *m)
{
    lc_status st = {0};
    lc_model *again = NULL;
    unsigned char *bytes = malloc(MOST);
    FUZZ_MUST(bytes && lc_model_save(m, saved, true, NULL) == LC_OK);
    const size_t n = get_file(saved, bytes);
    FUZZ_MUST(lc_model_read_memory(&again, "saved", bytes, n, &st) == LC_OK);
    lc_model_free(again);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!made[0].n) make_kinds();
    if (!size) return 0;
    const struct kind *k = &made[data[0] >> 1 & 1];
    put_checkpoint(k, data[0] & 1, data[0] & 4, data + 1, size - 1);
    lc_status st = {0};
    lc_model *m = NULL;
    size_t rounds = 0;
    const lc_code code = lc_model_fit(&m, k->panel, k->settings, count, &rounds, &st);
    FUZZ_MUST(code == st.code && (code == LC_OK) <= (m != NULL) && (code == LC_OK || st.text[0]));
    FUZZ_MUST(rounds <= k->rounds);
    if (m) look_at(m);
    lc_model_free(m);
    return 0;
}
