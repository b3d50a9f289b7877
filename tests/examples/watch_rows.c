/* Judges rows as they come and says which of them are unusual. */
#include <loomcast.h>
#include <stdlib.h>

/* Prints the rows that are complete. */
static lc_code drain(lc_monitor *m, lc_status *st)
{
    for (;;) {
        lc_monitor_event event;
        lc_monitor_row row;
        const lc_code code = lc_monitor_next(m, &event, &row, st);
        if (code != LC_OK || event == LC_MONITOR_MORE) return code;
        if (event == LC_MONITOR_BAD) fprintf(stderr, "line %zu: %s\n", row.why->line, row.why->text);
        for (size_t i = 0; event == LC_MONITOR_ROW && i < row.n; i++)
            if (row.value[i].anomaly)
                printf("%s: %s is %g, not %.0f as expected\n", row.ds, row.value[i].unique_id, row.value[i].y,
                       row.value[i].expected);
    }
}

int main(void)
{
    lc_status st = {.code = LC_OK};
    lc_monitor *m = NULL;
    lc_settings *settings = lc_settings_create();
    lc_code code = lc_monitor_create(&m, settings, &st);
    if (code == LC_OK) code = lc_monitor_begin(m, "sensor", &st);
    if (code == LC_OK) code = lc_monitor_push(m, "ds,temperature\n", 15, &st);
    for (int i = 0; i < 600 && code == LC_OK; i++) {
        char line[64];
        const double y = i == 500 ? 45 : 20 + (i * 7919 % 13) / 13.0;
        const int n = snprintf(line, sizeof line, "%d,%.2f\n", i, y);
        code = lc_monitor_push(m, line, (size_t)n, &st);
        if (code == LC_OK) code = drain(m, &st);
    }
    if (code != LC_OK) fprintf(stderr, "%s\n", st.text);
    lc_monitor_free(m);
    lc_settings_free(settings);
    return code == LC_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
