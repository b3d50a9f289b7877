/* Reads one CSV file through the library and prints rows, series, seconds and the peak of memory in MB. */
#include <loomcast.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    lc_settings *s = lc_settings_create();
    lc_status st = {0};
    lc_panel *p = NULL;
    if (argc != 3 || !s || lc_settings_set(s, "threads", argv[2], &st) != LC_OK) return 2;
    const char *path[] = {argv[1]};
    double begin = now();
    if (lc_panel_read(&p, path, 1, s, &st) != LC_OK) {
        fprintf(stderr, "%s:%zu:%zu: %s\n", st.file, st.line, st.column, st.text);
        return 1;
    }
    double seconds = now() - begin;
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf("%zu %zu %.4f %.1f\n", lc_panel_row_count(p), lc_panel_series_count(p), seconds, (double)use.ru_maxrss / 1024);
    lc_panel_free(p);
    lc_settings_free(s);
    return 0;
}
