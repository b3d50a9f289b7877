#include "data/clock.h"

#include <string.h>

#include "data/calendar.h"
#include "data/clock_column.h"
#include "data/pattern.h"
#include "data/stamp_text.h"

static const lc_stamp_shape shape_of_style[] = {
    [LC_CLOCK_NONE] = LC_SHAPE_INTEGER,    [LC_CLOCK_ISO] = LC_SHAPE_DASHED,
    [LC_CLOCK_SLASHED] = LC_SHAPE_SLASHED, [LC_CLOCK_DOTTED] = LC_SHAPE_DOTTED,
    [LC_CLOCK_US] = LC_SHAPE_PAIR,         [LC_CLOCK_EU] = LC_SHAPE_PAIR,
    [LC_CLOCK_EPOCH_S] = LC_SHAPE_INTEGER, [LC_CLOCK_EPOCH_MS] = LC_SHAPE_INTEGER,
    [LC_CLOCK_MONTH] = LC_SHAPE_MONTH,     [LC_CLOCK_YEAR] = LC_SHAPE_INTEGER,
    [LC_CLOCK_INTEGER] = LC_SHAPE_INTEGER, [LC_CLOCK_PATTERN] = LC_SHAPE_PATTERN};

bool lc_clock_is_calendar(const lc_clock *c)
{
    return c->style != LC_CLOCK_NONE && c->style != LC_CLOCK_INTEGER;
}

/* ---- learning ---- */

static void widen(lc_clock *c, const lc_stamp_text *s)
{
    if (s->has_time && !c->has_time) {
        c->has_time = true;
        c->separator = s->separator;
        c->ampm = s->ampm;
        c->ampm_space = s->ampm_space;
    }
    if (s->has_seconds) c->has_seconds = true;
    if (s->fraction_digits > c->fraction_digits) c->fraction_digits = s->fraction_digits;
    if (s->short_date) c->padded = false;
    if (s->short_hour) c->padded_hour = false;
}

void lc_clock_merge(lc_clock_column *c, const lc_clock_column *later)
{
    lc_clock *mine = &c->clock;
    const lc_clock *its = &later->clock;
    mine->style = its->style;
    c->ambiguous = later->ambiguous;
    c->offset_minutes = later->offset_minutes;
    c->offset_varies |= later->offset_varies;
    if (its->has_time && !mine->has_time) {
        mine->has_time = true;
        mine->separator = its->separator;
        mine->ampm = its->ampm;
        mine->ampm_space = its->ampm_space;
    }
    mine->has_seconds |= its->has_seconds;
    if (its->fraction_digits > mine->fraction_digits) mine->fraction_digits = its->fraction_digits;
    mine->padded &= its->padded;
    mine->padded_hour &= its->padded_hour;
}

static void exchange(lc_stamp_text *s)
{
    int first = s->month;
    s->month = s->day;
    s->day = first;
}

/* Integers tell their style by size: years, epoch seconds (1973 to 5138), epoch milliseconds, else steps. */
static lc_clock_style integer_style(const lc_stamp_text *s)
{
    int64_t v = s->integer;
    if (s->digits == 4 && v >= 1000 && v <= 2999) return LC_CLOCK_YEAR;
    if (v >= INT64_C(100000000) && v < INT64_C(100000000000)) return LC_CLOCK_EPOCH_S;
    if (v >= INT64_C(100000000000) && v < INT64_C(100000000000000)) return LC_CLOCK_EPOCH_MS;
    return LC_CLOCK_INTEGER;
}

static lc_clock_style first_style(const lc_stamp_text *s)
{
    switch (s->shape) {
    case LC_SHAPE_DASHED: return LC_CLOCK_ISO;
    case LC_SHAPE_SLASHED: return LC_CLOCK_SLASHED;
    case LC_SHAPE_DOTTED: return LC_CLOCK_DOTTED;
    case LC_SHAPE_PAIR: return LC_CLOCK_US;
    case LC_SHAPE_MONTH: return LC_CLOCK_MONTH;
    case LC_SHAPE_INTEGER: return integer_style(s);
    case LC_SHAPE_PATTERN: return LC_CLOCK_PATTERN;
    }
    return LC_CLOCK_NONE;
}

bool lc_clock_learn(lc_clock *c, const char *const *cells, size_t n, bool *ambiguous)
{
    lc_clock_column col = {.clock = {.padded = true, .padded_hour = true}};
    *ambiguous = false;
    for (size_t i = 0; i < n; i++) {
        lc_stamp_text s;
        lc_stamp unused;
        bool known = lc_stamp_take_apart(&s, cells[i]);
        if (!known && i == 0 && lc_pattern_guess(col.clock.pattern, cells[0]))
            known = lc_pattern_read(&s, col.clock.pattern, cells[0]);
        if (!known && (i == 0 || col.clock.style != LC_CLOCK_PATTERN)) return false;
        if (i == 0) {
            col.clock.style = first_style(&s);
            col.clock.zone = s.zone;
            col.clock.offset_minutes = s.offset_minutes;
            col.ambiguous = s.shape == LC_SHAPE_PAIR;
            if (s.shape == LC_SHAPE_PAIR) col.clock.mark = s.mark;
        }
        if (s.shape == LC_SHAPE_INTEGER && shape_of_style[col.clock.style] == LC_SHAPE_INTEGER) {
            if (integer_style(&s) != col.clock.style) col.clock.style = LC_CLOCK_INTEGER;
            continue;
        }
        lc_stamp_verdict v = lc_clock_read(&col, cells[i], &unused);
        if (v != LC_STAMP_READ && v != LC_STAMP_TURNED) return false;
    }
    if (n == 0) return false;
    *c = col.clock;
    *ambiguous = col.ambiguous;
    return true;
}

/* ---- reading ---- */

static bool integer_to_stamp(lc_clock_style style, const lc_stamp_text *s, lc_stamp *out)
{
    switch (style) {
    case LC_CLOCK_EPOCH_S:
        *out = lc_mul_clamped(s->integer, LC_MICROS_PER_SECOND);
        return *out != INT64_MAX && *out != INT64_MIN;
    case LC_CLOCK_EPOCH_MS: *out = lc_mul_clamped(s->integer, 1000); return *out != INT64_MAX && *out != INT64_MIN;
    case LC_CLOCK_YEAR:
        if (s->integer < 1 || s->integer > 9999) return false;
        *out = lc_day_number(s->integer, 1, 1) * LC_MICROS_PER_DAY;
        return true;
    default: *out = s->integer; return true;
    }
}

static lc_stamp text_to_stamp(const lc_stamp_text *s)
{
    lc_civil c = {.year = s->year,
                  .month = s->month,
                  .day = s->day,
                  .hour = s->hour,
                  .minute = s->minute,
                  .second = s->second,
                  .micro = s->micro};
    return lc_stamp_of(&c) - s->offset_minutes * LC_MICROS_PER_MINUTE;
}

/* The offset may change from row to row, as it does with daylight saving, but not the way of writing it. A cell
 * without a time of day may stand in a column with zones: it is the midnight of the column's first zone. */
static bool same_zone(const lc_clock *c, lc_stamp_text *s)
{
    if (!s->has_time) {
        s->zone = c->zone;
        s->offset_minutes = c->offset_minutes;
    }
    return (s->zone == 0) == (c->zone == 0) && (s->zone == 1) == (c->zone == 1);
}

static lc_stamp_verdict read_one(const lc_clock *c, bool ambiguous, const char *cell, lc_stamp_text *s, lc_stamp *out)
{
    bool read = c->style == LC_CLOCK_PATTERN ? lc_pattern_read(s, c->pattern, cell) : lc_stamp_take_apart(s, cell);
    if (!read || s->shape != shape_of_style[c->style]) return LC_STAMP_STRANGE;
    if (s->shape == LC_SHAPE_PAIR && (s->mark == '-') != (c->mark == '-')) return LC_STAMP_STRANGE;
    if (s->has_time && c->has_time && !s->ampm != !c->ampm) return LC_STAMP_STRANGE;
    if (s->shape == LC_SHAPE_INTEGER) return integer_to_stamp(c->style, s, out) ? LC_STAMP_READ : LC_STAMP_STRANGE;
    if (!same_zone(c, s)) return LC_STAMP_ZONE;
    lc_stamp_verdict v = LC_STAMP_READ;
    if (c->style == LC_CLOCK_EU || (ambiguous && s->month > 12)) {
        exchange(s);
        if (c->style != LC_CLOCK_EU) v = LC_STAMP_TURNED;
    }
    if (!lc_stamp_date_exists(s)) return LC_STAMP_NO_DATE;
    *out = text_to_stamp(s);
    return v;
}

bool lc_clock_parse(const lc_clock *c, const char *cell, lc_stamp *out)
{
    lc_stamp_text s;
    return read_one(c, false, cell, &s, out) == LC_STAMP_READ;
}

lc_stamp_verdict lc_clock_read(lc_clock_column *col, const char *cell, lc_stamp *out)
{
    lc_stamp_text s;
    lc_clock *c = &col->clock;
    lc_stamp_verdict v = read_one(c, col->ambiguous, cell, &s, out);
    if (v != LC_STAMP_READ && v != LC_STAMP_TURNED) return v;
    if (s.shape == LC_SHAPE_INTEGER) return v;
    if (v == LC_STAMP_TURNED) c->style = LC_CLOCK_EU;
    /* Whichever number is above 12 is the day. */
    if (col->ambiguous && s.day > 12) col->ambiguous = false;
    widen(c, &s);
    col->offset_minutes = s.offset_minutes;
    if (s.offset_minutes != c->offset_minutes) col->offset_varies = true;
    return v;
}

lc_stamp lc_clock_turn(const lc_clock *c, lc_stamp t)
{
    int64_t offset = c->offset_minutes * LC_MICROS_PER_MINUTE;
    lc_civil civil = lc_civil_of(lc_add_clamped(t, offset));
    int month = civil.month;
    civil.month = civil.day;
    civil.day = month;
    return lc_sub_clamped(lc_stamp_of(&civil), offset);
}

/* ---- writing ---- */

typedef struct writer {
    char *out;
    size_t len;
} writer;

static void put_char(writer *w, char ch)
{
    if (w->len + 1 < LC_STAMP_TEXT) w->out[w->len++] = ch;
}

/* At least `width` digits. */
static void put_number(writer *w, int64_t v, int width)
{
    char digits[24];
    int n = 0;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    if (v < 0) put_char(w, '-');
    do {
        digits[n++] = (char)('0' + (int)(u % 10));
        u /= 10;
    } while (u);
    while (n < width) digits[n++] = '0';
    while (n) put_char(w, digits[--n]);
}

static void put_date(writer *w, const lc_clock *c, const lc_civil *t)
{
    int width = c->padded ? 2 : 1;
    int first = t->month, second = t->day;
    char mark = '/';
    switch (c->style) {
    case LC_CLOCK_DOTTED:
    case LC_CLOCK_EU:
        first = t->day, second = t->month;
        if (c->style == LC_CLOCK_DOTTED) mark = '.';
        /* fall through */
    case LC_CLOCK_US:
        if (c->mark == '-' && c->style != LC_CLOCK_DOTTED) mark = '-';
        put_number(w, first, width);
        put_char(w, mark);
        put_number(w, second, width);
        put_char(w, mark);
        put_number(w, t->year, 4);
        return;
    default:
        if (c->style != LC_CLOCK_SLASHED) mark = '-';
        put_number(w, t->year, 4);
        put_char(w, mark);
        put_number(w, t->month, width);
        put_char(w, mark);
        put_number(w, t->day, width);
    }
}

static void put_zone(writer *w, const lc_clock *c)
{
    if (c->zone == 0) return;
    if (c->zone == 1) {
        put_char(w, 'Z');
        return;
    }
    int minutes = c->offset_minutes < 0 ? -c->offset_minutes : c->offset_minutes;
    put_char(w, c->offset_minutes < 0 ? '-' : '+');
    put_number(w, minutes / 60, 2);
    if (c->zone == 4 && minutes % 60 == 0) return;
    if (c->zone != 3) put_char(w, ':');
    put_number(w, minutes % 60, 2);
}

/* Parts that the column does not show are written all the same where they are not zero. */
static void put_time(writer *w, const lc_clock *c, const lc_civil *t)
{
    bool seconds = c->has_seconds || t->second || t->micro;
    if (!c->has_time && !t->hour && !t->minute && !seconds) return;
    put_char(w, c->separator ? c->separator : ' ');
    int hour = c->ampm ? (t->hour + 11) % 12 + 1 : t->hour;
    put_number(w, hour, !c->has_time || c->padded_hour ? 2 : 1);
    put_char(w, ':');
    put_number(w, t->minute, 2);
    if (seconds) {
        put_char(w, ':');
        put_number(w, t->second, 2);
    }
    int digits = c->fraction_digits, micro = t->micro;
    for (int k = 6, rest = micro; rest && k > digits; k--, rest /= 10) {
        if (rest % 10) digits = k;
    }
    if (digits) {
        put_char(w, '.');
        for (int k = 6; k > digits; k--) micro /= 10;
        put_number(w, micro, digits);
    }
    if (c->ampm && c->ampm_space) put_char(w, ' ');
    if (c->ampm) put_char(w, (char)((t->hour < 12 ? 'A' : 'P') + (c->ampm - 'A')));
    if (c->ampm) put_char(w, (char)('M' + (c->ampm - 'A')));
    put_zone(w, c);
}

const char *lc_clock_format(const lc_clock *c, lc_stamp t, char out[LC_STAMP_TEXT])
{
    writer w = {out, 0};
    lc_civil civil = lc_civil_of(lc_add_clamped(t, c->offset_minutes * LC_MICROS_PER_MINUTE));
    bool midnight = !civil.hour && !civil.minute && !civil.second && !civil.micro;
    switch (c->style) {
    case LC_CLOCK_NONE:
    case LC_CLOCK_INTEGER: put_number(&w, t, 1); break;
    case LC_CLOCK_EPOCH_S: put_number(&w, lc_floor_div(t, LC_MICROS_PER_SECOND), 1); break;
    case LC_CLOCK_EPOCH_MS: put_number(&w, lc_floor_div(t, 1000), 1); break;
    case LC_CLOCK_MONTH:
        if (civil.day == 1 && midnight) {
            put_number(&w, civil.year, 4);
            put_char(&w, '-');
            put_number(&w, civil.month, c->padded ? 2 : 1);
            break;
        }
        put_date(&w, c, &civil);
        put_time(&w, c, &civil);
        break;
    case LC_CLOCK_YEAR:
        if (civil.month == 1 && civil.day == 1 && midnight) {
            put_number(&w, civil.year, 4);
            break;
        }
        put_date(&w, c, &civil);
        put_time(&w, c, &civil);
        break;
    case LC_CLOCK_PATTERN: return lc_pattern_write(out, c, &civil);
    default: put_date(&w, c, &civil); put_time(&w, c, &civil);
    }
    out[w.len] = '\0';
    return out;
}
