#include "cli/cli.h"

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
    if (code == LC_EXIT_OK) code = cli_draw(&(cli_outcome){.result = r, .panel = p}, o);
    lc_panel_free(p);
    lc_result_free(r);
    return code;
}
