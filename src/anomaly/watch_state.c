/* What a detector knows, as arrays. Left out is what follows from them: the order of the remembered values and
 * their tails, the calendar of the stamps, the packed weights. */
#include <math.h>

#include "anomaly/watch_inner.h"
#include "base/memory.h"

/* Counts and positions, in the order in which they are saved. */
enum {
    ROWS,
    KNOWN,
    LEARNED,
    CYCLES,
    DRAWN,
    ALARM_ROWS,
    ALARM_TOLD,
    ALARM_BEGUN,
    ALARM_UP,
    COUNTER,
    VALUES,
    ERRORS,
    TAIL_COUNT,
    TAIL_NEXT = TAIL_COUNT + LC_STATISTICS,
    COUNTS = TAIL_NEXT + LC_STATISTICS
};
enum {
    CENTER,
    SPREAD,
    ALARM_PEAK,
    CALIBRATION,
    POWER1 = CALIBRATION + 6,
    POWER2,
    BELOW,
    ABOVE,
    LAST,
    SINCE_LAST,
    REALS
};

_Static_assert((int)COUNTS == (int)LC_WATCH_COUNTS && (int)REALS == (int)LC_WATCH_REALS, "room for all of them");
_Static_assert(sizeof(lc_calibration) == 6 * sizeof(double), "a calibration is six numbers");

static void list_numbers(lc_watch *s)
{
    const lc_statistics *f = &s->statistics;
    const uint64_t count[TAIL_COUNT] = {s->history.count,    s->history.known, s->learned,    s->history.cycles,
                                        s->forecaster.drawn, s->alarm.rows,    s->alarm.told, s->alarm.begun,
                                        s->alarm.up,         s->counter.on,    f->values,     f->errors};
    for (size_t i = 0; i < TAIL_COUNT; i++) s->saved_counts[i] = count[i];
    for (size_t i = 0; i < LC_STATISTICS; i++) {
        const lc_tail_values v = lc_tail_look(f->tail[i]);
        s->saved_counts[TAIL_COUNT + i] = v.count;
        s->saved_counts[TAIL_NEXT + i] = v.next;
    }
    const lc_calibration *c = &s->calibration;
    const double real[REALS] = {s->unit.center,
                                s->unit.spread,
                                s->alarm.peak,
                                c->rows,
                                c->peaks,
                                c->excess,
                                c->uncut,
                                c->peak,
                                c->since,
                                s->forecaster.online.adam.power1,
                                s->forecaster.online.adam.power2,
                                f->reach[0],
                                f->reach[1],
                                s->counter.last,
                                s->counter.rows};
    for (size_t i = 0; i < REALS; i++) s->saved_reals[i] = real[i];
}

static lc_code refuse(lc_status *st)
{
    return lc_fail(st, LC_E_MODEL, "the state of a detector is out of its range");
}

static bool counts_are_sound(const uint64_t *n)
{
    const bool learned = n[LEARNED] == 0 || n[LEARNED] == LC_WATCH_FIRST ||
                         n[LEARNED] == UINT64_C(2) * LC_WATCH_FIRST || n[LEARNED] == LC_WATCH_LAST;
    return learned && n[LEARNED] <= n[KNOWN] && n[KNOWN] <= n[ROWS] && n[ROWS] <= UINT64_MAX / 4 &&
           n[CYCLES] <= LC_CYCLES_YEAR && n[COUNTER] <= 1 && n[VALUES] <= LC_LEVEL_ROWS && n[ERRORS] <= LC_ENERGY_ROWS;
}

_Static_assert(LC_WATCH_LAST == 4 * LC_WATCH_FIRST, "a watch starts three times");

/* Sizes all parts by the counts, so that the arrays can be filled. */
static lc_code make_room(lc_watch *s, lc_status *st)
{
    const uint64_t *n = s->saved_counts;
    lc_history *h = &s->history;
    if (!counts_are_sound(n)) return refuse(st);
    if (!lc_history_reserve(h, n[ROWS])) return lc_fail_memory(st);
    h->count = n[ROWS];
    h->known = n[KNOWN];
    s->learned = n[LEARNED];
    s->alarm = (lc_alarm){n[ALARM_ROWS], n[ALARM_TOLD], n[ALARM_BEGUN], n[ALARM_UP], 0};
    s->statistics.values = (size_t)n[VALUES];
    s->statistics.errors = (size_t)n[ERRORS];
    for (size_t i = 0; i < LC_STATISTICS; i++)
        if (n[TAIL_COUNT + i] > SIZE_MAX || n[TAIL_NEXT + i] > SIZE_MAX ||
            !lc_tail_set(s->statistics.tail[i], (size_t)n[TAIL_COUNT + i], (size_t)n[TAIL_NEXT + i]))
            return refuse(st);
    if (!s->learned) return LC_OK;
    lc_code code = lc_forecaster_begin(&s->forecaster, (lc_cycles)n[CYCLES], s->o.seed, st);
    s->forecaster.drawn = n[DRAWN];
    return code;
}

static lc_code finish(lc_watch *s, lc_status *st)
{
    const double *x = s->saved_reals;
    for (size_t i = 0; i < REALS; i++)
        if (!isfinite(x[i]) && !(i == LAST && isnan(x[i]))) return refuse(st);
    if (!(x[SINCE_LAST] >= 1)) return refuse(st);
    if (!(x[SPREAD] > 0 && x[BELOW] >= 0 && x[ABOVE] >= 0 && x[BELOW] < 1e6 && x[ABOVE] < 1e6)) return refuse(st);
    s->unit = (lc_unit){x[CENTER], x[SPREAD]};
    s->alarm.peak = x[ALARM_PEAK];
    s->statistics.reach[0] = x[BELOW];
    s->statistics.reach[1] = x[ABOVE];
    s->counter = (lc_counter){s->saved_counts[COUNTER] == 1, x[LAST], x[SINCE_LAST]};
    s->calibration = (lc_calibration){x[CALIBRATION],     x[CALIBRATION + 1], x[CALIBRATION + 2],
                                      x[CALIBRATION + 3], x[CALIBRATION + 4], x[CALIBRATION + 5]};
    for (size_t i = 0; i < LC_STATISTICS; i++)
        if (!lc_tail_restored(s->statistics.tail[i])) return refuse(st);
    lc_history_set_cycles(&s->history, (lc_cycles)s->saved_counts[CYCLES]);
    if (!s->learned) return LC_OK;
    s->forecaster.online.adam.power1 = x[POWER1];
    s->forecaster.online.adam.power2 = x[POWER2];
    lc_online_weights_changed(&s->forecaster.online);
    return LC_OK;
}

typedef struct array {
    const char *name;
    lc_scalar type;
    void *data;
    size_t count;
} array;

static lc_code visit_arrays(lc_watch *s, const lc_state *state, lc_status *st)
{
    static const char *const tails[LC_STATISTICS] = {"tail.value", "tail.level", "tail.error", "tail.energy"};
    const lc_history *h = &s->history;
    const lc_online *o = &s->forecaster.online;
    const size_t rows = h->count < h->room ? (size_t)h->count : h->room;
    /* Before its first start, or a start over, a watch has no use for weights. */
    const size_t params = s->learned ? s->forecaster.net->params : 0;
    const array arrays[] = {
        {"reals", LC_SCALAR_F64, s->saved_reals, REALS},
        {"recent.value", LC_SCALAR_F64, s->statistics.value, LC_LEVEL_ROWS},
        {"recent.error", LC_SCALAR_F64, s->statistics.error, LC_ENERGY_ROWS},
        {"history.y", LC_SCALAR_F64, h->y, rows},
        {"history.z", LC_SCALAR_F32, h->z, rows},
        {"history.stamp", LC_SCALAR_I64, h->stamp, rows},
        {"weights", LC_SCALAR_F32, o->w, params},
        {"adam.m", LC_SCALAR_F32, o->adam.m, params},
        {"adam.v", LC_SCALAR_F32, o->adam.v, params},
    };
    lc_code code = LC_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0] && code == LC_OK; i++)
        code = state->visit(state->user, arrays[i].name, arrays[i].type, arrays[i].data, arrays[i].count, st);
    for (size_t i = 0; i < LC_STATISTICS && code == LC_OK; i++) {
        const lc_tail_values v = lc_tail_look(s->statistics.tail[i]);
        code = state->visit(state->user, tails[i], LC_SCALAR_F64, v.value, v.count, st);
    }
    return code;
}

lc_code lc_watch_state(lc_watch *s, const lc_state *state, lc_status *st)
{
    if (s->o.given) return lc_fail(st, LC_E_USAGE, "a watch with forecasts from outside cannot be saved");
    if (!state->restoring) list_numbers(s);
    lc_code code = state->visit(state->user, "counts", LC_SCALAR_U64, s->saved_counts, COUNTS, st);
    if (code == LC_OK && state->restoring) code = make_room(s, st);
    if (code == LC_OK) code = visit_arrays(s, state, st);
    if (code == LC_OK && state->restoring) code = finish(s, st);
    return code;
}
