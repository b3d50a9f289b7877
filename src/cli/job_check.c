/* What the command line of a job says. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/job.h"
#include "cli/option_table.h"
#include "cli/sink.h"

/* ---- rules ---- */

static int refuse_others(const cli_options *o)
{
    static const struct {
        const char *option, *hint;
    } refused[] = {
        {"output", "the folder gets a result for each file"},
        {"plot", "report.html in the folder shows all files; \"loomcast plot\" draws any of the results"},
        {"events",
         "summary.csv counts the events of each file and report.html lists them; --events FILE is for a single one"},
        {"save-windows", "it names a file for a single backtest"},
        {"save-steps", "it names a file for a single backtest"},
        {"rejects", "a file whose rows cannot be read fails, and summary.csv names the place"},
        {"online", "a job reads whole files"},
        {"follow", "a job reads whole files"},
        {"state", "a job reads whole files"}};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (cli_given(o, refused[i].option))
            return cli_usage(refused[i].hint, "--out-dir and --%s do not go together", refused[i].option);
    for (size_t i = 0; i < o->n_files; i++)
        if (strcmp(o->files[i], "-") == 0)
            return cli_usage("without it -o FILE takes the result", "--out-dir does not read standard input (-)");
    return LC_EXIT_OK;
}

/* A whole number of at most nine digits; *end is behind it. 0: there is none. */
static size_t whole_number(const char *text, const char **end)
{
    const size_t digits = strspn(text, "0123456789");
    *end = text + digits;
    return digits && digits < 10 ? strtoul(text, NULL, 10) : 0;
}

static int read_shard(job *j, const char *text)
{
    const char *end = NULL, *more = NULL;
    if (!text) return LC_EXIT_OK;
    j->shard = whole_number(text, &end);
    j->shards = *end == '/' ? whole_number(end + 1, &more) : 0;
    if (j->shard && j->shards && !*more && j->shard <= j->shards) return LC_EXIT_OK;
    return cli_usage("write I/N, as 2/3 for the second of three parts", "--shard: \"%.64s\" is not a valid value",
                     text);
}

static int read_memory(job *j, const char *text)
{
    static const char units[] = "KMGT";
    const char *end = NULL;
    if (!text) return LC_EXIT_OK;
    const size_t n = whole_number(text, &end);
    const char *unit = *end ? strchr(units, *end >= 'a' ? *end - ('a' - 'A') : *end) : NULL;
    const int shift = unit ? 10 * (int)(unit - units + 1) : 0;
    if (n && (!*end || (unit && !end[1])) && n <= SIZE_MAX >> shift) {
        j->memory = n << shift;
        return LC_EXIT_OK;
    }
    return cli_usage("write bytes, or a number with K, M, G or T behind it, as 4G",
                     "--memory: \"%.64s\" is not a valid value", text);
}

int cli_job_check(job *j)
{
    const cli_options *o = j->o;
    char threads[24];
    if (!*o->out_dir) return cli_usage(NULL, "--out-dir needs the name of a folder");
    int code = refuse_others(o);
    if (code == LC_EXIT_OK) code = cli_check_charts(o);
    if (code == LC_EXIT_OK) code = cli_read_style(&j->style, o);
    if (code == LC_EXIT_OK) code = read_shard(j, o->shard);
    if (code == LC_EXIT_OK) code = read_memory(j, o->memory);
    const char *told = lc_settings_get(o->settings, "threads", threads, sizeof threads);
    j->threads = told ? strtoul(told, NULL, 10) : 0;
    if (!j->threads) j->threads = lc_default_threads();
    char part[48] = "";
    if (j->shards > 1) snprintf(part, sizeof part, "-%zu-of-%zu", j->shard, j->shards);
    snprintf(j->summary, sizeof j->summary, "summary%s.csv", part);
    snprintf(j->report, sizeof j->report, "report%s.html", part);
    return code;
}

/* ---- what a result depends on ---- */

static void add(sha256 *h, const char *text)
{
    sha256_add(h, text, strlen(text) + 1);
}

/* The bytes of a file that every run reads. Where `may_be_other` the name need not be that of a file. */
static int add_file(sha256 *h, const char *path, bool may_be_other)
{
    char hash[SHA256_TEXT];
    struct stat info;
    if (!path || !*path || (may_be_other && (stat(path, &info) != 0 || !S_ISREG(info.st_mode)))) return LC_EXIT_OK;
    if (!sha256_file(hash, path)) return cli_cannot(path, "read", errno);
    add(h, hash);
    return LC_EXIT_OK;
}

int cli_job_options(job *j)
{
    enum { MOST = 1 << 16 };
    const cli_options *o = j->o;
    sha256 h;
    char *value = malloc(MOST);
    if (!value) return cli_no_memory();
    sha256_begin(&h);
    add(&h, lc_version());
    add(&h, o->command->name);
    add(&h, o->nab ? "nab" : "");
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        if (info->group == LC_GROUP_RUN) continue;
        const char *text = lc_settings_get(o->settings, info->name, value, MOST);
        add(&h, info->name);
        add(&h, text ? text : "");
        /* Some commands choose by themselves what nobody chose. */
        add(&h, cli_chosen(o, info->name) ? "chosen" : "");
    }
    int code = add_file(&h, o->model, false);
    const char *labels = lc_settings_get(o->settings, "labels", value, MOST);
    if (code == LC_EXIT_OK) code = add_file(&h, labels, true);
    const char *ahead = lc_settings_get(o->settings, "future-file", value, MOST);
    if (code == LC_EXIT_OK) code = add_file(&h, ahead, false);
    sha256_end(&h, j->options);
    free(value);
    return code;
}
