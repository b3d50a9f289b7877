/* Which pattern a stamp follows. */
#include <string.h>

#include "data/pattern.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

typedef struct pattern_text {
    char *out;
    size_t n;
} pattern_text;

static bool put(pattern_text *o, const char *text)
{
    size_t n = strlen(text);
    if (o->n + n + 1 > LC_PATTERN_ROOM) return false;
    memcpy(o->out + o->n, text, n + 1);
    o->n += n;
    return true;
}

/* A word is a month's or weekday's name; *month is set by the first. */
static bool guess_word(pattern_text *o, const char **p, bool *month)
{
    const char *word = *p;
    size_t len = 0;
    while (is_letter(word[len])) len++;
    bool capitals = word[1] >= 'A' && word[1] <= 'Z';
    if (!*month && lc_take_month_name(p)) {
        *month = true;
        return put(o, capitals                                                     ? (len > 4 ? "%^B" : "%^b")
                      : len > 4 || (len == 4 && strncasecmp(word, "sept", 4) != 0) ? "%B"
                                                                                   : "%b");
    }
    if (lc_take_day_name(p)) return put(o, capitals ? (len > 3 ? "%^A" : "%^a") : len > 3 ? "%A" : "%a");
    return false;
}

/* HH:MM[:SS[.f]][ AM][zone] */
static bool guess_time(pattern_text *o, const char *p)
{
    lc_stamp_text s;
    char iso[80] = "2000-01-01 ";
    if (strlen(p) + strlen(iso) >= sizeof iso) return false;
    strcat(iso, p);
    if (!lc_stamp_take_apart(&s, iso) || !s.has_time) return false;
    if (!put(o, s.ampm ? "%I:%M" : "%H:%M") || (s.has_seconds && !put(o, ":%S"))) return false;
    if (s.fraction_digits && !put(o, strchr(p, ',') ? ",%f" : ".%f")) return false;
    if (s.ampm && !put(o, s.ampm_space ? " %p" : "%p")) return false;
    const char *zone = strpbrk(p, "+-");
    if (s.zone && zone && zone > p && zone[-1] == ' ' && !put(o, " ")) return false;
    return !s.zone || put(o, "%z");
}

/* A stamp that names its month. */
static bool guess_month(char out[LC_PATTERN_ROOM], const char *text)
{
    pattern_text o = {out, 0};
    bool month = false, day = false, year = false;
    const char *p = text;
    out[0] = '\0';
    while (*p) {
        size_t digits = 0;
        while (is_digit(p[digits])) digits++;
        bool ok;
        if (digits && p[digits] == ':') return month && year && guess_time(&o, p);
        if (digits == 4 && !year) {
            ok = put(&o, "%Y");
            year = true;
            p += 4;
        } else if ((digits == 1 || digits == 2) && !day && (p != text || is_letter(text[0]) || p[digits])) {
            ok = put(&o, "%d");
            day = true;
            p += digits;
        } else if (digits == 2 && !year) {
            ok = put(&o, "%y");
            year = true;
            p += 2;
        } else if (digits) {
            return false;
        } else if (is_letter(*p)) {
            if ((*p == 'T' || *p == 't') && is_digit(p[1])) {
                const char letter[2] = {*p++, '\0'};
                ok = put(&o, letter);
            } else {
                ok = guess_word(&o, &p, &month);
            }
        } else {
            if (!strchr(" -/.,", *p)) return false;
            const char mark[2] = {*p, '\0'};
            ok = put(&o, mark);
            while (*p == ' ' && p[1] == ' ') p++;
            p++;
        }
        if (!ok) return false;
    }
    /* "Jan-24" and "Jan 24": month and year, since no year stands elsewhere. */
    if (month && day && !year) {
        char *d = strstr(out, "%d");
        if (d) d[1] = 'y';
        year = true;
    }
    return month && year;
}

bool lc_pattern_guess_time(char out[LC_PATTERN_ROOM], const char *text)
{
    pattern_text o = {out, 0};
    out[0] = '\0';
    return guess_time(&o, text);
}

/* ---- quarters, weeks ---- */

static size_t count_digits(const char *p)
{
    size_t n = 0;
    while (is_digit(p[n])) n++;
    return n;
}

static bool is_quarter(const char *p)
{
    return *p >= '1' && *p <= '4';
}

static bool is_either(char c, char upper)
{
    return c == upper || c == upper - 'A' + 'a';
}

/* A quarter or a week at *p; false: there is none. */
static bool take_period(pattern_text *o, const char **p, bool *week)
{
    const char *at = *p;
    const char first[2] = {at[0], '\0'}, second[2] = {at[0] ? at[1] : '\0', '\0'};
    const size_t behind = count_digits(at + 1);
    if (is_either(*at, 'Q') && behind == 1 && is_quarter(at + 1)) {
        *p += 2;
        return put(o, first) && put(o, "%q");
    }
    if (is_quarter(at) && is_either(at[1], 'Q')) {
        *p += 2;
        return put(o, "%q") && put(o, second);
    }
    if (is_either(*at, 'W') && (behind == 1 || behind == 2)) {
        *week = true;
        *p += 1 + behind;
        return put(o, first) && put(o, "%V");
    }
    return false;
}

static bool guess_period(char out[LC_PATTERN_ROOM], const char *text)
{
    pattern_text o = {out, 0};
    bool year = false, period = false, week = false;
    out[0] = '\0';
    for (const char *p = text; *p;) {
        const char mark[2] = {*p, '\0'};
        bool ok;
        if (p != text && strchr(" -/_.", *p)) {
            ok = put(&o, mark);
            p++;
        } else if (!year && count_digits(p) == 4) {
            ok = year = put(&o, "%Y");
            p += 4;
        } else if (week && is_digit(*p) && !p[1]) {
            ok = put(&o, "%u");
            p++;
        } else {
            ok = !period && take_period(&o, &p, &week);
            period = true;
        }
        if (!ok) return false;
    }
    char *at = strstr(out, "%Y");
    if (week && at) at[1] = 'G';
    lc_stamp_text s;
    return year && period && lc_pattern_read(&s, out, text);
}

/* 2020.01.31, which is day first nowhere. */
static bool guess_dotted(char out[LC_PATTERN_ROOM], const char *text)
{
    static const char date[] = "%Y.%m.%d";
    const size_t month = count_digits(text) == 4 && text[4] == '.' ? count_digits(text + 5) : 0;
    if (month < 1 || month > 2 || text[5 + month] != '.') return false;
    const char *end = text + 6 + month + count_digits(text + 6 + month);
    pattern_text o = {out, 0};
    lc_stamp_text s;
    if (!put(&o, date)) return false;
    if (*end && (*end != ' ' || !put(&o, " ") || !guess_time(&o, end + 1))) return false;
    return lc_pattern_read(&s, out, text) && lc_stamp_date_exists(&s);
}

bool lc_pattern_guess(char out[LC_PATTERN_ROOM], const char *text)
{
    return guess_month(out, text) || guess_period(out, text) || guess_dotted(out, text);
}

const char *lc_pattern_of_pair(char out[LC_PATTERN_OPTION], const lc_clock *c, bool day_first)
{
    const char mark = c->mark == '-' ? '-' : '/', *quote = c->has_time && c->separator == ' ' ? "\"" : "";
    char time[32] = "";
    if (c->has_time)
        snprintf(time, sizeof time, "%c%s%s%s%s%s", c->separator, c->ampm ? "%I:%M" : "%H:%M",
                 c->has_seconds ? ":%S" : "", c->fraction_digits ? ".%f" : "",
                 !c->ampm        ? ""
                 : c->ampm_space ? " %p"
                                 : "%p",
                 c->zone ? "%z" : "");
    snprintf(out, LC_PATTERN_OPTION, "%s%s%c%s%c%%Y%s%s", quote, day_first ? "%d" : "%m", mark, day_first ? "%m" : "%d",
             mark, time, quote);
    return out;
}
