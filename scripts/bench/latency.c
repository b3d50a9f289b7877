/* How long a row takes through `loomcast detect --online -`: from before it is written into the pipe until its answer
 * has been read from the other one. Usage: latency PROGRAM ROWS COLUMNS MICROSECONDS-BETWEEN-ROWS [OPTION...] */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void write_all(int fd, const char *text, size_t n)
{
    while (n) {
        const ssize_t done = write(fd, text, n);
        if (done <= 0) exit(1);
        text += done;
        n -= (size_t)done;
    }
}

static void read_lines(int fd, size_t lines)
{
    static char block[1 << 16];
    while (lines) {
        const ssize_t n = read(fd, block, sizeof block);
        if (n <= 0) exit(1);
        for (ssize_t i = 0; i < n; i++) lines -= block[i] == '\n';
    }
}

int main(int argc, char **argv)
{
    if (argc < 5) return 2;
    const size_t rows = strtoul(argv[2], NULL, 10), columns = strtoul(argv[3], NULL, 10), first = 500;
    const double pause = 1e-6 * strtod(argv[4], NULL);
    int in[2], out[2];
    if (pipe(in) || pipe(out)) return 1;
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        const char *arguments[32] = {argv[1], "detect", "--online", "-", "--quiet"};
        for (int i = 5; i < argc && i < 31; i++) arguments[i] = argv[i];
        execv(argv[1], (char *const *)arguments);
        _exit(127);
    }
    char line[4096];
    size_t n = (size_t)snprintf(line, sizeof line, "ds");
    for (size_t k = 0; k < columns; k++) n += (size_t)snprintf(line + n, sizeof line - n, ",c%zu", k);
    n += (size_t)snprintf(line + n, sizeof line - n, "\n");
    write_all(in[1], line, n);
    read_lines(out[0], 1);
    double *took = calloc(rows, sizeof *took), learning = 0;
    srand(1);
    for (size_t i = 0; i < rows + first; i++) {
        const time_t t = 1700000000 + (time_t)i * 300;
        n = strftime(line, sizeof line, "%Y-%m-%d %H:%M:%S", gmtime(&t));
        for (size_t k = 0; k < columns; k++)
            n += (size_t)snprintf(line + n, sizeof line - n, ",%.4f", sin((double)i / 46) + rand() / (double)RAND_MAX);
        n += (size_t)snprintf(line + n, sizeof line - n, "\n");
        const double begin = now();
        write_all(in[1], line, n);
        read_lines(out[0], columns + (columns > 1)); /* several columns: a line for the row as a whole, too */
        const double end = now();
        if (i >= first) took[i - first] = end - begin;
        else if (end - begin > learning) learning = end - begin;
        while (pause > 0 && now() < end + pause) continue;
    }
    close(in[1]);
    waitpid(pid, NULL, 0);
    qsort(took, rows, sizeof *took, ascending);
    printf(
        "%zu rows of %zu columns: median %.0f us, 99 %% %.0f us, 99.9 %% %.0f us, most %.0f us; a first fit %.1f ms\n",
        rows, columns, 1e6 * took[rows / 2], 1e6 * took[rows * 99 / 100], 1e6 * took[rows * 999 / 1000],
        1e6 * took[rows - 1], 1e3 * learning);
    free(took);
    return 0;
}
