/* What becomes of a run: its table, its chart, its report. */
#define _DEFAULT_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"

static struct sigaction at_start; /* what whoever started the program wanted of SIGPIPE */

void cli_ignore_closed_pipes(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &at_start);
}

void cli_stdout_begins(void)
{
    sigaction(SIGPIPE, &at_start, NULL);
}

/* A person reads: names in the table must not command the terminal. */
static lc_code write_terminal(const lc_result *r, lc_status *st)
{
    char *text = NULL;
    size_t n = 0;
    FILE *memory = open_memstream(&text, &n);
    lc_code code = memory ? lc_result_write_stream(r, memory, st) : LC_E_MEMORY;
    if (memory && fclose(memory) != 0) code = LC_E_MEMORY;
    if (code == LC_E_MEMORY) *st = (lc_status){.code = LC_E_MEMORY, .text = "out of memory"};
    for (char *line = text, *end; code == LC_OK && (end = memchr(line, '\n', n - (size_t)(line - text)));
         line = end + 1) {
        *end = '\0';
        puts(cli_harmless(line, (size_t)(end - line) + 1, line));
    }
    free(text);
    return code;
}

static int write_table(const lc_result *r, const cli_options *o)
{
    lc_status st = {0};
    lc_code code;
    if (!o->output) cli_stdout_begins();
    if (o->output) code = lc_result_write_file(r, o->output, o->force, &st);
    else code = isatty(STDOUT_FILENO) ? write_terminal(r, &st) : lc_result_write_stream(r, stdout, &st);
    if (code != LC_OK) return cli_fail(&st);
    size_t n = lc_result_rows(r);
    if (o->output) cli_line(o, "wrote   %s, %zu row%s", o->output, n, n == 1 ? "" : "s");
    return LC_EXIT_OK;
}

bool cli_plots_here(const cli_options *o)
{
    return o->plot && strcmp(o->plot, "-") == 0;
}

/* As wide as the terminal, or as $COLUMNS says. */
static size_t columns(void)
{
    enum { USUAL = 80, MOST = 240 };
    struct winsize size = {.ws_col = 0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) return size.ws_col;
    const char *told = getenv("COLUMNS");
    const unsigned long n = told ? strtoul(told, NULL, 10) : 0;
    return n && n <= MOST ? n : USUAL;
}

static int print_chart(const lc_report *what, const lc_backtest_view *backtest, const cli_options *o)
{
    lc_status st = {0};
    char *text = NULL;
    size_t drawn = 0, all = 0;
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
    const bool colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
    const lc_code code = backtest ? lc_plot_backtest_text(&text, backtest, columns(), colour, &st)
                                  : lc_plot_text(&text, what, columns(), colour, &drawn, &all, &st);
    if (code != LC_OK) return cli_fail(&st);
    cli_stdout_begins();
    fputs(text, stdout);
    free(text);
    if (drawn < all) cli_line(o, "drawn   %zu of %zu series, those first that deserve a look", drawn, all);
    return LC_EXIT_OK;
}

static int write_report(const lc_report *what, const cli_outcome *of, const cli_options *o)
{
    lc_status st = {0};
    const lc_code code = of->backtest
                             ? lc_report_write_backtest(what, of->backtest, of->verdict, o->plot, o->force, &st)
                             : lc_report_write(what, o->plot, o->force, &st);
    if (code == LC_OK) cli_line(o, "wrote   %s", o->plot);
    if (code == LC_E_TOOL) cli_line(o, "wrote   %s, without charts", o->plot);
    return code == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

static int write_chart(const lc_report *what, const lc_backtest_view *backtest, const cli_options *o)
{
    lc_status st = {0};
    size_t drawn = 0, all = 0;
    const lc_code code = backtest ? lc_plot_backtest(backtest, what->style, o->plot, o->force, &st)
                                  : lc_plot_result(what, o->plot, o->force, &drawn, &all, &st);
    if (code != LC_OK) return cli_fail(&st);
    if (drawn < all) cli_line(o, "wrote   %s, %zu of %zu series, those first that deserve a look", o->plot, drawn, all);
    else cli_line(o, "wrote   %s", o->plot);
    return LC_EXIT_OK;
}

int cli_read_style(lc_style **out, const cli_options *o)
{
    lc_status st = {0};
    *out = NULL;
    return !o->style || lc_style_read(out, o->style, &st) == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

lc_settings *cli_chosen_settings(const cli_options *o)
{
    lc_status st = {0};
    lc_settings *s = lc_settings_copy(o->settings);
    for (size_t i = 0; s && i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        if (!*info->fallback || cli_chosen(o, info->name)) continue;
        if (lc_settings_set(s, info->name, info->fallback, &st) == LC_OK) continue;
        lc_settings_free(s);
        s = NULL;
    }
    return s;
}

int cli_draw(const cli_outcome *what, const cli_options *o)
{
    lc_style *style;
    if (!o->plot) return LC_EXIT_OK;
    int code = cli_read_style(&style, o);
    if (code != LC_EXIT_OK) return code;
    lc_settings *settings = cli_chosen_settings(o);
    if (!settings) {
        code = cli_no_memory();
        goto done;
    }
    const bool again = o->command->run == cli_plot; /* what the run was told is not known */
    const lc_report report = {.result = what->result,
                              .past = what->past,
                              .events = what->events,
                              .panel = what->panel,
                              .model = what->model,
                              .settings = again ? NULL : settings,
                              .style = style,
                              .files = o->files,
                              .n_files = again ? 1 : o->n_files,
                              .charts = cli_charts(o)};
    if (cli_plots_here(o)) code = print_chart(&report, what->backtest, o);
    else if (lc_report_is(o->plot)) code = write_report(&report, what, o);
    else code = write_chart(&report, what->backtest, o);
done:
    lc_settings_free(settings);
    lc_style_free(style);
    return code;
}

int cli_deliver(const cli_outcome *what, const cli_options *o)
{
    /* Whoever reads standard output may close it early: the chart comes first there. A chart that fails keeps
     * nobody from the table. */
    int drawn = o->output ? LC_EXIT_OK : cli_draw(what, o);
    const bool taken = o->json || cli_plots_here(o); /* standard output */
    int code = o->output || !taken ? write_table(what->result, o) : LC_EXIT_OK;
    if (code == LC_EXIT_OK && o->output) drawn = cli_draw(what, o);
    return code == LC_EXIT_OK ? drawn : code;
}
