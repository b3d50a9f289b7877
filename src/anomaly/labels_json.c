/* Labels as windows in JSON, in the form of the Numenta benchmark. */
#include <stdlib.h>
#include <string.h>

#include "anomaly/label_windows.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/json_bound.h"

enum { MOST_DEPTH = 8, MOST_VALUES = 1000000, SHOWN = 80 };

typedef struct document {
    lc_label_windows windows;
    const char *file, *text;
    size_t n;
    size_t from; /* of the text: where the entry at hand begins */
    lc_status *st;
} document;

/* ---- errors with a place ---- */

/* Jansson keeps no places: that of the first such text behind `from`, as it is written without escapes; 0: unknown. */
static size_t place_of(const document *d, size_t from, const char *word)
{
    const size_t len = strlen(word);
    for (size_t i = from; i + len + 2 <= d->n; i++)
        if (d->text[i] == '"' && d->text[i + len + 1] == '"' && memcmp(d->text + i + 1, word, len) == 0) return i + 1;
    return 0;
}

static lc_code fail_at_place(const document *d, size_t place, const char *what)
{
    size_t line = 1, column = place;
    for (size_t i = 0; i < place; i++) {
        if (d->text[i] != '\n') continue;
        line++;
        column = place - i - 1;
    }
    return lc_fail_at(d->st, LC_E_PARSE, d->file, place ? line : 0, place ? column + 1 : 0, "%s", what);
}

static lc_code no_window(const document *d, const char *name, size_t i, const char *what)
{
    char text[300], shown[SHOWN];
    snprintf(text, sizeof text, "window %zu%s%s%s %s", i + 1, *name ? " of \"" : "",
             lc_printable(shown, sizeof shown, name, strlen(name)), *name ? "\"" : "", what);
    fail_at_place(d, *name ? place_of(d, 0, name) : 0, text);
    lc_hint(d->st, "a window is [\"FIRST\", \"LAST\"], two stamps as in the data, or one stamp");
    return LC_E_PARSE;
}

/* ---- stamps ---- */

static lc_code read_text_stamp(const document *d, const char *word, lc_stamp *out)
{
    const char *why = lc_label_stamp(&d->windows, word, out);
    if (!why) return LC_OK;
    char text[200], shown[SHOWN];
    snprintf(text, sizeof text, "\"%s\" %s", lc_printable(shown, sizeof shown, word, strlen(word)), why);
    fail_at_place(d, place_of(d, d->from, word), text);
    lc_label_stamp_hint(&d->windows, d->st);
    return LC_E_PARSE;
}

static lc_code read_stamp(const document *d, const char *name, size_t i, const json_t *value, lc_stamp *out)
{
    char number[32];
    if (json_is_string(value)) {
        if (strlen(json_string_value(value)) != json_string_length(value)) return no_window(d, name, i, "is no stamp");
        return read_text_stamp(d, json_string_value(value), out);
    }
    if (!json_is_integer(value)) return no_window(d, name, i, "is neither a text nor a whole number");
    snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return read_text_stamp(d, number, out);
}

/* ---- windows ---- */

static lc_code read_windows(document *d, const char *name, const json_t *list, size_t file)
{
    lc_code code = LC_OK;
    if (!json_is_array(list)) {
        char text[200], shown[SHOWN];
        snprintf(text, sizeof text, "\"%s\" is no list of windows",
                 lc_printable(shown, sizeof shown, name, strlen(name)));
        fail_at_place(d, place_of(d, 0, name), text);
        lc_hint(d->st, "write \"FILE\": [[\"FIRST\", \"LAST\"], ...], with [] where all is normal");
        return LC_E_PARSE;
    }
    d->from = *name ? place_of(d, 0, name) : 0;
    for (size_t i = 0; code == LC_OK && i < json_array_size(list); i++) {
        const json_t *w = json_array_get(list, i);
        const bool pair = json_is_array(w);
        lc_stamp first = 0, last = 0;
        if (pair && json_array_size(w) != 2) return no_window(d, name, i, "does not have two stamps");
        code = read_stamp(d, name, i, pair ? json_array_get(w, 0) : w, &first);
        last = first;
        if (code == LC_OK && pair) code = read_stamp(d, name, i, json_array_get(w, 1), &last);
        if (code == LC_OK && last < first) return no_window(d, name, i, "ends before it begins");
        if (code == LC_OK) lc_label_mark(&d->windows, file, first, last);
    }
    return code;
}

/* ---- entries ---- */

static lc_code read_entries(document *d, json_t *root)
{
    static const char hint[] =
        "an entry is called as the file is, with folders before it or without; [] says that all is normal";
    const lc_panel *p = d->windows.panel;
    const size_t n = json_object_size(root);
    const char *key, **name = lc_calloc(n, sizeof *name);
    json_t *list;
    size_t found, k = 0;
    if (!name) return lc_fail_memory(d->st);
    json_object_foreach(root, key, list) name[k++] = key;
    lc_code code = LC_OK;
    for (size_t file = 0; code == LC_OK && file < p->n_files; file++) {
        code = lc_label_entry(&found, &d->windows, name, n, file, hint, d->st);
        if (code == LC_OK) code = read_windows(d, name[found], json_object_get(root, name[found]), file);
    }
    lc_free(name);
    return code;
}

static lc_code read_root(document *d, json_t *root)
{
    if (json_is_object(root)) return read_entries(d, root);
    if (d->windows.panel->n_files == 1) return read_windows(d, "", root, 0);
    lc_fail_at(d->st, LC_E_DATA, d->file, 0, 0, "a list of windows serves one data file, not %zu",
               d->windows.panel->n_files);
    lc_hint(d->st, "write {\"FILE\": [[\"FIRST\", \"LAST\"], ...], ...}");
    return LC_E_DATA;
}

lc_code lc_labels_from_json(lc_labels *l, const char *file, const char *text, size_t n, const lc_panel *p,
                            const lc_row_order *o, lc_status *st)
{
    document d = {{l, p, o, file, 0}, file, text, n, 0, st};
    lc_json_fault fault;
    json_t *root;
    if (!lc_json_is_small(text, n, MOST_DEPTH, MOST_VALUES)) {
        lc_fail_at(st, LC_E_PARSE, file, 0, 0, "too much JSON for labels");
        lc_hint(st, "at most %d windows, nested no deeper than %d", MOST_VALUES / 2, MOST_DEPTH);
        return LC_E_PARSE;
    }
    const lc_code read = lc_json_read(&root, text, n, &fault);
    if (read == LC_E_MEMORY) return lc_fail_memory(st);
    if (read != LC_OK) {
        lc_fail_at(st, LC_E_PARSE, file, fault.line, fault.column, "no JSON: %s", fault.text);
        lc_hint(st, "labels are {\"FILE\": [[\"FIRST\", \"LAST\"], ...], ...}, a list of windows, or CSV");
        return LC_E_PARSE;
    }
    lc_code code = read_root(&d, root);
    json_decref(root);
    return code == LC_OK ? lc_label_windows_close(&d.windows, st) : code;
}
