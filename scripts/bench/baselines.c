/* baselines METHOD...: forecasts by the methods of src/baseline, by name. Standard input has lines "season horizon n y_1
 * ... y_n"; for each line and method a line "method seconds f_1 ... f_horizon" is written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "baseline/baseline.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int forecast(const char *name, const double *y, size_t n, size_t season, size_t horizon)
{
    lc_status st = {0};
    for (size_t i = 0; i < lc_baseline_count; i++) {
        if (strcmp(lc_baselines[i].name, name) != 0) continue;
        double *out = calloc(horizon, sizeof *out);
        if (!out) return 1;
        double begin = now();
        if (lc_baselines[i].forecast(out, horizon, y, n, season, &st) != LC_OK) {
            fprintf(stderr, "baselines: %s: %s\n", name, st.text);
            free(out);
            return 1;
        }
        printf("%s %.6f", name, now() - begin);
        for (size_t h = 0; h < horizon; h++) printf(" %.15g", out[h]);
        puts("");
        free(out);
        return 0;
    }
    fprintf(stderr, "baselines: no method \"%s\"\n", name);
    return 1;
}

int main(int argc, char **argv)
{
    size_t season, horizon, n;
    while (scanf("%zu %zu %zu", &season, &horizon, &n) == 3) {
        double *y = calloc(n, sizeof *y);
        if (!y) return 1;
        for (size_t i = 0; i < n; i++)
            if (scanf("%lf", &y[i]) != 1) return 1;
        for (int a = 1; a < argc; a++)
            if (forecast(argv[a], y, n, season, horizon) != 0) return 1;
        free(y);
    }
    return 0;
}
