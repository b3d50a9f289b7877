#include "data/runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool lc_runs_add(lc_runs *r, size_t row, size_t value)
{
    if (!LC_GROW(&r->run, &r->cap, r->n + 1)) return false;
    r->run[r->n++] = (lc_run){row, value};
    return true;
}

size_t lc_runs_find(const lc_runs *r, size_t row)
{
    size_t lo = 0, hi = r->n; /* run[lo].row <= row < run[hi].row */
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (r->run[mid].row <= row) lo = mid;
        else hi = mid;
    }
    return lo;
}

void lc_runs_free(lc_runs *r)
{
    free(r->run);
    memset(r, 0, sizeof *r);
}
