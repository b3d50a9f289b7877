/* Series that lie in memory, by way of the text that a file of them would hold: what is said of steps, gaps and stamps
 * in a file then holds for them, too. */
#include <math.h>

#include "base/memory.h"
#include "base/settings.h"
#include "data/clock.h"
#include "data/panel.h"
#include "loomcast.h"
#include "report/csv_cell.h"

static lc_code refuse(const lc_array *a, size_t i, const char *what, lc_status *st)
{
    return lc_fail(st, LC_E_USAGE, "series %zu%s%s: %s", i, a->id ? ", " : "", a->id ? a->id : "", what);
}

static lc_code check(const lc_array *a, size_t n, lc_status *st)
{
    for (size_t i = 0; i < n; i++) {
        if (!a[i].y && a[i].n) return refuse(&a[i], i, "it has no values", st);
        if (!a[i].id && n > 1) return refuse(&a[i], i, "one of several has no id", st);
        if (!a[i].stamp != !a[0].stamp) return refuse(&a[i], i, "some series have stamps and some have none", st);
        for (size_t k = 0; k < a[i].n; k++)
            if (isinf(a[i].y[k])) return refuse(&a[i], i, "a value is infinite", st);
    }
    return LC_OK;
}

/* Whether all stamps are whole seconds. */
static bool are_seconds(const lc_array *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; a[i].stamp && k < a[i].n; k++)
            if (a[i].stamp[k] % 1000000) return false;
    return true;
}

/* 2024-01-01 00:00:00, or the number of the step. */
static void put_stamp(lc_buf *b, const lc_array *a, size_t k, bool seconds)
{
    if (!a->stamp) {
        lc_buf_printf(b, "%zu", k + 1);
        return;
    }
    const lc_civil c = lc_civil_of(a->stamp[k]);
    lc_buf_printf(b, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
    if (!seconds) lc_buf_printf(b, ".%06d", c.micro);
}

static void put_series(lc_buf *b, const lc_array *a, bool seconds)
{
    for (size_t k = 0; k < a->n; k++) {
        if (a->id) {
            lc_csv_put_text(b, a->id);
            lc_buf_puts(b, ",");
        }
        put_stamp(b, a, k, seconds);
        lc_buf_puts(b, ",");
        lc_csv_put_number(b, a->y[k], 0);
        lc_buf_puts(b, "\n");
    }
}

/* The columns are ours, whatever a file of the caller's has. */
static lc_code settings_for(lc_settings **out, const lc_settings *s, bool ids, lc_status *st)
{
    static const char *const unset[][2] = {
        {"target", "y"},           {"time", "ds"},      {"past", ""},    {"future", ""},  {"static", ""},
        {"delimiter", ","},        {"time-format", ""}, {"missing", ""}, {"rejects", ""}, {"no-header", "false"},
        {"decimal-comma", "false"}};
    *out = lc_settings_copy(s);
    lc_code code = *out ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < sizeof unset / sizeof unset[0]; i++)
        code = lc_settings_set(*out, unset[i][0], unset[i][1], st);
    return code == LC_OK ? lc_settings_set(*out, "id", ids ? "unique_id" : "", st) : code;
}

lc_code lc_panel_of_arrays(lc_panel **out, const lc_array *series, size_t n, const lc_settings *s, lc_status *st)
{
    if (!out || !series || !s) return lc_fail(st, LC_E_USAGE, "an argument is missing");
    *out = NULL;
    if (!n) return lc_fail(st, LC_E_DATA, "there are no series");
    lc_settings *own = NULL;
    lc_buf text = {0};
    const bool ids = series[0].id != NULL, seconds = are_seconds(series, n);
    lc_code code = check(series, n, st);
    if (code == LC_OK) code = settings_for(&own, s, ids, st);
    if (code == LC_OK) {
        lc_buf_puts(&text, ids ? "unique_id,ds,y\n" : "ds,y\n");
        for (size_t i = 0; i < n; i++) put_series(&text, &series[i], seconds);
        code = text.failed ? lc_fail_memory(st) : lc_panel_read_text(out, "arrays", text.data, text.len, own, st);
    }
    lc_buf_free(&text);
    lc_settings_free(own);
    return code;
}
