#include "report/trace.h"

#include <math.h>

#include "report/axis.h"
#include "report/gnuplot.h"

typedef struct point {
    double x, y;
} point;

/* Points of one pixel column, in the order of x: first, last and, between them, lowest and highest. */
typedef struct pixel_column {
    size_t n; /* points seen */
    double place;
    point first, low, high, last;
    size_t at_low, at_high;
} pixel_column;

typedef struct run {
    lc_trace *t;
    size_t length; /* rows written since the last gap */
    point only;
} run;

static void put(run *r, point p)
{
    if (r->length == 0) {
        r->only = p;
        r->length = 1;
        return;
    }
    /* The first of a run is held back until it has a neighbour. */
    if (r->length == 1) {
        if (r->t->n_line) lc_buf_puts(&r->t->line, "\n");
        lc_gp(&r->t->line, "%g %g\n", r->only.x, r->only.y);
        r->t->n_line++;
    }
    lc_gp(&r->t->line, "%g %g\n", p.x, p.y);
    r->t->n_line++;
    r->length++;
}

static void end_run(run *r)
{
    if (r->length == 1) {
        lc_gp(&r->t->dots, "%g %g\n", r->only.x, r->only.y);
        r->t->n_dots++;
    }
    r->length = 0;
}

static void flush(run *r, pixel_column *c)
{
    if (c->n) put(r, c->first);
    bool low_first = c->at_low <= c->at_high;
    size_t one = low_first ? c->at_low : c->at_high, two = low_first ? c->at_high : c->at_low;
    if (one > 0 && one + 1 < c->n) put(r, low_first ? c->low : c->high);
    if (two != one && two > 0 && two + 1 < c->n) put(r, low_first ? c->high : c->low);
    if (c->n > 1) put(r, c->last);
    c->n = 0;
    c->at_low = c->at_high = 0;
}

void lc_trace_line(lc_trace *t, const double *x, const double *y, size_t n, double pixel)
{
    run r = {.t = t};
    pixel_column c = {0};
    bool thin = n > LC_TRACE_ALL && pixel > 0, missing = false, any = false;
    double before = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            missing = true;
            continue;
        }
        point p = {lc_drawn(x[i]), lc_drawn(y[i])};
        double place = thin ? floor(p.x / pixel) : 0;
        bool gap = any && missing && (!thin || p.x - before >= pixel);
        if (gap || !thin || place != c.place) flush(&r, &c);
        if (gap) end_run(&r);
        if (c.n == 0) {
            c.place = place;
            c.first = c.low = c.high = p;
        }
        if (p.y < c.low.y) {
            c.low = p;
            c.at_low = c.n;
        }
        if (p.y > c.high.y) {
            c.high = p;
            c.at_high = c.n;
        }
        c.last = p;
        c.n++;
        before = p.x;
        missing = false;
        any = true;
    }
    flush(&r, &c);
    end_run(&r);
}

typedef struct bar {
    double first, last, lo, hi;
} bar;

static void put_bar(lc_trace *t, double x, const bar *b)
{
    lc_gp(&t->line, "%g %g %g\n", x, b->lo, b->hi);
    t->n_line++;
}

void lc_trace_band(lc_trace *t, const double *x, const double *lo, const double *hi, size_t n, double pixel,
                   double half)
{
    bool thin = n > LC_TRACE_ALL && pixel > 0, missing = false, open = false;
    bar b = {0};
    size_t length = 0; /* rows of this run already written */
    double place = 0;
    for (size_t i = 0; i <= n; i++) {
        bool here = i < n && isfinite(x[i]) && isfinite(lo[i]) && isfinite(hi[i]);
        if (i < n && !here) {
            missing = true;
            continue;
        }
        double at = here ? lc_drawn(x[i]) : 0, now = thin ? floor(at / pixel) : 0;
        bool gap = !here || (missing && (!thin || at - b.last >= pixel));
        if (open && (gap || !thin || now != place)) {
            if (gap && length == 0 && b.first == b.last) {
                put_bar(t, b.first - half, &b);
                put_bar(t, b.last + half, &b);
            } else {
                put_bar(t, b.first, &b);
                if (gap && b.last > b.first) put_bar(t, b.last, &b);
            }
            length = gap ? 0 : length + 1;
            if (gap && here) lc_buf_puts(&t->line, "\n");
            open = false;
        }
        if (!here) break;
        double low = lc_drawn(fmin(lo[i], hi[i])), high = lc_drawn(fmax(lo[i], hi[i]));
        if (!open) b = (bar){.first = at, .lo = low, .hi = high};
        b.lo = fmin(b.lo, low);
        b.hi = fmax(b.hi, high);
        b.last = at;
        place = now;
        open = true;
        missing = false;
    }
}

void lc_trace_free(lc_trace *t)
{
    lc_buf_free(&t->line);
    lc_buf_free(&t->dots);
    t->n_line = t->n_dots = 0;
}

void lc_trace_write(lc_buf *script, const char *name, int number, const lc_buf *rows)
{
    if (rows->failed) script->failed = true;
    lc_gp(script, "$%s%d << EOD\n", name, number);
    if (rows->len) lc_buf_append(script, rows->data, rows->len);
    lc_buf_puts(script, "EOD\n");
}
