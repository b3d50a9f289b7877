#include "data/pattern.h"

#include <stdio.h>
#include <string.h>

#include "data/calendar.h"
#include "data/iso_week.h"

static const char *const month_name[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
static const char *const day_name[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
enum { MONTHS = 12, DAYS = 7, SHORT = 3 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The name that the letters at *p spell out or begin with three letters of; -1: none. Sept is common, too. */
static int take_name(const char *const *names, int n, const char **p)
{
    size_t len = 0;
    while (is_letter((*p)[len])) len++;
    for (int i = 0; i < n; i++) {
        size_t full = strlen(names[i]);
        bool same = len >= SHORT && len <= full && strncasecmp(*p, names[i], len) == 0;
        if (!same || (len != SHORT && len != full && !(len == 4 && names == month_name && i == 8))) continue;
        *p += len;
        if (**p == '.' && len < full) ++*p; /* "Jan." */
        return i;
    }
    return -1;
}

int lc_take_month_name(const char **p)
{
    return take_name(month_name, MONTHS, p) + 1;
}

bool lc_take_day_name(const char **p)
{
    return take_name(day_name, DAYS, p) >= 0;
}

static bool take_digits(const char **p, int least, int most, int *out)
{
    int n = 0, value = 0;
    while (n < most && is_digit((*p)[n])) value = value * 10 + ((*p)[n++] - '0');
    if (n < least) return false;
    *p += n;
    *out = value;
    return true;
}

static bool take_fraction(lc_stamp_text *s, const char **p)
{
    int n = 0;
    s->micro = 0;
    for (; is_digit(**p) && n < 9; ++*p, n++)
        if (n < 6) s->micro = s->micro * 10 + (**p - '0');
    if (!n) return false;
    s->fraction_digits = n < 6 ? n : 6;
    for (; n < 6; n++) s->micro *= 10;
    return true;
}

static void day_of_year(lc_stamp_text *s, int day)
{
    for (s->month = 1; s->month < MONTHS && day > lc_month_days(s->year, s->month); s->month++)
        day -= lc_month_days(s->year, s->month);
    s->day = day;
}

/* A week that the year does not have leaves a day that does not exist. */
static void day_of_week(lc_stamp_text *s, int week, int weekday)
{
    int64_t day;
    if (!lc_iso_week_day((lc_iso_week){s->year, week}, weekday, &day)) {
        s->day = 0;
        return;
    }
    lc_civil c = lc_civil_of(day * LC_MICROS_PER_DAY);
    s->year = c.year;
    s->month = c.month;
    s->day = c.day;
}

typedef struct cursor {
    const char *p;
    int day_in_year;
    int week, weekday; /* of the ISO week, week 0: none is named; weekday 0 = Monday */
    bool ended;        /* the zone is the last thing */
} cursor;

static bool take_part(lc_stamp_text *s, cursor *c, char letter)
{
    const char *before = c->p;
    int value;
    switch (letter) {
    case 'Y':
    case 'G': return take_digits(&c->p, 4, 4, &s->year);
    case 'y':
        if (!take_digits(&c->p, 2, 2, &value)) return false;
        s->year = value + (value < 69 ? 2000 : 1900);
        return true;
    case 'm':
        if (!take_digits(&c->p, 1, 2, &s->month)) return false;
        s->short_date |= c->p - before == 1;
        return true;
    case 'd':
        if (!take_digits(&c->p, 1, 2, &s->day)) return false;
        s->short_date |= c->p - before == 1;
        return true;
    case 'q':
        if (!take_digits(&c->p, 1, 1, &value) || value < 1 || value > 4) return false;
        s->month = 3 * value - 2;
        return true;
    case 'V':
        if (!take_digits(&c->p, 1, 2, &c->week) || c->week < 1 || c->week > 53) return false;
        s->short_date |= c->p - before == 1;
        return true;
    case 'u': return take_digits(&c->p, 1, 1, &c->weekday) && c->weekday >= 1 && c->weekday-- <= 7;
    case 'b':
    case 'B': s->month = lc_take_month_name(&c->p); return s->month > 0;
    case 'a':
    case 'A': return lc_take_day_name(&c->p);
    case 'H':
    case 'I':
        if (!take_digits(&c->p, 1, 2, &s->hour)) return false;
        s->short_hour |= c->p - before == 1;
        s->has_time = true;
        return true;
    case 'p': return lc_stamp_take_ampm(s, &c->p);
    case 'M': return take_digits(&c->p, 2, 2, &s->minute);
    case 'S': s->has_seconds = true; return take_digits(&c->p, 2, 2, &s->second);
    case 'f': return take_fraction(s, &c->p);
    case 'j': return take_digits(&c->p, 1, 3, &c->day_in_year) && c->day_in_year > 0;
    case 'z': c->ended = true; return lc_stamp_take_zone(s, c->p);
    case '%': return *c->p++ == '%';
    default: return false;
    }
}

static const char *after_flag(const char *pattern)
{
    return *pattern == '-' || *pattern == '^' ? pattern + 1 : pattern;
}

bool lc_pattern_read(lc_stamp_text *s, const char *pattern, const char *text)
{
    cursor c = {.p = text};
    memset(s, 0, sizeof *s);
    s->shape = LC_SHAPE_PATTERN;
    s->month = s->day = 1;
    for (; *pattern; pattern++) {
        if (c.ended) return false;
        if (*pattern == '%') {
            pattern = after_flag(pattern + 1);
            if (!take_part(s, &c, *pattern)) return false;
        } else if (*pattern == ' ') {
            if (*c.p != ' ') return false;
            while (*c.p == ' ') c.p++;
        } else if (*c.p++ != *pattern) {
            return false;
        }
    }
    if (!c.ended && *c.p) return false;
    if (c.day_in_year) day_of_year(s, c.day_in_year);
    if (c.week) day_of_week(s, c.week, c.weekday);
    return s->hour < 24 && s->minute < 60 && s->second < 60;
}

bool lc_pattern_check(const char *pattern, const char **bad)
{
    bool year = false;
    for (*bad = pattern; *pattern; pattern++) {
        if (*pattern != '%') continue;
        *bad = pattern;
        pattern = after_flag(pattern + 1);
        if (!*pattern || !strchr("YymdbBaAHIpMSfzjqGVu%", *pattern)) return false;
        if (*pattern == 'z' && pattern[1]) return false;
        year = year || strchr("YyG", *pattern);
    }
    if (!year) *bad = "";
    return year;
}

/* ---- writing ---- */

const char *lc_pattern_write(char out[LC_STAMP_TEXT], const lc_clock *c, const lc_civil *t)
{
    size_t n = 0;
    const lc_iso_week week = lc_iso_week_of(t);
    const int year = strstr(c->pattern, "%V") ? week.year : t->year;
    for (const char *p = c->pattern; *p; p++) {
        char text[32] = {*p, '\0'};
        if (*p == '%') {
            bool bare = p[1] == '-', capitals = p[1] == '^';
            p = after_flag(p + 1);
            int two = bare || ((*p == 'm' || *p == 'd' || *p == 'V') && !c->padded) ||
                              ((*p == 'H' || *p == 'I') && !c->padded_hour)
                          ? 1
                          : 2;
            const char *month = month_name[t->month - 1], *day = day_name[t->weekday];
            int offset = c->offset_minutes < 0 ? -c->offset_minutes : c->offset_minutes;
            switch (*p) {
            case 'Y':
            case 'G': snprintf(text, sizeof text, "%04d", year); break;
            case 'y': snprintf(text, sizeof text, "%02d", year % 100); break;
            case 'V': snprintf(text, sizeof text, "%0*d", two, week.week); break;
            case 'u': snprintf(text, sizeof text, "%d", t->weekday + 1); break;
            case 'q': snprintf(text, sizeof text, "%d", (t->month + 2) / 3); break;
            case 'm': snprintf(text, sizeof text, "%0*d", two, t->month); break;
            case 'd': snprintf(text, sizeof text, "%0*d", two, t->day); break;
            case 'b': snprintf(text, sizeof text, "%.3s", month); break;
            case 'B': snprintf(text, sizeof text, "%s", month); break;
            case 'a': snprintf(text, sizeof text, "%.3s", day); break;
            case 'A': snprintf(text, sizeof text, "%s", day); break;
            case 'H': snprintf(text, sizeof text, "%0*d", two, t->hour); break;
            case 'I': snprintf(text, sizeof text, "%0*d", two, (t->hour + 11) % 12 + 1); break;
            case 'M': snprintf(text, sizeof text, "%02d", t->minute); break;
            case 'S': snprintf(text, sizeof text, "%02d", t->second); break;
            case 'p':
                snprintf(text, sizeof text, "%s",
                         t->hour < 12     ? (c->ampm == 'a' ? "am" : "AM")
                         : c->ampm == 'a' ? "pm"
                                          : "PM");
                break;
            case 'j':
                snprintf(text, sizeof text, "%03d",
                         (int)(lc_day_number(t->year, t->month, t->day) - lc_day_number(t->year, 1, 1)) + 1);
                break;
            case 'f':
                snprintf(text, sizeof text, "%06d", t->micro);
                if (c->fraction_digits > 0) text[c->fraction_digits] = '\0';
                break;
            case 'z':
                if (c->zone == 1) snprintf(text, sizeof text, "Z");
                else if (c->zone == 4 && offset % 60 == 0)
                    snprintf(text, sizeof text, "%c%02d", c->offset_minutes < 0 ? '-' : '+', offset / 60);
                else
                    snprintf(text, sizeof text, "%c%02d%s%02d", c->offset_minutes < 0 ? '-' : '+', offset / 60,
                             c->zone == 3 ? "" : ":", offset % 60);
                break;
            default: text[0] = *p;
            }
            for (char *q = text; capitals && *q; q++)
                if (*q >= 'a' && *q <= 'z') *q = (char)(*q - 'a' + 'A');
        }
        size_t len = strlen(text);
        if (n + len + 1 > LC_STAMP_TEXT) break;
        memcpy(out + n, text, len);
        n += len;
    }
    out[n] = '\0';
    return out;
}
