#include "train/pace.h"

enum { FIRST_TRIAL = 16, LEAST_PATIENCE = 8, MOST_PATIENCE = 256 };

static const double block_seconds = 0.02; /* many steps, few enough to find out soon */
static const double poor = 0.6;   /* share of the speed that so many threads could have: worth a trial of fewer */
static const double better = 0.9; /* share of the time that makes another level the better one */

static size_t threads_at(const lc_pace *p, size_t level)
{
    size_t n = p->threads >> level;
    return n ? n : 1;
}

void lc_pace_begin(lc_pace *p, size_t threads)
{
    *p = (lc_pace){.threads = threads ? threads : 1, .levels = 1, .left = FIRST_TRIAL, .patience = LEAST_PATIENCE};
    while (threads_at(p, p->levels - 1) > 1 && p->levels < LC_PACE_LEVELS) p->levels++;
}

size_t lc_pace_threads(const lc_pace *p)
{
    return threads_at(p, p->tried);
}

size_t lc_pace_rows(const lc_pace *p)
{
    double row = p->seconds[p->tried] > 0 ? p->seconds[p->tried] : p->seconds[p->home];
    return row > 0 ? (size_t)(block_seconds / row) + 1 : 0;
}

/* How much faster the level is than a single thread, for each of its threads. */
static bool does_poorly(const lc_pace *p, size_t level)
{
    double alone = p->seconds[p->levels - 1];
    return alone > 0 && alone < poor * p->seconds[level] * (double)threads_at(p, level);
}

/* The next block is a trial of a neighbour, or of one thread where that is not known. */
static void plan_trial(lc_pace *p)
{
    size_t last = p->levels - 1;
    bool fewer = p->home < last && does_poorly(p, p->home), more = p->home > 0;
    p->left = p->patience;
    if (p->seconds[last] <= 0) p->tried = last;
    else if (fewer && !(more && p->up)) p->tried = p->home + 1;
    else if (more) p->tried = p->home - 1;
    p->up = !p->up;
}

void lc_pace_note(lc_pace *p, size_t rows, double seconds)
{
    if (!rows || p->levels == 1) return;
    p->seconds[p->tried] = seconds / (double)rows;
    if (p->tried == p->home) {
        if (p->left) p->left--;
        if (!p->left) plan_trial(p);
        return;
    }
    bool pays = p->seconds[p->tried] < better * p->seconds[p->home];
    p->patience = pays ? LEAST_PATIENCE : p->patience < MOST_PATIENCE / 2 ? 2 * p->patience : MOST_PATIENCE;
    if (pays) p->home = p->tried;
    p->tried = p->home;
    p->left = p->patience;
}
