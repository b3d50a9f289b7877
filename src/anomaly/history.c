#include "anomaly/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/calendar.h"

enum { FIRST_ROOM = 1024, STEPS_LOOKED_AT = 256 };

void lc_history_free(lc_history *h)
{
    lc_free(h->y);
    lc_free(h->given);
    lc_free(h->z);
    lc_free(h->stamp);
    lc_free(h->calendar);
    *h = (lc_history){.with_given = h->with_given};
}

/* Twice the room. Nothing has been overwritten yet, so that rows keep their places. */
static bool grow(lc_history *h)
{
    size_t room = h->room ? 2 * h->room : FIRST_ROOM;
    lc_history to = {.y = lc_calloc(room, sizeof *to.y),
                     .z = lc_calloc(room, sizeof *to.z),
                     .stamp = lc_calloc(room, sizeof *to.stamp),
                     .calendar = lc_calloc(room * LC_CALENDAR_TERMS, sizeof *to.calendar)};
    to.with_given = h->with_given;
    if (to.with_given) to.given = lc_calloc(room, sizeof *to.given);
    if ((to.with_given && !to.given) || !to.y || !to.z || !to.stamp || !to.calendar) {
        lc_history_free(&to);
        return false;
    }
    if (h->room) {
        memcpy(to.y, h->y, h->room * sizeof *h->y);
        if (to.given) memcpy(to.given, h->given, h->room * sizeof *h->given);
        memcpy(to.z, h->z, h->room * sizeof *h->z);
        memcpy(to.stamp, h->stamp, h->room * sizeof *h->stamp);
        memcpy(to.calendar, h->calendar, h->room * LC_CALENDAR_TERMS * sizeof *h->calendar);
    }
    to.count = h->count;
    to.known = h->known;
    to.cycles = h->cycles;
    to.room = room;
    lc_history_free(h);
    *h = to;
    return true;
}

bool lc_history_reserve(lc_history *h, uint64_t rows)
{
    while (h->room < rows && h->room < LC_HISTORY_ROWS)
        if (!grow(h)) return false;
    return true;
}

/* Sines and cosines of the first `harmonics` of a cycle at this phase in [0, 1), by the addition theorem. */
static float *add_harmonics(float *to, double phase, size_t harmonics)
{
    const double two_pi = 6.283185307179586477;
    const double s1 = sin(two_pi * phase), c1 = cos(two_pi * phase);
    double s = s1, c = c1;
    for (size_t k = 0; k < harmonics; k++) {
        *to++ = (float)s;
        *to++ = (float)c;
        double next = s * c1 + c * s1;
        c = c * c1 - s * s1;
        s = next;
    }
    return to;
}

static double phase_of(lc_stamp t, int64_t length)
{
    return (double)lc_floor_mod(t, length) / (double)length;
}

static double phase_of_year(lc_stamp t)
{
    const lc_civil c = lc_civil_of(t);
    const int64_t begin = lc_mul_clamped(lc_day_number(c.year, 1, 1), LC_MICROS_PER_DAY);
    const int64_t end = lc_mul_clamped(lc_day_number(c.year + 1, 1, 1), LC_MICROS_PER_DAY);
    return (double)(t - begin) / (double)(end - begin);
}

static void fill(lc_history *h, uint64_t row)
{
    const size_t at = lc_history_at(h, row);
    float *to = h->calendar + at * LC_CALENDAR_TERMS;
    const lc_stamp t = h->stamp[at];
    switch (h->cycles) {
    case LC_CYCLES_NONE: break;
    case LC_CYCLES_DAY: {
        float day[8], week[2];
        add_harmonics(day, phase_of(t, LC_MICROS_PER_DAY), 4);
        add_harmonics(week, phase_of(t, 7 * LC_MICROS_PER_DAY), 1);
        memcpy(to, day, 2 * sizeof *to); /* inputs of the network: day, week, half a day */
        memcpy(to + 2, week, sizeof week);
        memcpy(to + 4, day + 2, 6 * sizeof *to);
        break;
    }
    case LC_CYCLES_WEEK: add_harmonics(to, phase_of(t, 7 * LC_MICROS_PER_DAY), 3); break;
    case LC_CYCLES_YEAR: add_harmonics(to, phase_of_year(t), 3); break;
    }
}

lc_code lc_history_open(lc_history *h, lc_stamp stamp, lc_status *st)
{
    if (h->count == h->room && h->room < LC_HISTORY_ROWS && !grow(h)) return lc_fail_memory(st);
    const size_t at = lc_history_at(h, h->count);
    h->y[at] = 0;
    h->z[at] = 0;
    if (h->given) h->given[at] = NAN;
    h->stamp[at] = stamp;
    fill(h, h->count);
    h->count++;
    return LC_OK;
}

static int ascending(const void *a, const void *b)
{
    const lc_stamp x = *(const lc_stamp *)a, y = *(const lc_stamp *)b;
    return (x > y) - (x < y);
}

lc_cycles lc_history_cycles(const lc_history *h, bool stamps)
{
    lc_stamp step[STEPS_LOOKED_AT];
    size_t n = 0;
    const uint64_t first = lc_history_first(h);
    for (uint64_t r = first + 1; stamps && r < h->count && n < STEPS_LOOKED_AT; r++)
        step[n++] = lc_sub_clamped(h->stamp[lc_history_at(h, r)], h->stamp[lc_history_at(h, r - 1)]);
    if (!n) return LC_CYCLES_NONE;
    qsort(step, n, sizeof *step, ascending);
    const lc_stamp usual = step[n / 2];
    if (usual <= 0) return LC_CYCLES_NONE;
    return usual < LC_MICROS_PER_DAY / 2   ? LC_CYCLES_DAY
           : usual < 4 * LC_MICROS_PER_DAY ? LC_CYCLES_WEEK
                                           : LC_CYCLES_YEAR;
}

void lc_history_set_cycles(lc_history *h, lc_cycles c)
{
    h->cycles = c;
    for (uint64_t r = lc_history_first(h); r < h->count; r++) fill(h, r);
}
