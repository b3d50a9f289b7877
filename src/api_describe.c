/* Descriptions of models, and what the descriptions of data share with them. */
#include "api_describe.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "model/config.h"

const char *lc_text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

long long lc_int_of(const json_t *o, const char *key)
{
    return (long long)json_integer_value(json_object_get(o, key));
}

void lc_put_name(lc_buf *b, const char *name)
{
    char shown[64];
    lc_buf_puts(b, lc_printable(shown, sizeof shown, name, strlen(name)));
}

void lc_put_list(lc_buf *b, const char *title, const json_t *list)
{
    enum { MOST = 12 };
    size_t n = json_array_size(list);
    if (!n) return;
    lc_buf_printf(b, "%-11s ", title);
    for (size_t i = 0; i < n && i < MOST; i++) {
        if (i) lc_buf_puts(b, ", ");
        lc_put_name(b, json_string_value(json_array_get(list, i)));
    }
    if (n > MOST) lc_buf_printf(b, " and %zu more", n - MOST);
    lc_buf_puts(b, "\n");
}

void lc_put_covariates(lc_buf *b, const json_t *o)
{
    lc_put_list(b, "covariates", json_object_get(o, "past"));
    lc_put_list(b, "known ahead", json_object_get(o, "future"));
    lc_put_list(b, "static", json_object_get(o, "static"));
    lc_put_list(b, "calendar", json_object_get(o, "calendar"));
}

void lc_put_option(lc_buf *b, size_t *column, const char *name, const char *value)
{
    enum { INDENT = 11, WIDTH = 80 };
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:/+-%";
    char shown[160];
    lc_printable(shown, sizeof shown, value, strlen(value));
    const char *quote = shown[strspn(shown, plain)] ? "'" : "";
    size_t width = strlen(name) + strlen(shown) + 2 * strlen(quote) + (*shown ? 4 : 3);
    if (*column + width > WIDTH && *column > INDENT) {
        lc_buf_printf(b, "\n%*s", INDENT, "");
        *column = INDENT;
    }
    lc_buf_printf(b, " --%s%s%s%s%s", name, *shown ? " " : "", quote, shown, quote);
    *column += width;
}

lc_code lc_describe_finish(json_t *o, bool json, void (*put)(lc_buf *b, const json_t *o), char **text, lc_status *st)
{
    lc_buf b = {0};
    if (o && json) {
        char *dump = lc_json_text(o, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
        if (dump) {
            lc_buf_puts(&b, dump);
            lc_buf_puts(&b, "\n");
        } else {
            b.failed = true;
        }
        free(dump);
    } else if (o) {
        put(&b, o);
    }
    json_decref(o);
    if (!o || b.failed) {
        lc_buf_free(&b);
        return lc_fail_memory(st);
    }
    *text = b.data;
    return LC_OK;
}

static bool is_default(const char *name, const char *value)
{
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        bool from_data = info->type == LC_SETTING_COUNT && !*info->fallback && strcmp(value, "0") == 0;
        if (strcmp(info->name, name) == 0) return from_data || strcmp(info->fallback, value) == 0;
    }
    return false;
}

static void put_model(lc_buf *b, const json_t *o)
{
    const json_t *n = json_object_get(o, "network"), *t = json_object_get(o, "training");
    const json_t *losses = json_object_get(t, "valid_loss");
    size_t best = (size_t)lc_int_of(t, "best_epoch");
    lc_buf_printf(b, "model       %s, %lld layer%s of %lld hidden units, %lld input%s a step\n", lc_text_of(o, "arch"),
                  lc_int_of(n, "layers"), lc_int_of(n, "layers") == 1 ? "" : "s", lc_int_of(n, "hidden"),
                  lc_int_of(n, "inputs"), lc_int_of(n, "inputs") == 1 ? "" : "s");
    lc_buf_printf(b, "window      lookback %lld, horizon %lld, step %s, season %s\n", lc_int_of(n, "lookback"),
                  lc_int_of(n, "outputs"), lc_text_of(o, "frequency"),
                  lc_text_of(json_object_get(o, "settings"), "season"));
    lc_put_list(b, "targets", json_object_get(o, "targets"));
    lc_put_covariates(b, o);
    lc_buf_printf(b, "training    %lld series, %lld rows, %lld windows", lc_int_of(t, "series"), lc_int_of(t, "rows"),
                  lc_int_of(t, "windows"));
    char shown[24];
    const char *program = lc_text_of(t, "program");
    if (*program) lc_buf_printf(b, ", by loomcast %s", lc_printable(shown, sizeof shown, program, strlen(program)));
    lc_buf_puts(b, "\n");
    lc_buf_printf(b, "epoch       %zu of %lld kept", best, lc_int_of(t, "epochs"));
    const json_t *loss = best ? json_array_get(losses, best - 1) : NULL;
    if (json_is_number(loss)) lc_buf_printf(b, ", validation loss %.5g", json_number_value(loss));
    lc_buf_printf(b, "\nintervals   calibrated on %lld errors a step%s\n",
                  lc_int_of(json_object_get(o, "calibration"), "windows"),
                  json_is_true(json_object_get(json_object_get(o, "calibration"), "pooled")) ? ", all steps together"
                                                                                             : "");
    const json_t *naive = json_object_get(t, "against_naive"), *seasonal = json_object_get(t, "against_seasonal_naive");
    if (json_is_number(naive)) lc_buf_printf(b, "error       %.3g x naive", json_number_value(naive));
    if (json_is_number(seasonal)) lc_buf_printf(b, ", %.3g x seasonal naive", json_number_value(seasonal));
    if (json_is_number(naive)) lc_buf_puts(b, ", on the validation windows\n");
    const char *key;
    json_t *value;
    size_t column = 11;
    bool any = false;
    json_object_foreach(json_object_get(o, "settings"), key, value)
    {
        if (is_default(key, json_string_value(value))) continue;
        if (!any) lc_buf_puts(b, "settings   ");
        bool flag = strcmp(json_string_value(value), "true") == 0;
        lc_put_option(b, &column, key, flag ? "" : json_string_value(value));
        any = true;
    }
    if (any) lc_buf_puts(b, "\n");
}

lc_code lc_model_describe(const lc_model *m, bool json, char **text, lc_status *st)
{
    if (!m || !text) return lc_fail(st, LC_E_USAGE, "model or text is missing");
    *text = NULL;
    return lc_describe_finish(lc_config_write(m), json, put_model, text, st);
}
