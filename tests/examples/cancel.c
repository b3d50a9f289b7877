/* Stops a fit from its progress callback: what was learned so far is kept. */
#include <loomcast.h>
#include <math.h>
#include <stdlib.h>

static bool on_progress(void *user, const lc_progress *p)
{
    int *calls = user;
    (void)p;
    return ++*calls < 3;
}

int main(void)
{
    enum { N = 500 };
    static double y[N];
    for (int i = 0; i < N; i++) y[i] = sin(i * .3);
    const lc_array wave = {.n = N, .y = y};
    lc_status st = {.code = LC_OK};
    lc_panel *panel = NULL;
    lc_model *model = NULL;
    lc_settings *settings = lc_settings_create();
    int calls = 0;
    lc_code code = lc_panel_of_arrays(&panel, &wave, 1, settings, &st);
    if (code == LC_OK) code = lc_model_fit(&model, panel, settings, on_progress, &calls, &st);
    printf("%s: %s model\n", code == LC_E_CANCELLED ? "cancelled" : st.text, model ? "a" : "no");
    lc_model_free(model);
    lc_panel_free(panel);
    lc_settings_free(settings);
    return code == LC_E_CANCELLED ? EXIT_SUCCESS : EXIT_FAILURE;
}
