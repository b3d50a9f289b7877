/* Fits a model on an array of hourly values and prints the next day with its 80 % interval. */
#include <loomcast.h>
#include <math.h>
#include <stdlib.h>

static int fail(const lc_status *st)
{
    fprintf(stderr, "%s %s\n", st->text, st->hint);
    return EXIT_FAILURE;
}

int main(void)
{
    enum { HOURS = 24 * 60 };
    static double y[HOURS];
    static int64_t stamp[HOURS];
    for (int i = 0; i < HOURS; i++) {
        y[i] = 50 + 10 * sin(i * 6.283185307 / 24) + i % 7;
        stamp[i] = (INT64_C(1704067200) + 3600 * i) * 1000000; /* from 2024-01-01 on */
    }
    const lc_array load = {.id = "load", .n = HOURS, .y = y, .stamp = stamp};
    lc_status st = {.code = LC_OK};
    lc_panel *panel = NULL;
    lc_model *model = NULL;
    lc_result *next = NULL;
    lc_settings *settings = lc_settings_create();
    int code = EXIT_FAILURE;
    if (lc_settings_set(settings, "horizon", "24", &st) == LC_OK &&
        lc_settings_set(settings, "steps", "200", &st) == LC_OK && /* short, as an example should be */
        lc_panel_of_arrays(&panel, &load, 1, settings, &st) == LC_OK &&
        lc_model_fit(&model, panel, settings, NULL, NULL, &st) == LC_OK &&
        lc_forecast(&next, model, panel, settings, NULL, &st) == LC_OK &&
        lc_result_write_stream(next, stdout, &st) == LC_OK)
        code = EXIT_SUCCESS;
    else fail(&st);
    lc_result_free(next);
    lc_model_free(model);
    lc_panel_free(panel);
    lc_settings_free(settings);
    return code;
}
