/* What a row is written as. */
#include <math.h>
#include <string.h>

#include "anomaly/monitor_inner.h"
#include "base/text.h"
#include "report/csv_cell.h"
#include "report/result.h"

/* For who takes scores of 0.5 and more for alarms: rows that go on with an event are none. */
static double nab_score(double score, bool anomaly)
{
    const double most = 0.499;
    return anomaly || score <= most ? score : most;
}

const char *lc_monitor_header(lc_monitor_format format)
{
    switch (format) {
    case LC_MONITOR_DETECT: return "unique_id,ds,y,expected,lo,hi,score,anomaly\n";
    case LC_MONITOR_EXPLAIN: return "unique_id,ds,y,expected,lo,hi,score,anomaly,p,statistic,since,column\n";
    case LC_MONITOR_NAB: return "timestamp,value,anomaly_score,label\n";
    case LC_MONITOR_REJECTS: return "file,line,column,reason,row\n";
    }
    return "";
}

enum { DIGITS = 9, SCORE_DIGITS = 6, P_DIGITS = 4 };

/* As lc_detect's table writes them. */
static void put_detect(lc_monitor *o, const lc_monitor_value *v, bool explain)
{
    lc_buf *b = &o->text;
    lc_csv_put_text(b, v->unique_id);
    lc_buf_puts(b, ",");
    lc_csv_put_text(b, o->row.ds);
    lc_buf_puts(b, ",");
    lc_csv_put_number(b, v->y, 0);
    const double bounds[] = {v->expected, v->lo, v->hi};
    for (size_t i = 0; i < 3; i++) {
        lc_buf_puts(b, ",");
        lc_csv_put_number(b, bounds[i], DIGITS);
    }
    lc_buf_puts(b, ",");
    lc_csv_put_number(b, v->score, SCORE_DIGITS);
    lc_buf_puts(b, v->anomaly ? ",1" : ",0");
    if (explain) {
        lc_buf_puts(b, ",");
        lc_csv_put_number(b, v->p, P_DIGITS);
        lc_buf_printf(b, ",%s,", v->statistic);
        if (*v->statistic) lc_buf_printf(b, "%zu", v->since);
        lc_buf_puts(b, ",");
        lc_csv_put_text(b, v->column);
    }
    lc_buf_puts(b, "\n");
}

static void put_nab(lc_monitor *o, const lc_monitor_value *v)
{
    lc_buf *b = &o->text;
    lc_csv_put_text(b, o->row.ds);
    lc_buf_puts(b, ",");
    lc_csv_put_number(b, v->y, 0);
    lc_buf_puts(b, ",");
    lc_csv_put_number(b, nab_score(v->score, v->anomaly), SCORE_DIGITS);
    lc_buf_puts(b, v->anomaly ? ",1\n" : ",0\n");
}

static void put_reject(lc_monitor *o)
{
    lc_buf *b = &o->text;
    const lc_status *why = o->row.why;
    lc_csv_put_bytes(b, why->file, strlen(why->file));
    lc_buf_printf(b, ",%zu,%zu,", why->line, why->column);
    lc_csv_put_bytes(b, why->text, strlen(why->text));
    lc_buf_puts(b, ",");
    lc_csv_put_bytes(b, o->row.bytes ? o->row.bytes : "", o->row.n_bytes);
    lc_buf_puts(b, "\n");
}

static lc_code refuse_several(lc_status *st)
{
    lc_fail(st, LC_E_USAGE, "the form of the Numenta benchmark holds one series, and these are several");
    lc_hint(st, "choose a column with --target, and give a file of one series");
    return LC_E_USAGE;
}

lc_code lc_monitor_lines(lc_monitor *o, lc_monitor_format format, const char **text, size_t *n, lc_status *st)
{
    if (!o || !text || !n) return lc_fail(st, LC_E_USAGE, "an argument is missing");
    o->text.len = 0;
    o->text.failed = false;
    lc_buf_puts(&o->text, "");
    if (format == LC_MONITOR_NAB && o->event == LC_MONITOR_ROW && (o->row.n > 1 || o->n_series > 1))
        return refuse_several(st);
    if (format == LC_MONITOR_REJECTS && o->event == LC_MONITOR_BAD) put_reject(o);
    for (size_t i = 0; o->event == LC_MONITOR_ROW && i < o->row.n; i++) {
        if (format == LC_MONITOR_DETECT || format == LC_MONITOR_EXPLAIN)
            put_detect(o, &o->value[i], format == LC_MONITOR_EXPLAIN);
        if (format == LC_MONITOR_NAB) put_nab(o, &o->value[i]);
    }
    if (o->text.failed) return lc_fail_memory(st);
    *text = o->text.data;
    *n = o->text.len;
    return LC_OK;
}

/* ---- the same of a whole table ---- */

lc_code lc_result_nab(lc_result **out, const lc_result *r, lc_status *st)
{
    static const char *const names[] = {"unique_id", "ds", "y", "score", "anomaly"};
    enum { ID, DS, Y, SCORE, ANOMALY, NEEDED };
    size_t column[NEEDED];
    if (!out || !r) return lc_fail(st, LC_E_USAGE, "an argument is missing");
    *out = NULL;
    for (size_t i = 0; i < NEEDED; i++) {
        column[i] = lc_result_find(r, names[i]);
        if (column[i] == SIZE_MAX) return lc_fail(st, LC_E_USAGE, "the result has no column \"%s\"", names[i]);
    }
    static const lc_column columns[] = {{"timestamp", LC_COLUMN_TEXT, 0},
                                        {"value", LC_COLUMN_REAL, 0},
                                        {"anomaly_score", LC_COLUMN_REAL, SCORE_DIGITS},
                                        {"label", LC_COLUMN_INT, 0}};
    lc_result *nab = NULL;
    lc_code code = lc_result_create_with(&nab, columns, sizeof columns / sizeof columns[0], st);
    for (size_t i = 0; i < lc_result_rows(r) && code == LC_OK; i++) {
        if (strcmp(lc_result_text(r, i, column[ID]), lc_result_text(r, 0, column[ID])) != 0) code = refuse_several(st);
        if (code == LC_OK) code = lc_result_add_row(nab, st);
        if (code == LC_OK) code = lc_result_set_text(nab, 0, lc_result_text(r, i, column[DS]), st);
        if (code != LC_OK) break;
        const bool anomaly = lc_result_real(r, i, column[ANOMALY]) > 0;
        lc_result_set_real(nab, 1, lc_result_real(r, i, column[Y]));
        lc_result_set_real(nab, 2, nab_score(lc_result_real(r, i, column[SCORE]), anomaly));
        lc_result_set_int(nab, 3, anomaly);
    }
    if (code == LC_OK) *out = nab;
    else lc_result_free(nab);
    return code;
}
