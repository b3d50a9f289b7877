#include "data/iso_week.h"

#include "data/calendar.h"

/* The Monday of the year's first week. */
static int64_t first_monday(int64_t year)
{
    int64_t fourth = lc_day_number(year, 1, 4);
    return fourth - lc_floor_mod(fourth + 3, 7);
}

lc_iso_week lc_iso_week_of(const lc_civil *day)
{
    /* A week belongs to the year of its Thursday. */
    int64_t here = lc_day_number(day->year, day->month, day->day), thursday = here - day->weekday + 3;
    int year = lc_civil_of(lc_mul_clamped(thursday, LC_MICROS_PER_DAY)).year;
    return (lc_iso_week){year, (int)((thursday - first_monday(year)) / 7) + 1};
}

bool lc_iso_week_day(lc_iso_week w, int weekday, int64_t *out)
{
    int64_t day = first_monday(w.year) + 7 * ((int64_t)w.week - 1) + weekday;
    *out = day;
    return w.week >= 1 && first_monday(w.year) + 7 * ((int64_t)w.week - 1) < first_monday((int64_t)w.year + 1);
}
