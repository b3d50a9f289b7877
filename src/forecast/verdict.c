#include "forecast/verdict.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "forecast/compare.h"

lc_code lc_duels_create(lc_duels *d, size_t origins, size_t rivals, lc_status *st)
{
    size_t n;
    *d = (lc_duels){.origins = origins, .rivals = rivals};
    if (lc_mul(origins, rivals, &n)) d->duel = lc_calloc(n, sizeof *d->duel);
    return d->duel ? LC_OK : lc_fail_memory(st);
}

void lc_duels_free(lc_duels *d)
{
    lc_free(d->duel);
    *d = (lc_duels){0};
}

void lc_duels_add(lc_duels *d, size_t origin, size_t rival, const double *truth, const double *mine,
                  const double *theirs, double scale)
{
    lc_duel *one = &d->duel[origin * d->rivals + rival];
    const bool scalable = scale > 0 && isfinite(scale);
    for (size_t h = 0; h < d->horizon; h++) {
        if (isnan(truth[h])) continue;
        const double my_error = fabs(truth[h] - mine[h]), their_error = fabs(truth[h] - theirs[h]);
        one->mine += my_error;
        one->theirs += their_error;
        one->steps++;
        if (!scalable) continue;
        one->my_scaled += my_error / scale;
        one->their_scaled += their_error / scale;
        one->scaled_steps++;
    }
}

static lc_duel sum_of(const lc_duels *d, size_t rival)
{
    lc_duel sum = {0};
    for (size_t i = 0; i < d->origins; i++) {
        const lc_duel *one = &d->duel[i * d->rivals + rival];
        sum.mine += one->mine;
        sum.theirs += one->theirs;
        sum.steps += one->steps;
        sum.my_scaled += one->my_scaled;
        sum.their_scaled += one->their_scaled;
        sum.scaled_steps += one->scaled_steps;
    }
    return sum;
}

static size_t steps_of(const lc_duel *one, bool scaled)
{
    return scaled ? one->scaled_steps : one->steps;
}

static double my_error(const lc_duel *one, bool scaled)
{
    return scaled ? one->my_scaled : one->mine;
}

static double their_error(const lc_duel *one, bool scaled)
{
    return scaled ? one->their_scaled : one->theirs;
}

/* Mine over theirs: the rival with the largest is the best one. */
static double ratio_of(const lc_duel *sum, bool scaled)
{
    const double mine = my_error(sum, scaled), theirs = their_error(sum, scaled);
    if (!steps_of(sum, scaled) || isnan(mine) || isnan(theirs)) return NAN;
    if (theirs > 0) return mine / theirs;
    return mine > 0 ? INFINITY : 1;
}

double lc_duels_ratio(const lc_duels *d, size_t rival, bool scaled)
{
    const lc_duel sum = sum_of(d, rival);
    return ratio_of(&sum, scaled);
}

size_t lc_duels_best(const lc_duels *d, bool *scaled)
{
    size_t best = SIZE_MAX;
    double most = -INFINITY;
    *scaled = false;
    for (size_t k = 0; k < d->rivals; k++)
        if (sum_of(d, k).scaled_steps) *scaled = true;
    for (size_t k = 0; k < d->rivals; k++) {
        const double ratio = lc_duels_ratio(d, k, *scaled);
        if (isnan(ratio) || !(ratio > most)) continue;
        most = ratio;
        best = k;
    }
    return best;
}

/* Origins in a row whose windows share steps: at distance k the rows between two of one series are k times the stride,
 * of series whose origins are not at the same times as little as one row more than one stride less. */
static size_t reach_of(const lc_duels *d, size_t every)
{
    const size_t stride = d->stride * every;
    if (d->horizon < 2) return 1;
    return d->aligned ? (d->horizon - 1) / stride + 1 : (d->horizon - 2) / stride + 2;
}

lc_code lc_verdict_of(lc_verdict *out, const lc_duels *d, size_t best, bool scaled, size_t every, size_t naive,
                      lc_status *st)
{
    const lc_duel sum = sum_of(d, best);
    const double steps = (double)steps_of(&sum, scaled);
    double *difference = lc_calloc(d->origins, sizeof *difference);
    lc_comparison c;
    size_t n = 0;
    if (!difference) return lc_fail_memory(st);
    for (size_t i = 0; i < d->origins; i++) {
        const lc_duel *one = &d->duel[i * d->rivals + best];
        if (steps_of(one, scaled)) difference[n++] = my_error(one, scaled) - their_error(one, scaled);
    }
    for (size_t i = 0; i < n; i++) difference[i] /= steps / (double)n;
    lc_compare(&c, difference, n, reach_of(d, every));
    lc_free(difference);
    snprintf(out->measure, sizeof out->measure, "%s", scaled ? "MASE" : "MAE");
    out->error = my_error(&sum, scaled) / steps;
    out->baseline_error = their_error(&sum, scaled) / steps;
    out->against_naive = naive < d->rivals ? lc_duels_ratio(d, naive, scaled) : NAN;
    out->origins = n;
    out->statistic = c.statistic;
    out->freedom = c.freedom;
    out->p = c.p;
    return LC_OK;
}
