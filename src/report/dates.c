/* Date ticks. All times are UTC, as the data's stamps are. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "report/axis.h"

typedef enum unit { SECOND, MINUTE, HOUR, DAY, MONTH, YEAR } unit;

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Steps between ticks that read well, finest first; 7 and 14 days fall on Mondays. */
static const struct {
    unit unit;
    int multiple;
    double seconds;
    int columns; /* of a label with a gap beside it */
} steps[] = {
    {SECOND, 1, 1, 11},         {SECOND, 5, 5, 11},          {SECOND, 10, 10, 11},        {SECOND, 30, 30, 11},
    {MINUTE, 1, 60, 7},         {MINUTE, 5, 300, 7},         {MINUTE, 10, 600, 7},        {MINUTE, 30, 1800, 7},
    {HOUR, 1, 3600, 7},         {HOUR, 3, 10800, 7},         {HOUR, 6, 21600, 7},         {HOUR, 12, 43200, 7},
    {DAY, 1, 86400, 8},         {DAY, 2, 172800, 8},         {DAY, 4, 345600, 8},         {DAY, 7, 604800, 8},
    {DAY, 14, 1209600, 8},      {MONTH, 1, 2629800, 10},     {MONTH, 2, 5259600, 10},     {MONTH, 3, 7889400, 10},
    {MONTH, 6, 15778800, 10},   {YEAR, 1, 31557600, 7},      {YEAR, 2, 63115200, 7},      {YEAR, 5, 157788000, 7},
    {YEAR, 10, 315576000, 7},   {YEAR, 20, 631152000, 7},    {YEAR, 50, 1577880000, 7},   {YEAR, 100, 3155760000, 7},
    {YEAR, 200, 6311520000, 7}, {YEAR, 500, 15778800000, 7}, {YEAR, 1000, 31557600000, 7}};

static bool civil(double seconds, struct tm *out)
{
    /* Years -1000 to 9999. */
    if (!(seconds >= -93724000000. && seconds < 253402300800.)) return false;
    time_t whole = (time_t)floor(seconds);
    return gmtime_r(&whole, out) != NULL;
}

static double of_month(int year, int month)
{
    struct tm t = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = 1};
    return (double)timegm(&t);
}

static int floor_to(int v, int multiple)
{
    int rest = v % multiple;
    return v - (rest < 0 ? rest + multiple : rest);
}

/* The last tick at or before x. */
static double align(double x, unit u, int multiple, double step)
{
    static const double monday = 4 * 86400.; /* 1970-01-05 */
    struct tm t;
    if (u == DAY && multiple % 7 == 0) return floor((x - monday) / step) * step + monday;
    if (u <= DAY) return floor(x / step) * step;
    if (!civil(x, &t)) return x;
    int year = t.tm_year + 1900;
    return u == MONTH ? of_month(year, floor_to(t.tm_mon, multiple)) : of_month(floor_to(year, multiple), 0);
}

static double next(double x, unit u, int multiple, double step)
{
    struct tm t;
    if (u <= DAY) return x + step;
    if (!civil(x, &t)) return x + step;
    return u == MONTH ? of_month(t.tm_year + 1900, t.tm_mon + multiple) : of_month(t.tm_year + 1900 + multiple, 0);
}

static void first_line(char *out, size_t room, double x, unit u)
{
    struct tm t;
    *out = '\0';
    if (!civil(x, &t)) return;
    switch (u) {
    case SECOND: snprintf(out, room, "%02d:%02d:%02d", t.tm_hour, t.tm_min, t.tm_sec); break;
    case MINUTE:
    case HOUR: snprintf(out, room, "%02d:%02d", t.tm_hour, t.tm_min); break;
    case DAY: snprintf(out, room, "%s %d", months[t.tm_mon], t.tm_mday); break;
    case MONTH: snprintf(out, room, "%s %d", months[t.tm_mon], t.tm_year + 1900); break;
    case YEAR: snprintf(out, room, "%d", t.tm_year + 1900); break;
    }
}

/* Below the first line stands what the ticks leave open, where it changes: the day of an hour, the year of
 * a day. The first one written carries the year too. */
static void second_lines(lc_ticks *t, unit u, double columns_a_second)
{
    struct tm now, before = {0};
    double last_end = -1e300;
    bool year_said = false;
    for (size_t i = 0; i < t->n; i++) {
        lc_tick *tick = t->tick + i;
        if (!civil(tick->at, &now)) return;
        bool change = i == 0 || now.tm_year != before.tm_year || (u < DAY && now.tm_yday != before.tm_yday);
        before = now;
        if (!change) continue;
        char text[24];
        bool year = !year_said || now.tm_yday == 0;
        if (u == DAY) snprintf(text, sizeof text, "%d", now.tm_year + 1900);
        else if (year) snprintf(text, sizeof text, "%s %d, %d", months[now.tm_mon], now.tm_mday, now.tm_year + 1900);
        else snprintf(text, sizeof text, "%s %d", months[now.tm_mon], now.tm_mday);
        double half = ((double)strlen(text) + 1) / 2, at = tick->at * columns_a_second;
        /* The first tick gives way to a change close behind it. */
        if (i == 0 && u < DAY) {
            double until = ceil(tick->at / 86400) * 86400;
            if (until > tick->at && t->n > 1 && until <= t->tick[t->n - 1].at &&
                until * columns_a_second - at < half + 7)
                continue;
        }
        if (at - half < last_end) continue;
        last_end = at + half;
        year_said = true;
        size_t used = strlen(tick->label);
        snprintf(tick->label + used, sizeof tick->label - used, "\\n%s", text);
    }
}

/* Spans under some seconds: plain decimal steps, written as a time with a fraction. */
static void fractions(lc_ticks *t, const lc_range *r, int columns)
{
    double base = floor(r->lo);
    lc_range within = {.lo = r->lo - base, .hi = r->hi - base, .any = true};
    lc_ticks_numbers(t, &within, columns / 16 < 2 ? 2 : columns / 16, false);
    for (size_t i = 0; i < t->n; i++) {
        struct tm now;
        double milli = rint(t->tick[i].at * 1000), x = base + milli / 1000;
        if (civil(x, &now))
            snprintf(t->tick[i].label, LC_TICK_TEXT, "%02d:%02d:%02d.%03d", now.tm_hour, now.tm_min, now.tm_sec,
                     (int)fmod(milli, 1000));
        t->tick[i].at += base;
    }
    second_lines(t, SECOND, columns / (r->hi - r->lo));
}

bool lc_ticks_dates(lc_ticks *t, const lc_range *r, int columns)
{
    struct tm probe;
    t->n = 0;
    double span = r->hi - r->lo;
    if (!civil(r->lo, &probe) || !civil(r->hi, &probe) || !(span > 0)) return false;
    if (span < 3) {
        fractions(t, r, columns);
        return true;
    }
    size_t n = sizeof steps / sizeof steps[0], i = 0;
    for (; i + 1 < n; i++) {
        double ticks = span / steps[i].seconds;
        if (steps[i].unit == DAY && steps[i].multiple == 4 && span >= 21 * 86400.) continue; /* weeks read better */
        if (ticks * steps[i].columns <= columns && ticks <= 12) break;
    }
    unit u = steps[i].unit;
    int multiple = steps[i].multiple;
    double step = steps[i].seconds, x = align(r->lo, u, multiple, step);
    for (; x <= r->hi && t->n < LC_TICKS_MOST; x = next(x, u, multiple, step)) {
        if (x < r->lo) continue;
        lc_tick *tick = t->tick + t->n++;
        tick->at = x;
        first_line(tick->label, sizeof tick->label, x, u);
    }
    if (u <= DAY) second_lines(t, u, columns / span);
    return true;
}

void lc_date_label(char out[LC_TICK_TEXT], double seconds, double span)
{
    struct tm t;
    *out = '\0';
    if (!civil(seconds, &t)) return;
    bool midnight = t.tm_hour == 0 && t.tm_min == 0 && t.tm_sec == 0;
    if (span > 20 * 365.25 * 86400 && midnight && t.tm_yday == 0) snprintf(out, LC_TICK_TEXT, "%d", t.tm_year + 1900);
    else if (span > 400 * 86400. && midnight && t.tm_mday == 1)
        snprintf(out, LC_TICK_TEXT, "%s %d", months[t.tm_mon], t.tm_year + 1900);
    else if (midnight) snprintf(out, LC_TICK_TEXT, "%s %d, %d", months[t.tm_mon], t.tm_mday, t.tm_year + 1900);
    else if (span < 600)
        snprintf(out, LC_TICK_TEXT, "%s %d, %02d:%02d:%02d", months[t.tm_mon], t.tm_mday, t.tm_hour, t.tm_min,
                 t.tm_sec);
    else snprintf(out, LC_TICK_TEXT, "%s %d, %02d:%02d", months[t.tm_mon], t.tm_mday, t.tm_hour, t.tm_min);
}
