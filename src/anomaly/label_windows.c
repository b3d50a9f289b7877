#include "anomaly/label_windows.h"

#include <string.h>

#include "base/text.h"

enum { SHOWN = 80 };

/* ---- stamps ---- */

const char *lc_label_stamp(const lc_label_windows *w, const char *word, lc_stamp *out)
{
    const lc_clock *clock = &w->panel->clock;
    long long number;
    if (clock->style == LC_CLOCK_NONE) {
        if (!lc_parse_int(word, strlen(word), &number)) return "is not the number of a row";
        *out = number;
        return NULL;
    }
    if (lc_clock_parse(clock, word, out)) return NULL;
    lc_clock own;
    bool ambiguous;
    if (!lc_clock_learn(&own, &word, 1, &ambiguous) || !lc_clock_parse(&own, word, out)) return "is not a time stamp";
    if (ambiguous) return "may be month first or day first";
    if (lc_clock_is_calendar(&own) != lc_clock_is_calendar(clock)) return "is not a stamp like those of the data";
    *out = lc_labels_stamp(w->panel, &own, *out, own.offset_minutes);
    return NULL;
}

void lc_label_stamp_hint(const lc_label_windows *w, lc_status *st)
{
    if (w->panel->clock.style == LC_CLOCK_NONE)
        lc_hint(st, "the data have no column of stamps: windows are numbers of rows, from 1");
    else lc_hint(st, "write stamps as the data do, or as YYYY-MM-DD HH:MM:SS");
}

/* ---- rows ---- */

void lc_label_mark(lc_label_windows *w, size_t file, lc_stamp first, lc_stamp last)
{
    const lc_row_order *o = w->order;
    size_t held = 0;
    for (size_t f = 0; f < w->panel->n_frames; f++) {
        if (w->panel->frames[f].file != file) continue;
        const size_t begin = lc_row_order_find(o, f, first), all = o->begin[f + 1];
        for (size_t i = begin; i < all && o->stamp[i] <= last; i++, held++) {
            uint8_t *label = &w->labels->row[o->row[i]];
            if (i == begin) *label = LC_LABEL_BEGIN;
            else if (!*label) *label = LC_LABEL_ANOMALY;
        }
    }
    w->empty += held == 0;
    w->labels->windows++;
}

lc_code lc_label_windows_close(const lc_label_windows *w, lc_status *st)
{
    const bool one = w->empty == 1;
    if (!w->empty ||
        lc_note(&w->labels->notes, "%zu of %zu labelled windows hold%s no row of the data and %s not count", w->empty,
                w->labels->windows, one ? "s" : "", one ? "does" : "do"))
        return LC_OK;
    return lc_fail_memory(st);
}

/* ---- files ---- */

static size_t without_gz(const char *path)
{
    const size_t n = strlen(path);
    return n > 3 && strcmp(path + n - 3, ".gz") == 0 ? n - 3 : n;
}

/* Names that the two paths have in common from their ends on. */
static size_t common_names(const char *a, const char *b)
{
    size_t i = without_gz(a), k = without_gz(b), names = 0;
    while (i && k && a[i - 1] == b[k - 1]) {
        i--;
        k--;
        names += a[i] == '/';
    }
    return names + ((!i || a[i - 1] == '/') && (!k || b[k - 1] == '/') && (i != without_gz(a)));
}

lc_code lc_label_entry(size_t *out, const lc_label_windows *w, const char *const *name, size_t n, size_t file,
                       const char *hint, lc_status *st)
{
    const char *path = w->panel->files[file];
    char one[SHOWN], two[SHOWN], shown[SHOWN];
    size_t best = 0, other = SIZE_MAX;
    *out = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        const size_t common = common_names(name[i], path);
        if (!common || common < best) continue;
        other = common == best ? i : SIZE_MAX;
        if (common == best) continue;
        best = common;
        *out = i;
    }
    if (*out != SIZE_MAX && other == SIZE_MAX) return LC_OK;
    lc_printable(shown, SHOWN, path, strlen(path));
    if (*out == SIZE_MAX) {
        lc_fail_at(st, LC_E_DATA, w->file, 0, 0, "no entry is about %s", shown);
        lc_hint(st, "%s", hint);
        return LC_E_DATA;
    }
    lc_fail_at(st, LC_E_DATA, w->file, 0, 0, "entries \"%s\" and \"%s\" may both be about %s",
               lc_printable(one, SHOWN, name[*out], strlen(name[*out])),
               lc_printable(two, SHOWN, name[other], strlen(name[other])), shown);
    lc_hint(st, "name the data file with its folder, as in the entry");
    return LC_E_DATA;
}
