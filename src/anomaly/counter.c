#include "anomaly/counter.h"

#include <math.h>

void lc_counter_clear(lc_counter *c, bool on)
{
    *c = (lc_counter){.on = on, .last = NAN, .rows = 1};
}

static double base_of(const lc_counter *c, double y)
{
    return y < c->last ? 0 : c->last;
}

double lc_counter_growth(const lc_counter *c, double y)
{
    if (!c->on) return y;
    return y < c->last ? (double)NAN : (y - c->last) / c->rows;
}

double lc_counter_value(const lc_counter *c, double y, double growth)
{
    return c->on ? base_of(c, y) + c->rows * growth : growth;
}

void lc_counter_push(lc_counter *c, double y)
{
    if (isnan(y)) {
        c->rows++;
        return;
    }
    c->last = y;
    c->rows = 1;
}

void lc_counter_test_begin(lc_counter_test *t)
{
    *t = (lc_counter_test){.last = NAN};
}

void lc_counter_test_push(lc_counter_test *t, double y)
{
    if (isnan(y)) return;
    if (y < 0) t->other = true;
    if (!isnan(t->last)) {
        t->steps++;
        if (y > t->last) t->up++;
        if (y < t->last) t->down++;
        if (y < t->last && y > 0.5 * t->last) t->other = true;
    }
    t->last = y;
}

bool lc_counter_test_end(const lc_counter_test *t)
{
    return !t->other && t->steps > 0 && 2 * t->up >= t->steps && 100 * t->down <= t->steps;
}
