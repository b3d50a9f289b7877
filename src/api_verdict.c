/* The verdict of a backtest in words. */
#include <math.h>
#include <stdio.h>

#include "loomcast.h"

#define CHANCE .05     /* p from which on a difference is taken for chance */
#define NEAR_NAIVE .05 /* share by which an error differs from naive's at most to be called near */

/* "more than chance (Diebold-Mariano p = 0.003, 34 origins)" */
static void put_chance(char *out, size_t room, const lc_verdict *v)
{
    char pooled[48] = "", p[24];
    if (v->series > 1) snprintf(pooled, sizeof pooled, ", %zu series pooled", v->series);
    if (isnan(v->p)) {
        snprintf(out, room, "too few windows to tell it from chance (%zu origin%s%s)", v->origins,
                 v->origins == 1 ? "" : "s", pooled);
        return;
    }
    if (v->p < .001) snprintf(p, sizeof p, "p < 0.001");
    else snprintf(p, sizeof p, v->p < .1 ? "p = %.3f" : "p = %.2f", v->p);
    snprintf(out, room, "%s (Diebold-Mariano %s, %zu origins%s)",
             v->p < CHANCE ? "more than chance" : "no more than chance explains", p, v->origins, pooled);
}

bool lc_verdict_words(char *out, size_t room, const lc_verdict *v)
{
    char chance[160];
    *out = '\0';
    if (!*v->baseline || isnan(v->error) || isnan(v->baseline_error)) return false;
    put_chance(chance, sizeof chance, v);
    if (v->error == v->baseline_error) {
        snprintf(out, room, "%s was as good as %s", v->baseline, v->model);
        return true;
    }
    const bool better = v->error < v->baseline_error;
    const double share = better ? 1 - v->error / v->baseline_error : 1 - v->baseline_error / v->error;
    const bool naive_is_best = v->against_naive > 0 && fabs(v->error / v->baseline_error - 1) <= NEAR_NAIVE &&
                               fabs(v->against_naive - 1) <= NEAR_NAIVE;
    if (naive_is_best && v->p >= CHANCE) {
        snprintf(
            out, room,
            "%s is near naive, as it must be for such series, where no baseline does better: its %s is %.1f %% %s than "
            "that of %s, the best baseline, %s",
            v->model, v->measure, 100 * fabs(v->error / v->baseline_error - 1), better ? "lower" : "higher",
            v->baseline, chance);
        return false;
    }
    if (better)
        snprintf(out, room, "%s is better than %s, the best baseline: its %s is %.1f %% lower, %s", v->model,
                 v->baseline, v->measure, 100 * share, chance);
    else
        snprintf(out, room, "%s was better than %s: its %s is %.1f %% lower, %s", v->baseline, v->model, v->measure,
                 100 * share, chance);
    return !better;
}
