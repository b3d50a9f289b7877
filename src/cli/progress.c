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

static volatile sig_atomic_t interrupted, tell;

static void on_interrupt(int signal_number)
{
    static const char text[] = "\r\nstopping when this epoch is done; once more stops at once\r\n";
    interrupted = signal_number;
    if (!tell) return;
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
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

static double seconds(void)
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

cli_progress cli_progress_start(const cli_options *o)
{
    cli_progress p = {.shown = !o->quiet && can_redraw_a_line(), .started = seconds()};
    tell = !o->quiet && isatty(STDERR_FILENO);
    catch_interrupts();
    if (p.shown) draw(&p, "fitting ...");
    return p;
}

void cli_progress_clear(cli_progress *p)
{
    tell = 0;
    if (p->drawn) fputs("\r\033[K", stderr);
    p->drawn = false;
}

bool cli_progress_step(void *progress, const lc_progress *now)
{
    cli_progress *p = progress;
    double t = seconds(), took = t - p->started;
    if (p->shown && t - p->last > 0.1) {
        if (now->rows) {
            char line[80];
            snprintf(line, sizeof line, "%.0f %% of %zu rows", 100 * (double)now->rows_done / (double)now->rows,
                     now->rows);
            draw(p, line);
            p->last = t;
            return !interrupted;
        }
        char line[240], valid[80] = "", fit[48] = "", rate[48];
        if (now->fits > 1) snprintf(fit, sizeof fit, "fit %zu/%zu  ", now->fit, now->fits);
        if (isfinite(now->valid_loss))
            snprintf(valid, sizeof valid, "  valid %.4f (best: %zu)", now->valid_loss, now->best_epoch);
        snprintf(rate, sizeof rate, "  %.0f windows/s", took > 0 ? (double)now->seen / took : 0.0);
        snprintf(line, sizeof line, "%slearning %zu/%zu  loss %.4f%s%s", fit, now->epoch, now->epochs, now->train_loss,
                 valid, now->fits > 1 ? "" : rate);
        draw(p, line);
        p->last = t;
    }
    return !interrupted;
}
