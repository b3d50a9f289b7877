#include "anomaly/labels.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/calendar.h"

void lc_labels_free(lc_labels *l)
{
    if (!l) return;
    for (size_t i = 0; l->target && i < l->n_targets; i++) lc_free(l->target[i]);
    lc_free(l->target);
    lc_free(l->row);
    lc_notes_free(&l->notes);
    free(l->source);
    free(l);
}

size_t lc_labels_notice_count(const lc_labels *l)
{
    return l->notes.n;
}

const char *lc_labels_notice(const lc_labels *l, size_t i)
{
    return i < l->notes.n ? l->notes.line[i] : "";
}

uint8_t *lc_labels_own(lc_labels *l, size_t target)
{
    if (target == LC_EVERY_TARGET) return l->row;
    if (!l->target[target]) l->target[target] = lc_calloc(l->n_rows, 1);
    return l->target[target];
}

lc_stamp lc_labels_stamp(const lc_panel *p, const lc_clock *clock, lc_stamp t, int offset)
{
    if (!clock->zone == !p->clock.zone || !lc_clock_is_calendar(&p->clock)) return t;
    if (clock->zone) return lc_add_clamped(t, offset * LC_MICROS_PER_MINUTE);
    return lc_sub_clamped(t, p->clock.offset_minutes * LC_MICROS_PER_MINUTE);
}

static lc_labels *create(const lc_panel *p, const char *source)
{
    lc_labels *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->n_rows = p->n_rows;
    l->n_targets = p->n_targets;
    l->n_frames = p->n_frames;
    l->source = lc_strdup(source);
    l->row = lc_calloc(l->n_rows, 1);
    l->target = lc_calloc(l->n_targets, sizeof *l->target);
    if (l->source && l->row && l->target) return l;
    lc_labels_free(l);
    return NULL;
}

/* ---- files ---- */

static lc_code nothing_of_the_name(const lc_panel *p, const char *name, const lc_status *why, lc_status *st)
{
    char shown[80], list[160] = "";
    size_t len = 0;
    lc_fail(st, LC_E_USAGE, "--labels: the data have no column \"%s\", and as a file it %s",
            lc_printable(shown, sizeof shown, name, strlen(name)), why->text);
    for (size_t i = 0; i < p->n_columns && len < sizeof list - 1; i++) {
        lc_printable(shown, 40, p->columns[i], strlen(p->columns[i]));
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i ? ", " : "", shown);
    }
    lc_hint(st, "columns: %s", list);
    return LC_E_USAGE;
}

lc_code lc_labels_too_large(const char *file, lc_status *st)
{
    lc_fail_at(st, LC_E_DATA, file, 0, 0, "labels of more than %d MB", LC_LABELS_MOST_BYTES >> 20);
    lc_hint(st, "--labels names a small file of windows, or a CSV file with a 0/1 column");
    return LC_E_DATA;
}

typedef enum form { FORM_JSON, FORM_WINDOWS, FORM_COLUMN } form;

/* What kind of file it is by its beginning; *text: the whole of it where it holds windows. */
static lc_code tell_form(form *out, char *delimiter, lc_buf *text, lc_source *source, lc_status *st)
{
    char block[16384];
    size_t got = sizeof block, blank;
    bool known = false;
    lc_code code = LC_OK;
    *out = FORM_JSON;
    while (code == LC_OK && got == sizeof block && text->len <= LC_LABELS_MOST_BYTES) {
        code = lc_source_read(source, block, sizeof block, &got, st);
        if (code != LC_OK) break;
        lc_buf_append(text, block, got);
        if (text->failed) return lc_fail_memory(st);
        for (blank = 0; !known && blank < text->len && strchr(" \t\r\n", text->data[blank]); blank++) {
        }
        if (!known && (blank == text->len || (text->data[blank] != '{' && text->data[blank] != '['))) {
            code = lc_labels_windows_delimiter(delimiter, text->data ? text->data : "", text->len, st);
            *out = *delimiter ? FORM_WINDOWS : FORM_COLUMN;
            if (*out == FORM_COLUMN) return code;
        }
        known = true;
    }
    return code;
}

static lc_code read_file(lc_labels *l, const lc_panel *p, const lc_settings *s, lc_status *st)
{
    const char *path = l->source;
    lc_source *source = NULL;
    lc_buf text = {0};
    lc_row_order order = {0};
    lc_status why = {0};
    form is;
    char delimiter = '\0';
    if (strcmp(path, "-") == 0) {
        lc_fail(st, LC_E_USAGE, "--labels names no file");
        lc_hint(st, "labels cannot come from standard input");
        return LC_E_USAGE;
    }
    if (lc_source_open(&source, path, &why) != LC_OK) return nothing_of_the_name(p, path, &why, st);
    lc_code code = tell_form(&is, &delimiter, &text, source, st);
    lc_source_close(source);
    source = NULL;
    if (code == LC_OK && text.len > LC_LABELS_MOST_BYTES) code = lc_labels_too_large(path, st);
    if (code == LC_OK) code = lc_row_order_make(&order, p, st);
    if (code == LC_OK && is == FORM_JSON) code = lc_labels_from_json(l, path, text.data, text.len, p, &order, st);
    if (code == LC_OK && is == FORM_COLUMN) code = lc_labels_from_csv(l, path, p, &order, s, st);
    if (code == LC_OK && is == FORM_WINDOWS) code = lc_source_memory(&source, path, text.data, text.len, st);
    if (code == LC_OK && is == FORM_WINDOWS) code = lc_labels_from_windows(l, path, source, delimiter, p, &order, st);
    lc_source_close(source);
    lc_buf_free(&text);
    lc_row_order_free(&order);
    return code;
}

/* ---- the whole ---- */

static bool any_label(const lc_labels *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_rows; i++) n += l->row[i] != 0;
    for (size_t t = 0; t < l->n_targets; t++)
        for (size_t i = 0; l->target[t] && i < l->n_rows; i++) n += l->target[t][i] != 0;
    return n > 0;
}

lc_code lc_labels_make(lc_labels **out, const lc_panel *p, const lc_settings *s, lc_status *st)
{
    *out = NULL;
    if (!*s->labels) return lc_fail(st, LC_E_USAGE, "--labels is empty: it names a column of the data, or a file");
    lc_labels *l = create(p, s->labels);
    lc_code code = l ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK && p->label) memcpy(l->row, p->label, l->n_rows);
    else if (code == LC_OK) code = read_file(l, p, s, st);
    if (code == LC_OK && !any_label(l) &&
        !lc_note(&l->notes, "no row is labelled: there is nothing to hit, and every flag is a false alarm"))
        code = lc_fail_memory(st);
    if (code == LC_OK) *out = l;
    else lc_labels_free(l);
    return code;
}
