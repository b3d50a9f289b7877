/* What the results of a job are called. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/job.h"

/* A temporary name adds some twenty bytes, and file systems take 255. */
enum { STEM_MOST = 160, HASH_DIGITS = 16, NAME_ROOM = STEM_MOST + HASH_DIGITS + 16, LONGEST = 4096 };

typedef struct named {
    const char *input;
    size_t place;
    bool hashed;
    char *name;
} named;

static size_t without_ending(const char *text, size_t n, const char *ending)
{
    const size_t k = strlen(ending);
    return n >= k && strncasecmp(text + n - k, ending, k) == 0 ? n - k : n;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           strchr("._-+=@, ", c);
}

/* The base name without endings, every odd character an underscore; true: it is not what it was. */
static bool take_stem(char out[STEM_MOST + 1], const char *input)
{
    const char *base = cli_base_name(input);
    char text[LONGEST], shown[LONGEST];
    const size_t n = without_ending(base, without_ending(base, strlen(base), ".gz"), ".csv");
    snprintf(text, sizeof text, "%.*s", n < LONGEST ? (int)n : LONGEST - 1, base);
    cli_harmless(shown, sizeof shown, text);
    size_t length = strlen(shown);
    bool changed = !n || n >= LONGEST || strcmp(shown, text) != 0;
    if (length > STEM_MOST) {
        changed = true;
        length = STEM_MOST;
        while (length && ((unsigned char)shown[length] & 0xc0) == 0x80) length--; /* within a character */
    }
    if (!length) shown[length++] = '_';
    memcpy(out, shown, length);
    out[length] = '\0';
    for (size_t i = 0; i < length; i++) {
        /* A dot hides a file, a dash makes it an option, and a blank at an end is lost in lists. */
        const bool edge = strchr(" ", out[i]) && (i == 0 || i == length - 1);
        const bool first = i == 0 && strchr(".-", out[i]);
        if (is_plain((unsigned char)out[i]) && !edge && !first) continue;
        out[i] = '_';
        changed = true;
    }
    static const char reserved[] = "summary";
    const size_t r = sizeof reserved - 1;
    return changed || (strncasecmp(out, reserved, r) == 0 && (!out[r] || out[r] == '-'));
}

static bool name_it(named *f)
{
    char name[NAME_ROOM], stem[STEM_MOST + 1], hash[SHA256_TEXT];
    sha256 h;
    f->hashed = take_stem(stem, f->input) || f->hashed;
    sha256_begin(&h);
    sha256_add(&h, f->input, strlen(f->input));
    sha256_end(&h, hash);
    if (f->hashed) snprintf(name, sizeof name, "%s-%.*s.csv", stem, HASH_DIGITS, hash);
    else snprintf(name, sizeof name, "%s.csv", stem);
    free(f->name);
    f->name = strdup(name);
    return f->name;
}

/* Names that differ in case alone are one where the file system says so. */
static int by_name(const void *a, const void *b)
{
    const named *p = a, *q = b;
    const int c = strcasecmp(p->name, q->name);
    return c ? c : p->place < q->place ? -1 : p->place > q->place;
}

/* Every name that stands twice gets its hash, until none does. */
static int tell_apart(named *list, size_t n)
{
    for (bool again = true; again;) {
        again = false;
        qsort(list, n, sizeof *list, by_name);
        for (size_t i = 0, end; i < n; i = end) {
            for (end = i + 1; end < n && strcasecmp(list[i].name, list[end].name) == 0;) end++;
            for (size_t k = i; end > i + 1 && k < end; k++) {
                if (list[k].hashed) continue;
                list[k].hashed = again = true;
                if (!name_it(&list[k])) return cli_no_memory();
            }
            if (end > i + 1 && !again)
                return cli_usage("give every file once", "%.200s stands twice on the command line", list[i].input);
        }
    }
    return LC_EXIT_OK;
}

int cli_job_names(job *j)
{
    const size_t all = j->o->n_files;
    named *list = calloc(all, sizeof *list);
    /* Every shards-th file: what is added at the end of the list moves none to another shard. */
    j->n = all / j->shards + (all % j->shards >= j->shard);
    j->file = calloc(j->n + 1, sizeof *j->file);
    if (!list || !j->file) {
        free(list);
        return cli_no_memory();
    }
    int code = LC_EXIT_OK;
    for (size_t i = 0; i < all && code == LC_EXIT_OK; i++) {
        list[i] = (named){.input = j->o->files[i], .place = i};
        if (!name_it(&list[i])) code = cli_no_memory();
    }
    if (code == LC_EXIT_OK) code = tell_apart(list, all);
    for (size_t i = 0; i < all; i++) {
        if (code != LC_EXIT_OK || list[i].place % j->shards != j->shard - 1) free(list[i].name);
        else j->file[list[i].place / j->shards] = (job_file){.input = list[i].input, .result = list[i].name};
    }
    free(list);
    return code;
}
