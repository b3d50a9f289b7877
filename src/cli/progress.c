/* One line on a terminal while a model is fitted; nothing anywhere else. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

void cli_catch_interrupts(void)
{
    /* The second interrupt ends the process at once. */
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool cli_interrupted(void)
{
    return interrupted != 0;
}

double cli_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

cli_progress cli_progress_start(const cli_options *o)
{
    return (cli_progress){.shown = !o->quiet && isatty(STDERR_FILENO), .started = cli_seconds()};
}

void cli_progress_clear(cli_progress *p)
{
    if (p->drawn) fputs("\r\033[K", stderr);
    p->drawn = false;
}

bool cli_progress_step(void *progress, const lc_progress *now)
{
    cli_progress *p = progress;
    double t = cli_seconds();
    if (p->shown && t - p->last > 0.1) {
        double seconds = t - p->started;
        double rate = seconds > 0 ? (double)(now->windows * now->epoch) / seconds : 0;
        fprintf(stderr, "\r\033[Kepoch %zu of at most %zu  loss %.4f", now->epoch, now->epochs, now->train_loss);
        if (isfinite(now->valid_loss))
            fprintf(stderr, "  validation %.4f (best: epoch %zu)", now->valid_loss, now->best_epoch);
        fprintf(stderr, "  %.0f windows/s", rate);
        fflush(stderr);
        p->last = t;
        p->drawn = true;
    }
    return !interrupted;
}
