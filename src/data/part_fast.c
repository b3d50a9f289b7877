#include "data/part_fast.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "data/calendar.h"

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static bool ends_cell(const lc_fast_row *f, char c)
{
    return f->ends[(unsigned char)c];
}

/* Whether the cell at hand ends as it began; else it is none of the quick way. */
static bool is_whole(const lc_fast_row *f, char c)
{
    return c && (c == '"') == f->quoted;
}

void lc_fast_begin(lc_fast_row *f, const lc_part *p)
{
    f->point = p->plan->rules->decimal_comma ? ',' : '.';
    f->numbers = !p->plan->rules->numeric_missing;
    memset(f->ends, 0, sizeof f->ends);
    f->ends['\n'] = f->ends['\r'] = f->ends['"'] = f->ends[0] = true;
    f->ends[(unsigned char)p->plan->delimiter] = true;
}

/* ---- cells; each returns the byte after the cell, NULL for the slow way ---- */

static const char *any_cell(const lc_fast_row *f, const char *s)
{
    while (!ends_cell(f, *s)) s++;
    return s;
}

/* A cell as text, without the blanks around it that stand outside quotes; NULL where it is long. */
static const char *short_cell(const lc_fast_row *f, const char *s, char out[LC_PART_MARGIN], const char **end)
{
    const char *stop = any_cell(f, s), *last = stop;
    *end = stop;
    if (!is_whole(f, *stop)) return NULL;
    while (!f->quoted && s < last && (*s == ' ' || *s == '\t')) s++;
    while (!f->quoted && last > s && (last[-1] == ' ' || last[-1] == '\t')) last--;
    size_t n = (size_t)(last - s);
    if (n >= LC_PART_MARGIN) return NULL;
    memcpy(out, s, n);
    out[n] = '\0';
    return out;
}

static const char *other_value(const lc_fast_row *f, lc_part *p, size_t value, const char *s)
{
    char text[LC_PART_MARGIN];
    const char *end;
    double x;
    bool keeps = true;
    if (!short_cell(f, s, text, &end) || !lc_cell_value(p->plan->rules, text, &x, &keeps)) return NULL;
    if (x == x && (p->state.column[value] & LC_COLUMN_TENTATIVE)) return NULL;
    lc_part_set_value(p, value, x, keeps);
    return end;
}

/* Digits with a point among them, at most 19; everything else is rarer. */
static const char *value_cell(const lc_fast_row *f, lc_part *p, size_t value, const char *s)
{
    const uint8_t state = p->state.column[value];
    if (state & LC_COLUMN_DROPPED) {
        lc_part_set_value(p, value, (double)NAN, true);
        return any_cell(f, s);
    }
    const char *at = s;
    bool negative = *at == '-';
    if (negative) at++;
    uint64_t w = 0;
    const char *digits = at;
    while (is_digit(*at)) w = w * 10 + (uint64_t)(*at++ - '0');
    ptrdiff_t n = at - digits, q = 0;
    if (*at == f->point && f->point != p->plan->delimiter) {
        const char *fraction = ++at;
        while (is_digit(*at)) w = w * 10 + (uint64_t)(*at++ - '0');
        q = fraction - at;
        n -= q;
    }
    if (n == 0 || n > 19 || !f->numbers || !ends_cell(f, *at) || (state & LC_COLUMN_TENTATIVE)) {
        if (at == s && ends_cell(f, *at)) {
            lc_part_set_value(p, value, (double)NAN, true);
            return at;
        }
        return other_value(f, p, value, s);
    }
    double x = lc_decimal_double(w, q);
    if (negative) x = -x;
    lc_part_set_value(p, value, x, lc_float_keeps(w, x));
    return at;
}

static int two_digits(const char *s)
{
    return is_digit(s[0]) && is_digit(s[1]) ? (s[0] - '0') * 10 + (s[1] - '0') : -1;
}

/* YYYY-MM-DD or YYYY/MM/DD, of which neighbours mostly share one. */
static bool take_day(lc_part *p, char mark, const char *s)
{
    enum { DATE = 10 };
    if (p->day_text[0] && memcmp(s, p->day_text, DATE) == 0) return true;
    int century = two_digits(s), years = two_digits(s + 2), month = two_digits(s + 5), day = two_digits(s + 8);
    if (century < 0 || years < 0 || s[4] != mark || month < 1 || month > 12 || s[7] != mark || day < 1) return false;
    int year = century * 100 + years;
    if (year < 1 || day > lc_month_days(year, month)) return false;
    memcpy(p->day_text, s, DATE);
    p->day = lc_day_number(year, month, day) * LC_MICROS_PER_DAY;
    return true;
}

static const char *other_stamp(const lc_fast_row *f, lc_part *p, const char *s)
{
    char text[LC_PART_MARGIN];
    const char *end;
    if (!short_cell(f, s, text, &end) || !*text) return NULL;
    return lc_part_take_stamp(p, text) == LC_STAMP_READ ? end : NULL;
}

/* A stamp that is written just like the column's others; one that teaches the clock something goes the other way. */
static const char *stamp_cell(const lc_fast_row *f, lc_part *p, const char *s)
{
    const lc_clock *c = &p->state.clock.clock;
    bool slashed = c->style == LC_CLOCK_SLASHED;
    if ((c->style != LC_CLOCK_ISO && !slashed) || c->zone > 1 || !c->padded || c->ampm ||
        !take_day(p, slashed ? '/' : '-', s))
        return other_stamp(f, p, s);
    const char *at = s + 10;
    lc_stamp t = p->day;
    if (c->has_time) {
        int hour = two_digits(at + 1), minute = two_digits(at + 4), second = 0;
        if (*at != c->separator || at[3] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59)
            return other_stamp(f, p, s);
        at += 6;
        if (c->has_seconds) {
            second = two_digits(at + 1);
            if (*at != ':' || second < 0 || second > 59) return other_stamp(f, p, s);
            at += 3;
        }
        t += (hour * 3600 + minute * 60 + second) * LC_MICROS_PER_SECOND;
        if (c->zone == 1 && *at++ != 'Z') return other_stamp(f, p, s);
    } else if (c->zone) {
        return other_stamp(f, p, s);
    }
    if (!ends_cell(f, *at)) return other_stamp(f, p, s);
    p->stamp[p->n_rows] = t;
    if (p->offset) p->offset[p->n_rows] = 0;
    p->state.clock.offset_minutes = 0;
    return at;
}

/* One of several columns that make the stamp; the rightmost brings them together. */
static const char *part_cell(lc_fast_row *f, lc_part *p, size_t part, const char *s)
{
    const lc_stamp_parts *parts = p->plan->parts;
    const char *stop = any_cell(f, s), *last = stop;
    char joined[LC_STAMP_JOINED];
    if (!is_whole(f, *stop)) return NULL;
    while (s < last && (*s == ' ' || *s == '\t')) s++;
    while (last > s && (last[-1] == ' ' || last[-1] == '\t')) last--;
    f->part[part] = (lc_stamp_part){s, (size_t)(last - s)};
    if (part != parts->last) return stop;
    size_t n = lc_stamp_parts_join(parts, f->part, joined);
    if (!n) return NULL;
    joined[n] = '\n';
    f->quoted = false;
    const bool read = stamp_cell(f, p, joined) != NULL;
    f->quoted = *stop == '"';
    return read ? stop : NULL;
}

static const char *id_cell(const lc_fast_row *f, lc_part *p, const char *s)
{
    enum { MOST = 256 };
    if (p->id_text) {
        size_t n = p->id_length;
        if (*s == *p->id_text && n && (size_t)(p->bytes + p->n - s) > n && memcmp(s, p->id_text, n) == 0 &&
            ends_cell(f, s[n]))
            return s + n;
    }
    const char *end = any_cell(f, s);
    size_t n = (size_t)(end - s);
    char text[MOST];
    if (n == 0 || n >= MOST || *s == ' ' || *s == '\t' || end[-1] == ' ' || end[-1] == '\t') return NULL;
    memcpy(text, s, n);
    text[n] = '\0';
    return lc_part_find_id(p, text) ? end : NULL;
}

/* ---- rows ---- */

/* The byte after the row, NULL for the slow way. */
static const char *row(lc_fast_row *f, lc_part *p, const char *s)
{
    const lc_row_plan *plan = p->plan;
    for (size_t i = 0;;) {
        int32_t kind = plan->kind[i];
        f->quoted = *s == '"';
        if (f->quoted) s++;
        if (kind >= 0) s = value_cell(f, p, (size_t)kind, s);
        else if (kind == LC_CELL_STAMP) s = stamp_cell(f, p, s);
        else if (kind == LC_CELL_ID) s = id_cell(f, p, s);
        else if (kind <= LC_CELL_PART) s = part_cell(f, p, (size_t)(LC_CELL_PART - kind), s);
        else s = any_cell(f, s);
        if (!s) return NULL;
        if (f->quoted && *s++ != '"') return NULL;
        if (++i == plan->n_columns) break;
        if (*s != plan->delimiter) return NULL;
        s++;
    }
    if (*s == '\n') return s + 1;
    return *s == '\r' && s[1] == '\n' ? s + 2 : NULL;
}

size_t lc_fast_rows(lc_fast_row *f, lc_part *p, size_t at)
{
    /* The last byte of the stretch ends a line, so each scan stops. */
    const char *end = p->bytes + p->n;
    while (end > p->bytes + at && end[-1] != '\n') end--;
    const char *s = p->bytes + at;
    while (s < end) {
        /* What may be a blank line is looked at more closely, and what may be too long. */
        if (*s == '\n' || *s == '\r' || (p->plan->n_columns == 1 && (*s == ' ' || *s == '\t'))) break;
        const char *next = row(f, p, s);
        if (!next || (size_t)(next - s) >= LC_CSV_CELL_BYTES) break;
        if (!lc_part_note_line(p, p->lines)) break;
        if (p->plan->id != LC_NO_COLUMN && !lc_part_note_id(p, p->id_number)) break;
        p->lines++;
        p->n_rows++;
        s = next;
    }
    return (size_t)(s - p->bytes);
}
