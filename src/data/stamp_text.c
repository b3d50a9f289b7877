#include "data/stamp_text.h"

#include <string.h>

#include "data/calendar.h"

/* Steps stay far inside int64_t so that differences between any two of them do, too. */
#define LARGEST_INTEGER INT64_C(1000000000000000)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads least..most digits; returns how many there were, 0 when too few or too many. */
static int take_number(const char **p, int least, int most, int *out)
{
    int n = 0, value = 0;
    while (is_digit((*p)[n])) {
        if (n == most) return 0;
        value = value * 10 + ((*p)[n++] - '0');
    }
    if (n < least) return 0;
    *p += n;
    *out = value;
    return n;
}

static bool take_integer(lc_stamp_text *s, const char *text)
{
    bool negative = *text == '-';
    const char *p = text + negative;
    s->shape = LC_SHAPE_INTEGER;
    for (; is_digit(*p); p++) {
        if (s->integer > LARGEST_INTEGER / 10) return false;
        s->integer = s->integer * 10 + (*p - '0');
        s->digits++;
    }
    if (*p || !s->digits || s->integer > LARGEST_INTEGER) return false;
    if (negative) s->integer = -s->integer;
    return true;
}

/* "Z", "+HH:MM", "+HHMM", "+HH" at the end of the text. */
bool lc_stamp_take_zone(lc_stamp_text *s, const char *p)
{
    if ((*p == 'Z' || *p == 'z') && !p[1]) {
        s->zone = 1;
        return true;
    }
    if (*p != '+' && *p != '-') return false;
    bool west = *p++ == '-';
    int hours, minutes = 0;
    if (!is_digit(p[0]) || !is_digit(p[1])) return false;
    hours = (p[0] - '0') * 10 + (p[1] - '0');
    p += 2;
    s->zone = 4;
    if (*p) {
        s->zone = *p == ':' ? 2 : 3;
        if (*p == ':') p++;
        if (take_number(&p, 2, 2, &minutes) != 2 || *p) return false;
    }
    if (hours > 18 || minutes > 59) return false;
    s->offset_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

/* Digits of a second's fraction; those below a microsecond must be zero. */
static bool take_fraction(lc_stamp_text *s, const char **p)
{
    int n = 0;
    for (; is_digit(**p); (*p)++, n++) {
        if (n < 6) s->micro = s->micro * 10 + (**p - '0');
        else if (n >= 9 || **p != '0') return false;
    }
    if (!n) return false;
    s->fraction_digits = n < 6 ? n : 6;
    for (; n < 6; n++) s->micro *= 10;
    return true;
}

bool lc_stamp_take_ampm(lc_stamp_text *s, const char **p)
{
    const char *at = *p;
    bool space = *at == ' ';
    if (space) at++;
    bool afternoon = *at == 'P' || *at == 'p';
    if (!afternoon && *at != 'A' && *at != 'a') return false;
    if ((at[1] != 'M' && at[1] != 'm') || s->hour < 1 || s->hour > 12) return false;
    s->ampm = *at == 'P' || *at == 'A' ? 'A' : 'a';
    s->ampm_space = space;
    s->hour = s->hour % 12 + (afternoon ? 12 : 0);
    *p = at + 2;
    return true;
}

static bool take_time(lc_stamp_text *s, const char *p)
{
    int n = take_number(&p, 1, 2, &s->hour);
    if (!n || *p++ != ':') return false;
    s->has_time = true;
    s->short_hour = n == 1;
    if (!take_number(&p, 2, 2, &s->minute)) return false;
    if (*p == ':') {
        p++;
        if (!take_number(&p, 2, 2, &s->second)) return false;
        s->has_seconds = true;
        if (*p == '.' || *p == ',') {
            p++;
            if (!take_fraction(s, &p)) return false;
        }
    }
    if (s->hour > 23 || s->minute > 59 || s->second > 59) return false;
    lc_stamp_take_ampm(s, &p);
    if (*p == ' ' && (p[1] == '+' || p[1] == '-')) p++;
    return !*p || lc_stamp_take_zone(s, p);
}

bool lc_stamp_take_apart(lc_stamp_text *out, const char *text)
{
    memset(out, 0, sizeof *out);
    lc_stamp_text *s = out;
    const char *p = text;
    int first, second, third;
    int n1 = take_number(&p, 1, 4, &first);
    char mark = *p;
    if (!n1 || (mark != '-' && mark != '/' && mark != '.')) return take_integer(s, text);
    p++;
    int n2 = take_number(&p, 1, 2, &second);
    if (!n2) return false;
    if (mark == '-' && n1 == 4 && !*p) {
        s->shape = LC_SHAPE_MONTH;
        s->year = first, s->month = second, s->day = 1;
        s->short_date = n2 == 1;
        return true;
    }
    if (*p++ != mark) return false;
    int n3 = take_number(&p, 1, 4, &third);
    if (n1 == 4 && mark != '.' && (n3 == 1 || n3 == 2)) {
        s->shape = mark == '-' ? LC_SHAPE_DASHED : LC_SHAPE_SLASHED;
        s->year = first, s->month = second, s->day = third;
        s->short_date = n2 == 1 || n3 == 1;
    } else if (n1 <= 2 && n3 == 4) {
        s->shape = mark == '.' ? LC_SHAPE_DOTTED : LC_SHAPE_PAIR;
        s->month = mark == '.' ? second : first;
        s->day = mark == '.' ? first : second;
        s->year = third;
        s->mark = mark;
        s->short_date = n1 == 1 || n2 == 1;
    } else {
        return false;
    }
    if (!*p) return true;
    if (*p != ' ' && *p != 'T' && *p != 't') return false;
    s->separator = *p == ' ' ? ' ' : 'T';
    return take_time(s, p + 1);
}

bool lc_stamp_date_exists(const lc_stamp_text *s)
{
    return s->year >= 1 && s->month >= 1 && s->month <= 12 && s->day >= 1 && s->day <= lc_month_days(s->year, s->month);
}
