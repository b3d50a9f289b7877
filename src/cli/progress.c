/* One line on a terminal while a model is fitted, nothing anywhere else; and how a fit is interrupted. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

static volatile sig_atomic_t interrupted, tell, over_files;

static void on_interrupt(int signal_number)
{
    static const char of_fit[] = "\r\nstopping when this epoch is done; once more stops at once\r\n",
                      of_files[] = "\r\nstopping\r\n";
    interrupted = signal_number;
    if (!tell) return;
    const ssize_t written = over_files ? write(STDERR_FILENO, of_files, sizeof of_files - 1)
                                       : write(STDERR_FILENO, of_fit, sizeof of_fit - 1);
    (void)written;
}

static void catch_interrupts(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        /* The second signal ends the process; one that whoever started it had ignored stays so. */
        struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)}, old;
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(signals[i], &action, NULL);
    }
}

int cli_interrupted(void)
{
    return interrupted;
}

double cli_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool can_redraw_a_line(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

/* A line that wraps could not be drawn over: it ends before the last column. */
static void draw(cli_progress *p, const char *line)
{
    struct winsize size = {.ws_col = 0};
    int width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
    fprintf(stderr, "\r\033[K%.*s", width - 1, line);
    fflush(stderr);
    p->drawn = true;
}

static cli_progress start(const cli_options *o)
{
    const cli_progress p = {.shown = !o->quiet && can_redraw_a_line(), .started = cli_seconds(), .before = -1};
    tell = !o->quiet && isatty(STDERR_FILENO);
    catch_interrupts();
    return p;
}

cli_progress cli_progress_start(const cli_options *o)
{
    cli_progress p = start(o);
    if (p.shown) draw(&p, "fitting ...");
    return p;
}

cli_progress cli_progress_start_files(const cli_options *o)
{
    over_files = 1;
    return start(o);
}

void cli_progress_clear_line(cli_progress *p)
{
    if (p->drawn) fputs("\r\033[K", stderr);
    p->drawn = false;
}

void cli_progress_clear(cli_progress *p)
{
    tell = 0;
    cli_progress_clear_line(p);
}

/* "  12 s left" behind a line, `between` before it; nothing while it cannot be told yet. Fits may stop early: then it
 * is the most. */
static void put_left(char *line, size_t room, double share, double took, const char *between)
{
    enum { MINUTE = 60, HOUR = 3600 };
    const double left = took / share - took;
    const size_t n = strlen(line);
    if (!(took > 1 && share > .02 && left >= 1)) return;
    if (left < MINUTE) snprintf(line + n, room - n, "%s%.0f s left", between, left);
    else if (left < HOUR) snprintf(line + n, room - n, "%s%.0f min left", between, left / MINUTE);
    else snprintf(line + n, room - n, "%s%.1f h left", between, left / HOUR);
}

static void describe_rows(char *line, size_t room, const lc_progress *now, double took)
{
    const double share = (double)now->rows_done / (double)now->rows;
    snprintf(line, room, "%.0f %% of %zu rows", 100 * share, now->rows);
    put_left(line, room, share, took, "  ");
}

/* before: the share that a checkpoint had. */
static void describe_fit(char *line, size_t room, const lc_progress *now, double before, double took)
{
    char valid[80] = "", fit[48] = "", rate[48] = "";
    const double share = now->epochs ? (double)now->epoch / (double)now->epochs : 0;
    const bool several = now->fits > 1;
    if (several) snprintf(fit, sizeof fit, "fit %zu/%zu  ", now->fit, now->fits);
    else snprintf(rate, sizeof rate, "  %.0f windows/s", took > 0 ? (double)now->seen / took : 0.0);
    if (isfinite(now->valid_loss))
        snprintf(valid, sizeof valid, "  valid %.4f (best: %zu)", now->valid_loss, now->best_epoch);
    snprintf(line, room, "%slearning %zu/%zu  loss %.4f%s%s", fit, now->epoch, now->epochs, now->train_loss, valid,
             rate);
    if (several) put_left(line, room, ((double)now->fit - 1 + share) / (double)now->fits, took, "  ");
    else put_left(line, room, (share - before) / (1 - before), took, "  at most ");
}

bool cli_progress_step(void *progress, const lc_progress *now)
{
    cli_progress *p = progress;
    const double t = cli_seconds();
    /* The first call comes after an epoch: what lies before that one was done by an earlier run. */
    if (p->before < 0) p->before = now->epoch > 1 && now->epochs ? (double)(now->epoch - 1) / (double)now->epochs : 0;
    if (p->shown && t - p->last > 0.1) {
        char line[240];
        if (now->rows) describe_rows(line, sizeof line, now, t - p->started);
        else describe_fit(line, sizeof line, now, p->before, t - p->started);
        draw(p, line);
        p->last = t;
    }
    return !interrupted;
}

void cli_progress_files(cli_progress *p, size_t done, size_t all, size_t failed, double share)
{
    char line[160], one[32], other[32], more[32], third[48] = "";
    const double t = cli_seconds();
    if (!p->shown || t - p->last < 0.1) return;
    if (failed) snprintf(third, sizeof third, ", %s failed", lc_count_text(more, failed));
    snprintf(line, sizeof line, "done %s of %s files%s", lc_count_text(one, done), lc_count_text(other, all), third);
    put_left(line, sizeof line, share, t - p->started, ", ");
    draw(p, line);
    p->last = t;
}
