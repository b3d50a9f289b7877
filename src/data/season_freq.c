/* The front of the season search: which periods a frequency suggests. */
#include "data/season.h"

lc_code lc_season_find(lc_season *out, const double *y, size_t n, const lc_freq *f, lc_status *st)
{
    if (f->unit == LC_FREQ_STEP) return lc_season_find_free(out, y, n, st);
    size_t periods[4];
    size_t count = lc_freq_seasons(f, periods);
    return lc_season_find_periods(out, y, n, periods, count, st);
}
