#define _POSIX_C_SOURCE 200809L
#include "cli/job.h"

#include <stdlib.h>

static void free_files(job *j)
{
    for (size_t i = 0; j->file && i < j->n; i++) {
        cli_job_forget(&j->file[i]);
        json_decref(j->file[i].backtest);
        free(j->file[i].result);
        free(j->file[i].error);
        free(j->file[i].notes);
    }
    free(j->file);
}

int cli_job(const cli_options *o)
{
    cli_options own = *o;
    job j = {.o = &own, .shard = 1, .shards = 1, .lock = {-1, -1}};
    int code = cli_job_check(&j);
    if (code == LC_EXIT_OK) code = cli_job_names(&j);
    if (code == LC_EXIT_OK) code = cli_job_options(&j);
    /* Once, and before the processes of files share it. */
    if (code == LC_EXIT_OK) code = cli_load_model(&own.loaded, &own);
    if (code == LC_EXIT_OK) code = cli_job_clashes(&j);
    if (code == LC_EXIT_OK) code = cli_job_enter(&j);
    if (code != LC_EXIT_OK) goto done;
    cli_job_tidy(&j);
    code = cli_job_run(&j);
    cli_job_tidy(&j);
    if (code == LC_EXIT_OK) code = cli_job_summary(&j);
done:
    cli_job_leave(&j);
    lc_model_free(own.loaded);
    lc_style_free(j.style);
    free_files(&j);
    return code;
}
