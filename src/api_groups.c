#include "api_groups.h"

#include <stdlib.h>

#include "base/memory.h"
#include "data/names.h"
#include "data/panel.h"

/* The stamps of a result read back as a clock learns a column; text that is no stamp becomes its position. */
static bool learn_clock(lc_clock *c, const lc_result *r, size_t ds)
{
    enum { LOOK = 200 };
    const char *cells[LOOK];
    size_t n = lc_result_rows(r) < LOOK ? lc_result_rows(r) : LOOK;
    bool ambiguous = false;
    for (size_t i = 0; i < n; i++) cells[i] = lc_result_text(r, i, ds);
    return n && lc_clock_learn(c, cells, n, &ambiguous);
}

static double position(const lc_clock *c, const char *ds, size_t i)
{
    lc_stamp t;
    if (!c || !lc_clock_parse(c, ds, &t)) return (double)(i + 1);
    return lc_clock_is_calendar(c) ? (double)t * 1e-6 : (double)t;
}

typedef struct point {
    double x;
    size_t row;
} point;

static int by_x(const void *a, const void *b)
{
    const point *p = a, *q = b;
    if (p->x != q->x) return p->x < q->x ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

/* detect writes rows in the order of its input, which need not be that of time; lines are drawn in that. */
static bool sort_group(lc_group *g)
{
    size_t i = 1;
    while (i < g->n && g->x[i - 1] <= g->x[i]) i++;
    if (i >= g->n) return true;
    point *p = lc_calloc(g->n, sizeof *p);
    if (!p) return false;
    for (i = 0; i < g->n; i++) p[i] = (point){g->x[i], g->row[i]};
    qsort(p, g->n, sizeof *p, by_x);
    for (i = 0; i < g->n; i++) {
        g->x[i] = p[i].x;
        g->row[i] = p[i].row;
    }
    lc_free(p);
    return true;
}

/* of (rows): the number of each row's series. */
static lc_code number_rows(uint32_t *of, lc_names *names, const lc_result *r, size_t id, lc_status *st)
{
    for (size_t i = 0; i < lc_result_rows(r); i++) {
        const char *name = lc_result_text(r, i, id);
        of[i] = lc_names_add(names, name, NULL);
        if (of[i] == LC_NO_NAME) return lc_fail_memory(st);
    }
    return LC_OK;
}

/* Hands each series its part of the arrays. */
static void share_out(lc_groups *g, const lc_result *r, const uint32_t *of, size_t id)
{
    size_t at = 0;
    for (size_t i = 0; i < lc_result_rows(r); i++) {
        lc_group *one = &g->list[of[i]];
        if (!one->n++) one->id = lc_result_text(r, i, id);
    }
    for (size_t k = 0; k < g->n; k++) {
        g->list[k].row = g->rows + at;
        g->list[k].x = g->x + at;
        at += g->list[k].n;
        g->list[k].n = 0;
    }
}

/* The rows of a series stand together there. */
static lc_code find_past(lc_groups *g, const lc_names *names, const lc_result *past, lc_status *st)
{
    const size_t id = lc_result_find(past, "unique_id");
    g->past = lc_calloc(g->n, sizeof *g->past);
    if (!g->past) return lc_fail_memory(st);
    for (size_t k = 0; k < g->n; k++) g->past[k] = SIZE_MAX;
    for (size_t i = 0; i < lc_result_rows(past); i++) {
        const uint32_t k = lc_names_find(names, lc_result_text(past, i, id));
        if (k != LC_NO_NAME && g->past[k] == SIZE_MAX) g->past[k] = i;
    }
    return LC_OK;
}

lc_code lc_groups_create(lc_groups *g, const lc_report *what, lc_status *st)
{
    const lc_result *r = what->result;
    const lc_clock *clock = what->panel ? &what->panel->clock : NULL;
    const size_t n = lc_result_rows(r), id = lc_result_find(r, "unique_id"), ds = lc_result_find(r, "ds");
    lc_names names = {.seed = 0};
    lc_clock learned;
    *g = (lc_groups){0};
    if (!clock && learn_clock(&learned, r, ds)) clock = &learned;
    g->calendar = clock && lc_clock_is_calendar(clock);
    uint32_t *of = lc_calloc(n, sizeof *of);
    g->rows = lc_calloc(n, sizeof *g->rows);
    g->x = lc_calloc(n, sizeof *g->x);
    lc_code code = of && g->rows && g->x ? number_rows(of, &names, r, id, st) : lc_fail_memory(st);
    if (code != LC_OK) goto done;
    g->list = lc_calloc(names.n, sizeof *g->list);
    if (!g->list) {
        code = lc_fail_memory(st);
        goto done;
    }
    g->n = names.n;
    share_out(g, r, of, id);
    for (size_t i = 0; i < n; i++) {
        lc_group *one = &g->list[of[i]];
        one->row[one->n] = i;
        one->x[one->n] = position(clock, lc_result_text(r, i, ds), one->n);
        one->n++;
    }
    for (size_t k = 0; code == LC_OK && k < g->n; k++)
        if (!sort_group(&g->list[k])) code = lc_fail_memory(st);
    if (code == LC_OK && what->past) code = find_past(g, &names, what->past, st);
done:
    lc_names_free(&names);
    lc_free(of);
    return code;
}

void lc_groups_free(lc_groups *g)
{
    lc_free(g->list);
    lc_free(g->past);
    lc_free(g->rows);
    lc_free(g->x);
}
