/* The front of the season search: which periods a frequency suggests. */
#include "data/season.h"

#include "base/memory.h"

lc_code lc_season_find(lc_season *out, const double *y, size_t n, const lc_freq *f, lc_status *st)
{
    if (f->unit == LC_FREQ_STEP) return lc_season_find_free(out, y, n, st);
    size_t periods[4];
    size_t count = lc_freq_seasons(f, periods);
    return lc_season_find_periods(out, y, n, periods, count, st);
}

lc_code lc_season_of(lc_season *out, const lc_series *s, size_t n, const lc_freq *f, lc_status *st)
{
    size_t used = n < LC_SEASON_VALUES ? n : LC_SEASON_VALUES;
    double *tail = lc_calloc(used, sizeof *tail);
    if (!tail) return lc_fail_memory(st);
    lc_code code = lc_season_find(out, lc_numbers_copy(tail, s->y, n - used, used), used, f, st);
    lc_free(tail);
    return code;
}
