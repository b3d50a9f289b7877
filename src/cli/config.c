#define _POSIX_C_SOURCE 200809L
#include "cli/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char usual_name[] = "loomcast.conf";

typedef struct config {
    const char *path;
    lc_pairs *pairs; /* NULL where nobody named a file and none is there */
} config;

static int refuse(const config *f, size_t line, lc_code code, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
static int refuse(const config *f, size_t line, lc_code code, const char *hint, const char *fmt, ...)
{
    lc_status st = {.code = code, .line = line};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(st.text, sizeof st.text, fmt, ap);
    va_end(ap);
    snprintf(st.file, sizeof st.file, "%s", f->path);
    snprintf(st.hint, sizeof st.hint, "%s", hint);
    return cli_fail(&st);
}

/* ---- the file ---- */

static int read_file(config *f, const char *named)
{
    struct stat info;
    lc_status st = {0};
    f->path = named ? named : usual_name;
    /* A pipe that happens to have the usual name would be waited for. */
    if (!named && (stat(usual_name, &info) != 0 ? errno == ENOENT : !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)))
        return LC_EXIT_OK;
    return lc_pairs_read(&f->pairs, f->path, &st) == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

/* ---- a line ---- */

/* *value: the text without quotes and comment. */
static int take_value(char **value, const config *f, size_t line, const char *key, char *text)
{
    if (*text == '"') {
        char *end = strchr(text + 1, '"');
        if (!end) return refuse(f, line, LC_E_USAGE, "", "%.64s: the quotes are not closed", key);
        *end++ = '\0';
        while (lc_pairs_is_blank(*end)) end++;
        if (*end && *end != '#')
            return refuse(f, line, LC_E_USAGE, "", "%.64s: there is text behind the quotes: %.64s", key, end);
        *value = text + 1;
        return LC_EXIT_OK;
    }
    size_t n = 0;
    while (text[n] && !(text[n] == '#' && (n == 0 || lc_pairs_is_blank(text[n - 1])))) n++;
    while (n && lc_pairs_is_blank(text[n - 1])) n--;
    text[n] = '\0';
    *value = text;
    if (n) return LC_EXIT_OK;
    return refuse(f, line, LC_E_USAGE, "write \"\" for an empty one, and quotes around one that begins with #",
                  "%.64s needs a value", key);
}

typedef struct key_list {
    char name[64];
} key_list;

/* The i-th option of the table; one that may not stand here has no name that is near to anything. */
static const char *key_at(void *list, size_t i)
{
    key_list *l = list;
    if (i >= cli_option_count()) return NULL;
    const cli_option option = cli_option_at(i);
    snprintf(l->name, sizeof l->name, "%s", option.in_config ? option.name : "");
    return l->name;
}

static int find_option(size_t *place, const config *f, size_t line, const char *key)
{
    *place = cli_option_find(key);
    if (*place != SIZE_MAX && cli_option_at(*place).in_config) return LC_EXIT_OK;
    if (*place != SIZE_MAX)
        return refuse(f, line, LC_E_USAGE,
                      "a file of settings names no other files, and what it says holds for every run",
                      "--%s belongs on the command line", key);
    key_list keys;
    char hint[100] = "\"loomcast help COMMAND\" lists them";
    const size_t near = lc_nearest(key, key_at, &keys);
    if (near != SIZE_MAX) snprintf(hint, sizeof hint, "did you mean \"%s\"?", key_at(&keys, near));
    return refuse(f, line, LC_E_USAGE, hint, "there is no setting \"%.64s\"", key);
}

/* Whether the value would do, tried on options of nobody. */
static int check_value(const config *f, size_t line, const cli_option *option, const char *value)
{
    lc_status st = {0};
    cli_options trial = {.settings = lc_settings_create()};
    if (!trial.settings) return cli_no_memory();
    lc_code code = cli_set(&trial, option, value, &st);
    if (code == LC_OK) code = lc_settings_check(trial.settings, &st);
    lc_settings_free(trial.settings);
    if (code == LC_OK) return LC_EXIT_OK;
    return refuse(f, line, code, st.hint, "%s", st.text);
}

/* ---- what holds ---- */

/* Of two options that say the same thing the one on the command line counts. */
static const char *rival_of(const char *name)
{
    static const char *const rivals[][2] = {{"alarms-per", "sensitivity"}, {"refit", "refit-every"}};
    for (size_t i = 0; i < sizeof rivals / sizeof rivals[0]; i++)
        for (size_t k = 0; k < 2; k++)
            if (strcmp(rivals[i][k], name) == 0) return rivals[i][1 - k];
    return NULL;
}

static bool holds(const cli_options *o, const cli_option *option)
{
    const char *rival = rival_of(option->name);
    return cli_shows(o->command, option) && !cli_given(o, option->name) && !(rival && cli_given(o, rival)) &&
           !(o->model && cli_is_fitting(option));
}

static int take_pair(cli_options *o, const config *f, const lc_pair *pair)
{
    char *value = NULL;
    size_t place;
    lc_status st = {0};
    int code = find_option(&place, f, pair->line, pair->key);
    if (code == LC_EXIT_OK) code = take_value(&value, f, pair->line, pair->key, pair->value);
    if (code != LC_EXIT_OK) return code;
    const cli_option option = cli_option_at(place);
    code = check_value(f, pair->line, &option, value);
    if (code != LC_EXIT_OK || !holds(o, &option)) return code;
    cli_mark_configured(o, place);
    return cli_set(o, &option, value, &st) == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

/* Where settings came from, for who wonders. */
static void tell(const cli_options *o, const config *f)
{
    char names[600] = "";
    for (size_t i = 0, n = 0; i < cli_option_count() && n < sizeof names; i++) {
        const char *name = cli_option_at(i).name;
        if (cli_configured(o, name)) n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "", name);
    }
    if (*names) cli_note(o, "note: settings from %.200s: %s", f->path, names);
}

int cli_config(cli_options *o)
{
    config f = {0};
    lc_pair pair = {0};
    lc_status st = {0};
    if (o->config && !*o->config) return LC_EXIT_OK;
    int code = read_file(&f, o->config);
    if (code != LC_EXIT_OK || !f.pairs) return code;
    do {
        if (lc_pairs_next(f.pairs, &pair, &st) != LC_OK) code = cli_fail(&st);
        else if (pair.key) code = take_pair(o, &f, &pair);
    } while (code == LC_EXIT_OK && pair.key);
    if (code == LC_EXIT_OK) tell(o, &f);
    lc_pairs_free(f.pairs);
    return code;
}
