#include <string.h>

#include "cli/cli.h"

static bool has_series(const lc_panel *p, const char *id)
{
    for (size_t s = 0; s < lc_panel_series_count(p); s++)
        if (strcmp(lc_panel_series_id(p, s), id) == 0) return true;
    return false;
}

/* Data of other series give the chart nothing: a result whose first and last row they do not know is another's. */
static void warn_of_others(const cli_options *o, const lc_result *r, const lc_panel *p)
{
    const size_t id = lc_result_find(r, "unique_id"), n = lc_result_rows(r);
    if (!n || has_series(p, lc_result_text(r, 0, id)) || has_series(p, lc_result_text(r, n - 1, id))) return;
    cli_note(o, "warning: %s has not the series of %s", o->files[1], o->files[0]);
}

int cli_plot(const cli_options *o)
{
    if (!o->plot) return cli_usage(NULL, "plot needs --plot FILE, the chart to draw");
    if (o->n_files > 2) return cli_usage(NULL, "plot takes a result and at most one file of data");
    lc_result *r = NULL;
    lc_panel *p = NULL;
    lc_status st = {0};
    int code = cli_check_outputs(o);
    if (code == LC_EXIT_OK && lc_result_read(&r, o->files[0], &st) != LC_OK) code = cli_fail(&st);
    if (code == LC_EXIT_OK && o->n_files == 2 && lc_panel_read(&p, o->files + 1, 1, o->settings, &st) != LC_OK)
        code = cli_fail(&st);
    if (code == LC_EXIT_OK && p) warn_of_others(o, r, p);
    if (code == LC_EXIT_OK) code = cli_draw(&(cli_outcome){.result = r, .panel = p}, o);
    lc_panel_free(p);
    lc_result_free(r);
    return code;
}
