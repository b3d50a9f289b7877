#include "anomaly/joint.h"

#include <math.h>

#include "anomaly/alarm.h"
#include "anomaly/calibration.h"
#include "anomaly/conditional.h"
#include "anomaly/tail.h"
#include "base/memory.h"

enum { VALUES, ERRORS, VIEWS }; /* of what is looked at among the others */
enum { TAILS = VIEWS * LC_CONDITIONAL_SPANS, MEMORY = 8000 };

/* Added to the scale of fitted tails, in standard deviations, so that ties do not make it vanish. */
static const double tail_floor = 0.05;
/* The six scores of a row hang together: their sum, times this, has on made plants without anomalies the tail that the
 * calibration expects of a column's fused score (scripts/bench/rows). */
static const double share = 0.8;
/* Evidence is -log10 p; beyond this all is the same. */
static const double most_evidence = 300;

enum { ROWS, TOLD, BEGUN, UP, TAIL_COUNT, TAIL_NEXT = TAIL_COUNT + TAILS, COUNTS = TAIL_NEXT + TAILS };
enum { PEAK, CALIBRATION, REALS = CALIBRATION + 6 };
_Static_assert(sizeof(lc_calibration) == 6 * sizeof(double), "a calibration is six numbers");

struct lc_joint {
    size_t n;
    double threshold;            /* as evidence */
    lc_conditional *view[VIEWS]; /* NULL: too many columns */
    lc_tail *tail[TAILS];
    lc_calibration calibration; /* of the sum of what the tails say */
    lc_alarm alarm;
    double *error; /* (n) scratch */
    /* room for numbers of several parts while they are saved or restored: */
    uint64_t saved_counts[COUNTS];
    double saved_reals[REALS];
};

lc_code lc_joint_create(lc_joint **out, size_t n, double alarms_per, lc_status *st)
{
    *out = NULL;
    lc_joint *j = lc_calloc(1, sizeof *j);
    if (!j) return lc_fail_memory(st);
    j->n = n;
    j->threshold = -log10(alarms_per / 1e4);
    j->error = lc_calloc(n, sizeof *j->error);
    bool whole = j->error != NULL;
    for (size_t i = 0; i < VIEWS && n <= LC_JOINT_COLUMNS; i++)
        whole = (j->view[i] = lc_conditional_create(n)) && whole;
    for (size_t i = 0; i < TAILS && n <= LC_JOINT_COLUMNS; i++) whole = (j->tail[i] = lc_tail_create(MEMORY)) && whole;
    if (whole) {
        *out = j;
        return LC_OK;
    }
    lc_joint_free(j);
    return lc_fail_memory(st);
}

void lc_joint_free(lc_joint *j)
{
    if (!j) return;
    for (size_t i = 0; i < VIEWS; i++) lc_conditional_free(j->view[i]);
    for (size_t i = 0; i < TAILS; i++) lc_tail_free(j->tail[i]);
    lc_free(j->error);
    lc_free(j);
}

void lc_joint_reset(lc_joint *j)
{
    for (size_t i = 0; i < VIEWS; i++)
        if (j->view[i]) lc_conditional_clear(j->view[i]);
    for (size_t i = 0; i < TAILS; i++)
        if (j->tail[i]) lc_tail_clear(j->tail[i]);
    j->calibration = (lc_calibration){0};
    j->alarm = (lc_alarm){0};
}

/* What speaks against a row, and which column carries it. */
typedef struct evidence {
    double p; /* NaN: nothing can be said */
    lc_statistic statistic;
    size_t column;
} evidence;

/* The least probable column, were they independent. */
static evidence of_columns(const lc_joint *j, const lc_finding *found)
{
    evidence e = {NAN, LC_STATISTICS, 0};
    double least = 2;
    size_t scored = 0;
    for (size_t i = 0; i < j->n; i++) {
        if (!found[i].scored) continue;
        scored++;
        if (found[i].p >= least) continue;
        least = found[i].p;
        e.column = i;
        e.statistic = found[i].statistic;
    }
    if (scored) e.p = fmin(1, least * (double)scored);
    return e;
}

/* What the columns say of each other; both views learn the row. */
static evidence of_views(lc_joint *j, const double *y, const lc_finding *found)
{
    evidence e = {NAN, LC_STATISTIC_JOINT, 0};
    const double *row[VIEWS] = {y, j->error};
    double sum = 0, most = -1;
    bool judged = false;
    if (!j->view[VALUES]) return e;
    for (size_t i = 0; i < j->n; i++) j->error[i] = y[i] - found[i].expected;
    for (size_t v = 0; v < VIEWS; v++) {
        lc_standout s;
        lc_conditional_push(j->view[v], row[v], &s);
        for (size_t k = 0; k < LC_CONDITIONAL_SPANS; k++) {
            lc_tail *t = j->tail[v * LC_CONDITIONAL_SPANS + k];
            if (isnan(s.size[k])) continue;
            judged = judged || lc_tail_count(t) >= LC_TAIL_LEAST;
            const double q = lc_tail_upper(t, s.size[k], tail_floor);
            lc_tail_push_limited(t, s.size[k], tail_floor);
            sum += q;
            if (q <= most) continue;
            most = q;
            e.column = s.number[k];
        }
    }
    if (!judged) return e;
    e.p = lc_calibration_p(&j->calibration, &lc_prior_of_rows, share * sum);
    lc_calibration_push(&j->calibration, &lc_prior_of_rows, share * sum);
    return e;
}

void lc_joint_push(lc_joint *j, const double *y, const lc_finding *found, lc_finding *out)
{
    const evidence a = of_columns(j, found), b = of_views(j, y, found);
    *out = lc_finding_none;
    if (isnan(a.p)) {
        lc_alarm_skip(&j->alarm);
        return;
    }
    /* Bonferroni over both, once there are two. */
    const bool both = !isnan(b.p);
    const evidence *e = both && b.p < a.p ? &b : &a;
    const double x = fmin(-log10(fmin(1, e->p * (both ? 2 : 1))), most_evidence);
    const lc_alarm_verdict v = lc_alarm_push(&j->alarm, x, j->threshold);
    out->scored = true;
    out->score = lc_finding_score(x, j->threshold, v.raised);
    out->p = fmin(1, e->p * (both ? 2 : 1));
    out->raised = v.raised;
    out->anomaly = v.alarm;
    out->since = v.since;
    if (!v.raised) return;
    out->statistic = e->statistic;
    out->column = (uint32_t)e->column;
}

/* ---- saved and restored ---- */

static lc_code refuse(lc_status *st)
{
    return lc_fail(st, LC_E_MODEL, "the state of a row's detector is out of its range");
}

static void list_numbers(lc_joint *j)
{
    const lc_calibration *c = &j->calibration;
    const uint64_t count[TAIL_COUNT] = {j->alarm.rows, j->alarm.told, j->alarm.begun, j->alarm.up};
    const double real[REALS] = {j->alarm.peak, c->rows, c->peaks, c->excess, c->uncut, c->peak, c->since};
    for (size_t i = 0; i < TAIL_COUNT; i++) j->saved_counts[i] = count[i];
    for (size_t i = 0; i < REALS; i++) j->saved_reals[i] = real[i];
    for (size_t i = 0; i < TAILS; i++) {
        const lc_tail_values v = j->tail[i] ? lc_tail_look(j->tail[i]) : (lc_tail_values){NULL, 0, 0};
        j->saved_counts[TAIL_COUNT + i] = v.count;
        j->saved_counts[TAIL_NEXT + i] = v.next;
    }
}

static lc_code make_room(lc_joint *j, lc_status *st)
{
    const uint64_t *n = j->saved_counts;
    const double *x = j->saved_reals;
    for (size_t i = 0; i < REALS; i++)
        if (!isfinite(x[i])) return refuse(st);
    for (size_t i = 0; i < TAILS && j->tail[i]; i++)
        if (n[TAIL_COUNT + i] > SIZE_MAX || n[TAIL_NEXT + i] > SIZE_MAX ||
            !lc_tail_set(j->tail[i], (size_t)n[TAIL_COUNT + i], (size_t)n[TAIL_NEXT + i]))
            return refuse(st);
    j->alarm = (lc_alarm){n[ROWS], n[TOLD], n[BEGUN], n[UP], x[PEAK]};
    j->calibration = (lc_calibration){x[CALIBRATION],     x[CALIBRATION + 1], x[CALIBRATION + 2],
                                      x[CALIBRATION + 3], x[CALIBRATION + 4], x[CALIBRATION + 5]};
    return LC_OK;
}

lc_code lc_joint_state(lc_joint *j, const lc_state *state, lc_status *st)
{
    static const char *const views[VIEWS] = {"row.values", "row.errors"};
    static const char *const tails[TAILS] = {"row.tail.0", "row.tail.1", "row.tail.2",
                                             "row.tail.3", "row.tail.4", "row.tail.5"};
    if (!state->restoring) list_numbers(j);
    lc_code code = state->visit(state->user, "row.counts", LC_SCALAR_U64, j->saved_counts, COUNTS, st);
    if (code == LC_OK) code = state->visit(state->user, "row.reals", LC_SCALAR_F64, j->saved_reals, REALS, st);
    if (code == LC_OK && state->restoring) code = make_room(j, st);
    for (size_t i = 0; i < VIEWS && j->view[i] && code == LC_OK; i++)
        code = lc_conditional_state(j->view[i], views[i], state, st);
    for (size_t i = 0; i < TAILS && j->tail[i] && code == LC_OK; i++) {
        const lc_tail_values v = lc_tail_look(j->tail[i]);
        code = state->visit(state->user, tails[i], LC_SCALAR_F64, v.value, v.count, st);
        if (code == LC_OK && state->restoring && !lc_tail_restored(j->tail[i])) code = refuse(st);
    }
    return code;
}
