/* A page over the results of many files: a table that sorts, each row a link to its result. */
#include "api_report.h"
#include "base/memory.h"

lc_code lc_report_write_files(const lc_report_files *what, const char *path, bool replace, lc_status *st)
{
    lc_facts key = {0}, assumed = {0}, warnings = {0};
    if (!what || !what->table || !what->title || !what->lead || !path)
        return lc_fail(st, LC_E_USAGE, "title, lead, table or path is missing");
    for (size_t i = 0; i < what->n_key; i++) lc_facts_add(&key, what->key[i].name, what->key[i].value);
    if (what->settings) lc_report_options(&assumed, what->settings);
    lc_facts_add(&assumed, "version", LC_VERSION);
    const lc_document d = {.title = what->title,
                           .lead = what->lead,
                           .warnings = &warnings,
                           .key = &key,
                           .table = {"Files", "Click a heading to sort.", what->table, NULL, NULL, what->link},
                           .assumed = &assumed};
    const lc_code code = lc_document_write(&d, path, replace, st);
    lc_facts_free(&key);
    lc_facts_free(&assumed);
    return code;
}
