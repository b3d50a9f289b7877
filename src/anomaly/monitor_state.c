/* The state of a monitor as one safetensors file: the numbers of all detectors as vectors, one detector after the
 * other, and a JSON text with the settings, the rows that settled the columns, and the ids. */
#include <stdlib.h>
#include <string.h>

#include "anomaly/monitor_inner.h"
#include "anomaly/monitor_json.h"
#include "base/json.h"
#include "base/text.h"
#include "model/json_bound.h"

static const char format_name[] = "loomcast-state", format_version[] = "2";

/* Settings that later results depend on, or that the columns were settled by. */
static const char *const settled_by[] = {"time",       "target",        "id",        "time-format",
                                         "missing",    "decimal-comma", "no-header", "delimiter",
                                         "alarms-per", "sensitivity",   "seed"};
enum { SETTLED_BY = sizeof settled_by / sizeof settled_by[0] };

enum { JSON_LEVELS = 5, JSON_VALUES = 1 << 22, MOST_ARRAYS = 64 };

/* ---- saving ---- */

/* Each of these gives NULL without memory, and so does jansson's packer for a part that is NULL. */

static json_t *rows_to_json(const lc_sample *s)
{
    json_t *rows = json_array();
    bool whole = rows != NULL;
    for (size_t i = 0; i < s->n && whole; i++) {
        json_t *cells = json_array();
        for (size_t k = 0; k < s->row[i].n && whole; k++) {
            char *text = lc_utf8(s->row[i].cell[k]);
            whole = text && json_array_append_new(cells, json_string(text)) == 0;
            free(text);
        }
        whole = json_array_append_new(rows, cells) == 0 && whole;
    }
    if (whole) return rows;
    json_decref(rows);
    return NULL;
}

static json_t *settings_to_json(const lc_settings *s)
{
    json_t *map = json_object();
    for (size_t i = 0; i < SETTLED_BY && map; i++) {
        char *value = lc_settings_dup(s, settled_by[i]), *text = value ? lc_utf8(value) : NULL;
        if (!text || json_object_set_new(map, settled_by[i], json_string(text)) != 0) {
            json_decref(map);
            map = NULL;
        }
        free(text);
        free(value);
    }
    return map;
}

static json_t *numbers_to_json(const json_int_t *number, size_t n)
{
    json_t *list = json_array();
    bool whole = list != NULL;
    for (size_t i = 0; i < n && whole; i++) whole = json_array_append_new(list, json_integer(number[i])) == 0;
    if (whole) return list;
    json_decref(list);
    return NULL;
}

static json_t *ids_to_json(const lc_names *ids)
{
    json_t *list = json_array();
    bool whole = list != NULL;
    for (size_t i = 0; i < ids->n && whole; i++) whole = json_array_append_new(list, lc_id_to_json(ids->name[i])) == 0;
    if (whole) return list;
    json_decref(list);
    return NULL;
}

static char *describe(const lc_monitor *o)
{
    const lc_live_memory m = lc_live_recall(o->live);
    const char delimiter[2] = {m.delimiter, '\0'};
    json_int_t clock[LC_CLOCK_NUMBERS], *column = lc_calloc(m.n_columns, sizeof *column);
    if (!column) return NULL;
    lc_clock_to_numbers(&m.clock, clock);
    for (size_t i = 0; i < m.n_columns; i++) column[i] = m.column[i];
    json_t *root = json_pack("{s:o, s:s, s:b, s:i, s:o, s:o, s:o, s:o}", "settings", settings_to_json(o->settings),
                             "delimiter", delimiter, "header", (int)m.has_header, "point", (int)m.point, "clock",
                             numbers_to_json(clock, LC_CLOCK_NUMBERS), "columns", numbers_to_json(column, m.n_columns),
                             "first", rows_to_json(m.sample), "ids", ids_to_json(&o->ids));
    char *text = lc_json_text(root, JSON_COMPACT);
    json_decref(root);
    lc_free(column);
    return text;
}

/* The arrays of all detectors by name, as pieces of one vector each. */
typedef struct gathering {
    struct {
        const char *name;
        lc_scalar type;
        lc_piece *piece;
    } array[MOST_ARRAYS];
    size_t arrays, detectors;
    size_t detector, at; /* whose arrays come now, and which one is next */
} gathering;

static lc_code gather(void *user, const char *name, lc_scalar type, void *data, size_t count, lc_status *st)
{
    gathering *g = user;
    const size_t i = g->at++;
    if (i >= MOST_ARRAYS) return lc_fail(st, LC_E_MODEL, "a detector has more than %d arrays", MOST_ARRAYS);
    if (i >= g->arrays) {
        g->array[i].piece = lc_calloc(g->detectors, sizeof *g->array[i].piece);
        if (!g->array[i].piece) return lc_fail_memory(st);
        g->array[i].name = name;
        g->array[i].type = type;
        g->arrays++;
    }
    g->array[i].piece[g->detector] = (lc_piece){data, count};
    return LC_OK;
}

/* The arrays of all columns and of the rows as wholes, next to each other. */
static lc_code gather_all(const lc_monitor *o, gathering *columns, gathering *rows, lc_status *st)
{
    lc_code code = LC_OK;
    const lc_state of_columns = {gather, columns, false}, of_rows = {gather, rows, false};
    for (size_t i = 0; i < o->n_series && code == LC_OK; i++) {
        for (size_t k = 0; k < o->columns && code == LC_OK; k++) {
            columns->detector = i * o->columns + k;
            columns->at = 0;
            code = lc_watch_state(o->series[i]->watch[k], &of_columns, st);
        }
        rows->detector = i;
        rows->at = 0;
        if (code == LC_OK && o->series[i]->joint) code = lc_joint_state(o->series[i]->joint, &of_rows, st);
    }
    return code;
}

static lc_code write_file(const lc_monitor *o, const gathering *const all[2], const char *path, lc_status *st)
{
    lc_code code = LC_OK;
    lc_pieces_tensor tensor[2 * MOST_ARRAYS + 2];
    const size_t n = o->n_series;
    int64_t *last = lc_calloc(n, sizeof *last);
    uint64_t *rows = lc_calloc(n, sizeof *rows);
    char *json = describe(o);
    if (!last || !rows || !json) code = lc_fail_memory(st);
    for (size_t i = 0; i < n && code == LC_OK; i++) {
        last[i] = o->series[i]->last;
        rows[i] = o->series[i]->rows;
    }
    if (code == LC_OK) {
        const lc_piece all_last = {last, n}, all_rows = {rows, n};
        tensor[0] = (lc_pieces_tensor){"series.last", LC_SCALAR_I64, &all_last, 1};
        tensor[1] = (lc_pieces_tensor){"series.rows", LC_SCALAR_U64, &all_rows, 1};
        size_t n_tensors = 2;
        for (size_t k = 0; k < 2; k++)
            for (size_t i = 0; i < all[k]->arrays; i++)
                tensor[n_tensors++] = (lc_pieces_tensor){all[k]->array[i].name, all[k]->array[i].type,
                                                         all[k]->array[i].piece, all[k]->detectors};
        const char *const metadata[][2] = {{"format", format_name}, {"version", format_version}, {"state", json}};
        code = lc_safetensors_write_pieces(path, true, tensor, n_tensors, metadata, 3, st);
    }
    free(json);
    lc_free(last);
    lc_free(rows);
    return code;
}

lc_code lc_monitor_save(const lc_monitor *o, const char *path, lc_status *st)
{
    if (!o || !path) return lc_fail(st, LC_E_USAGE, "an argument is missing");
    if (!o->n_series) return LC_OK;
    if (o->failed) return lc_fail_at(st, LC_E_MEMORY, path, 0, 0, "out of memory: the state before it is kept");
    gathering columns = {.detectors = o->n_series * o->columns}, rows = {.detectors = o->n_series};
    const gathering *const all[] = {&columns, &rows};
    lc_code code = gather_all(o, &columns, &rows, st);
    if (code == LC_OK) code = write_file(o, all, path, st);
    for (size_t i = 0; i < columns.arrays; i++) lc_free(columns.array[i].piece);
    for (size_t i = 0; i < rows.arrays; i++) lc_free(rows.array[i].piece);
    if (code != LC_OK) lc_status_set_file(st, path);
    return code;
}

/* ---- restoring ---- */

static lc_code broken(lc_status *st, const char *what)
{
    lc_fail(st, LC_E_MODEL, "%s", what);
    lc_hint(st, "the state is damaged or of another version: take a copy of it, or begin anew under another name");
    return LC_E_MODEL;
}

static lc_code check_settings(const lc_monitor *o, const json_t *saved, lc_status *st)
{
    for (size_t i = 0; i < SETTLED_BY; i++) {
        const char *had = json_string_value(json_object_get(saved, settled_by[i]));
        char *value = lc_settings_dup(o->settings, settled_by[i]), *text = value ? lc_utf8(value) : NULL;
        lc_code code = LC_OK;
        if (!text) code = lc_fail_memory(st);
        else if (!had) code = broken(st, "the state lacks a setting");
        else if (strcmp(had, text) != 0) {
            char was[64], is[64];
            lc_printable(was, sizeof was, had, strlen(had));
            lc_printable(is, sizeof is, text, strlen(text));
            if (*had)
                lc_fail(st, LC_E_USAGE, "the state was made with --%s %s, this run has %s", settled_by[i], was,
                        *is ? is : "none");
            else lc_fail(st, LC_E_USAGE, "the state was made without --%s, this run has %s", settled_by[i], is);
            lc_hint(st, "give the same setting, or begin anew with another file of state");
            code = LC_E_USAGE;
        }
        free(text);
        free(value);
        if (code != LC_OK) return code;
    }
    return LC_OK;
}

static lc_code json_to_row(lc_sample *s, size_t line, const json_t *cells, lc_status *st)
{
    const size_t width = json_array_size(cells);
    if (!width || width > LC_CSV_COLUMNS) return broken(st, "the state does not tell the columns");
    const char **text = lc_calloc(width, sizeof *text);
    if (!text) return lc_fail_memory(st);
    bool good = true;
    for (size_t k = 0; k < width && good; k++) good = (text[k] = json_string_value(json_array_get(cells, k))) != NULL;
    const lc_csv_row row = {.line = line, .n = width, .cell = text};
    lc_code code = LC_OK;
    if (!good) code = broken(st, "the state does not tell the columns");
    else if (!lc_sample_add(s, &row)) code = lc_fail_memory(st);
    lc_free(text);
    return code;
}

/* The rows that settled the columns. */
static lc_code json_to_rows(lc_sample *s, const json_t *rows, lc_status *st)
{
    const size_t n = json_array_size(rows);
    if (!n || n > LC_LIVE_SAMPLE_ROWS + 1) return broken(st, "the state does not tell the columns");
    lc_code code = LC_OK;
    for (size_t i = 0; i < n && code == LC_OK; i++) code = json_to_row(s, i + 1, json_array_get(rows, i), st);
    return code != LC_OK || lc_sample_seal(s) ? code : lc_fail_memory(st);
}

static lc_code restore_columns(lc_monitor *o, const json_t *root, lc_status *st)
{
    lc_sample sample = {.n = 0};
    const json_t *clock = json_object_get(root, "clock"), *columns = json_object_get(root, "columns");
    const char *delimiter = json_string_value(json_object_get(root, "delimiter"));
    const json_int_t point = json_integer_value(json_object_get(root, "point"));
    const size_t n = json_array_size(columns);
    lc_live_memory m = {.delimiter = delimiter ? *delimiter : '\0',
                        .has_header = json_is_true(json_object_get(root, "header")),
                        .point = (lc_live_point)point,
                        .n_columns = n,
                        .sample = &sample};
    json_int_t number[LC_CLOCK_NUMBERS];
    for (size_t i = 0; i < LC_CLOCK_NUMBERS; i++) number[i] = json_integer_value(json_array_get(clock, i));
    uint8_t *flags = lc_calloc(n, 1);
    lc_code code = flags ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; i < n && flags; i++) flags[i] = (uint8_t)(json_integer_value(json_array_get(columns, i)) & 255);
    m.column = flags;
    if (code == LC_OK && (json_array_size(clock) != LC_CLOCK_NUMBERS || !lc_numbers_to_clock(number, &m.clock) ||
                          point < 0 || point > LC_LIVE_POINT_COMMA))
        code = broken(st, "the state does not tell the columns");
    if (code == LC_OK) code = json_to_rows(&sample, json_object_get(root, "first"), st);
    if (code == LC_OK) {
        lc_status why = {.code = LC_OK};
        code = lc_live_restore(o->live, &m, &why);
        if (code == LC_E_MEMORY) lc_fail_memory(st);
        else if (code != LC_OK) code = broken(st, why.text);
    }
    if (code == LC_OK) code = lc_monitor_settle(o, st);
    lc_sample_free(&sample);
    lc_free(flags);
    return code;
}

/* Hands out the vectors of a file piece by piece. */
typedef struct handing {
    const lc_safetensors *file;
    struct {
        const char *name;
        size_t taken, count;
    } array[MOST_ARRAYS];
    size_t arrays, at;
} handing;

static lc_code hand_out(void *user, const char *name, lc_scalar type, void *data, size_t count, lc_status *st)
{
    handing *h = user;
    const size_t i = h->at++;
    size_t all = 0;
    if (i >= MOST_ARRAYS) return broken(st, "the state has too many arrays");
    const char *from = lc_safetensors_vector(h->file, name, type, &all);
    if (i >= h->arrays) {
        h->array[i].name = name;
        h->array[i].count = all;
        h->arrays++;
    }
    if (!from || count > all - h->array[i].taken) {
        lc_fail(st, LC_E_MODEL, "the state holds too little of \"%s\"", name);
        return broken(st, "");
    }
    if (count) memcpy(data, from + h->array[i].taken * lc_scalar_size(type), count * lc_scalar_size(type));
    h->array[i].taken += count;
    return LC_OK;
}

static bool all_taken(const handing *h)
{
    for (size_t i = 0; i < h->arrays; i++)
        if (h->array[i].taken != h->array[i].count) return false;
    return true;
}

static lc_code restore_series(lc_monitor *o, const json_t *ids, const lc_safetensors *f, lc_status *st)
{
    const size_t n = json_array_size(ids);
    size_t n_last = 0, n_rows = 0;
    const int64_t *last = lc_safetensors_vector(f, "series.last", LC_SCALAR_I64, &n_last);
    const uint64_t *rows = lc_safetensors_vector(f, "series.rows", LC_SCALAR_U64, &n_rows);
    if (!n || !last || !rows || n_last != n || n_rows != n) return broken(st, "the state does not tell the series");
    if (n > o->settings->max_series) {
        lc_fail(st, LC_E_USAGE, "the state holds %zu series, more than --max-series %zu", n, o->settings->max_series);
        return LC_E_USAGE;
    }
    handing h = {.file = f}, row = {.file = f};
    const lc_state state = {hand_out, &h, true}, state_of_row = {hand_out, &row, true};
    lc_code code = LC_OK;
    for (size_t i = 0; i < n && code == LC_OK; i++) {
        const char *text = json_string_value(json_array_get(ids, i));
        char *id = lc_is_id(text) ? lc_id_of(text) : NULL;
        lc_monitor_series *s;
        if (lc_is_id(text) && !id) code = lc_fail_memory(st);
        else if (!id || lc_names_find(&o->ids, id) != LC_NO_NAME) code = broken(st, "the ids of the state are damaged");
        if (code == LC_OK) code = lc_monitor_add(o, id, &s, st);
        free(id);
        if (code != LC_OK) break;
        s->last = last[i];
        s->rows = rows[i];
        s->restored = true;
        for (size_t k = 0; k < o->columns && code == LC_OK; k++) {
            h.at = 0;
            code = lc_watch_state(s->watch[k], &state, st);
        }
        row.at = 0;
        if (code == LC_OK && s->joint) code = lc_joint_state(s->joint, &state_of_row, st);
    }
    if (code != LC_OK || (all_taken(&h) && all_taken(&row))) return code;
    return broken(st, "the state holds more than its detectors take");
}

static lc_code read_json(json_t **root, const lc_safetensors *f, lc_status *st)
{
    const char *format = lc_safetensors_metadata(f, "format"), *version = lc_safetensors_metadata(f, "version");
    const char *text = lc_safetensors_metadata(f, "state");
    if (!format || strcmp(format, format_name) != 0 || !version || !text)
        return broken(st, "is a safetensors file but no state of loomcast");
    if (strcmp(version, format_version) != 0) return broken(st, "is a state of another version of loomcast");
    if (!lc_json_is_small(text, strlen(text), JSON_LEVELS, JSON_VALUES))
        return broken(st, "the state's text is too large");
    lc_json_fault fault;
    if (lc_json_read(root, text, strlen(text), &fault) == LC_E_MEMORY) return lc_fail_memory(st);
    return json_is_object(*root) ? LC_OK : broken(st, "the state's text is no JSON object");
}

lc_code lc_monitor_restore(lc_monitor *o, const char *path, lc_status *st)
{
    if (!o || !path) return lc_fail(st, LC_E_USAGE, "an argument is missing");
    if (o->began || o->n_series) return lc_fail(st, LC_E_USAGE, "a state is restored before the first row");
    lc_safetensors *f = NULL;
    json_t *root = NULL;
    lc_status why = {.code = LC_OK};
    lc_code code = lc_safetensors_read_pieces(&f, path, &why);
    if (code == LC_E_MODEL) {
        why.hint[0] = '\0'; /* the reader of safetensors speaks of models */
        broken(&why, "");
    }
    if (code == LC_OK) code = read_json(&root, f, &why);
    if (code == LC_OK) code = check_settings(o, json_object_get(root, "settings"), &why);
    if (code == LC_OK) code = restore_columns(o, root, &why);
    if (code == LC_OK) code = restore_series(o, json_object_get(root, "ids"), f, &why);
    json_decref(root);
    lc_safetensors_free(f);
    if (code == LC_OK) return code;
    lc_status_set_file(&why, path);
    if (st && st->code == LC_OK) *st = why;
    return code;
}
