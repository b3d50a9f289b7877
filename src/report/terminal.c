#include "report/terminal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/axis.h"
#include "report/canvas.h"
#include "report/gnuplot.h"

int lc_terminal_columns(size_t wanted)
{
    enum { LEAST = 40, MOST = 240 };
    return (int)(wanted < LEAST ? LEAST : wanted > MOST ? MOST : wanted);
}

/* A plot within the chart: a canvas with the ranges that it shows. */
typedef struct plot {
    lc_canvas canvas;
    lc_range x, y;
    lc_ticks *ticks; /* of y, then of x */
    int margin;      /* columns left of the axis */
    const lc_terminal *t;
} plot;

static long at(double v, const lc_range *r, size_t dots)
{
    const double part = (lc_drawn(v) - r->lo) / (r->hi - r->lo);
    return lround(fmax(-1, fmin(2, part)) * (double)(dots - 1));
}

static long across(const plot *p, double x)
{
    return at(x, &p->x, p->canvas.columns * LC_DOTS_ACROSS);
}

static long up(const plot *p, double y)
{
    return at(y, &p->y, p->canvas.rows * LC_DOTS_DOWN);
}

/* y over x (n); a value that is missing is a gap. */
static void draw_line(plot *p, const double *x, const double *y, size_t n, long every, lc_ink ink)
{
    bool open = false;
    long x0 = 0, y0 = 0;
    for (size_t i = 0; i < n; i++) {
        const bool known = isfinite(x[i]) && isfinite(y[i]);
        if (known) {
            const long x1 = across(p, x[i]), y1 = up(p, y[i]);
            if (open) lc_canvas_line(&p->canvas, x0, y0, x1, y1, every, ink);
            else lc_canvas_dot(&p->canvas, x1, y1, ink);
            x0 = x1;
            y0 = y1;
        }
        open = known;
    }
}

static void draw_flags(plot *p, const double *x, const double *y, const int *flag, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (flag[i] && isfinite(x[i]) && isfinite(y[i]))
            lc_canvas_mark(&p->canvas, across(p, x[i]), up(p, y[i]), LC_INK_FLAG);
}

/* ---- axes ---- */

static void put_colour(lc_buf *out, const plot *p, lc_ink ink, const char *text)
{
    const char *code = p->t->colour ? lc_ink_code(ink) : "";
    lc_buf_printf(out, "%s%s%s", code, text, *code ? lc_ink_end : "");
}

static void put_blanks(lc_buf *out, int n)
{
    if (n > 0) lc_buf_printf(out, "%*s", n, "");
}

/* The label of the tick that falls into a row of cells; "": none does. */
static const char *label_of(const plot *p, size_t row)
{
    const lc_ticks *t = p->ticks;
    for (size_t i = 0; i < t->n; i++) {
        const long dot = up(p, t->tick[i].at);
        if (dot >= 0 && p->canvas.rows - 1 - (size_t)dot / LC_DOTS_DOWN == row) return t->tick[i].label;
    }
    return "";
}

static void put_plot(lc_buf *out, const plot *p)
{
    for (size_t row = 0; row < p->canvas.rows; row++) {
        const char *label = label_of(p, row);
        put_blanks(out, p->margin - lc_gp_columns(label));
        lc_buf_puts(out, label);
        put_colour(out, p, LC_INK_RULE, *label ? " \xe2\x94\xa4" : " \xe2\x94\x82");
        lc_canvas_write(&p->canvas, row, p->t->colour, out);
        lc_buf_puts(out, "\n");
    }
}

/* Line `line` of the labels below an axis, each centred under its mark where there is room for it. */
static void put_labels(lc_buf *out, const plot *p, int line)
{
    const lc_ticks *t = p->ticks + 1;
    int column = 0;
    lc_buf text = {0};
    for (size_t i = 0; i < t->n; i++) {
        char label[LC_TICK_TEXT];
        const char *cut = strstr(t->tick[i].label, "\\n");
        if (line == 0)
            snprintf(label, sizeof label, "%.*s", cut ? (int)(cut - t->tick[i].label) : (int)sizeof label,
                     t->tick[i].label);
        else snprintf(label, sizeof label, "%s", cut ? cut + 2 : "");
        const int width = lc_gp_columns(label), mark = p->margin + 2 + (int)across(p, t->tick[i].at) / LC_DOTS_ACROSS;
        int begin = mark - width / 2;
        if (begin + width > p->t->columns) begin = p->t->columns - width;
        if (!width || begin < column + (column ? 1 : 0)) continue;
        put_blanks(&text, begin - column);
        lc_buf_puts(&text, label);
        column = begin + width;
    }
    if (text.failed) out->failed = true;
    else if (text.len) lc_buf_printf(out, "%s\n", text.data);
    lc_buf_free(&text);
}

static void put_axis(lc_buf *out, const plot *p)
{
    const lc_ticks *t = p->ticks + 1;
    lc_buf rule = {0};
    lc_buf_puts(&rule, " \xe2\x94\x94");
    for (size_t k = 0; k < p->canvas.columns; k++) {
        bool marked = false;
        for (size_t i = 0; i < t->n && !marked; i++) marked = (size_t)across(p, t->tick[i].at) / LC_DOTS_ACROSS == k;
        lc_buf_puts(&rule, marked ? "\xe2\x94\xac" : "\xe2\x94\x80");
    }
    put_blanks(out, p->margin);
    if (rule.failed) out->failed = true;
    else put_colour(out, p, LC_INK_RULE, rule.data);
    lc_buf_puts(out, "\n");
    lc_buf_free(&rule);
    put_labels(out, p, 0);
    put_labels(out, p, 1);
}

/* Margin and ticks follow from the ranges; false: out of memory. */
static bool start_plot(plot *p, int rows, int margin, bool calendar, bool is_score)
{
    const int most = rows / 4 < 2 ? 2 : rows / 4;
    lc_ticks_numbers(p->ticks, &p->y, is_score ? 2 : most, false);
    const int own = lc_ticks_columns(p->ticks);
    p->margin = own > margin ? own : margin;
    const int columns = p->t->columns - p->margin - 2;
    if (!lc_canvas_create(&p->canvas, columns > 8 ? (size_t)columns : 8, (size_t)rows)) return false;
    if (!calendar || !lc_ticks_dates(p->ticks + 1, &p->x, columns)) {
        for (int n = 10; n >= 2; n--) {
            lc_ticks_numbers(p->ticks + 1, &p->x, n, !calendar);
            if ((int)p->ticks[1].n * (lc_ticks_columns(p->ticks + 1) + 3) <= columns) break;
        }
    }
    return true;
}

static void end_plot(plot *p)
{
    lc_canvas_free(&p->canvas);
    lc_free(p->ticks);
    p->ticks = NULL;
}

/* ---- title and legend ---- */

enum { NAME_ROOM = 512 };

typedef struct entry {
    const char *sample, *text;
    lc_ink ink;
} entry;

static const char thick[] = "\xe2\x94\x80\xe2\x94\x80", dotted[] = "\xe2\x94\x84\xe2\x94\x84",
                  bullet[] = "\xe2\x97\x8f";

/* Cuts a text that is wider than so many columns. */
static void cut(char *text, int columns)
{
    int width = 0;
    for (char *c = text; *c;) {
        char one[5] = "";
        unsigned code;
        const size_t n = lc_gp_decode((const unsigned char *)c, &code);
        memcpy(one, c, n ? n : 1);
        width += lc_gp_columns(one);
        if (width > columns) *c = '\0';
        else c += n ? n : 1;
    }
}

/* Title and legend share a line where there is room. */
static void put_head(lc_buf *out, const plot *p, const char *title, const char *label, const entry *list, size_t n)
{
    enum { GAP = 2 };
    char name[NAME_ROOM], what[80];
    int legend = -GAP;
    lc_gp_plain(name, sizeof name, title);
    lc_gp_plain(what, sizeof what, label);
    cut(name, p->t->columns);
    for (size_t i = 0; i < n; i++) legend += lc_gp_columns(list[i].sample) + 1 + lc_gp_columns(list[i].text) + GAP;
    int head = lc_gp_columns(name);
    lc_buf_puts(out, name);
    if (*what && strcmp(title, label) != 0 && head + 2 + lc_gp_columns(what) <= p->t->columns) {
        lc_buf_printf(out, ", %s", what);
        head += 2 + lc_gp_columns(what);
    }
    if (!n || head + GAP + legend > p->t->columns) lc_buf_puts(out, "\n");
    else put_blanks(out, p->t->columns - head - legend);
    const int gap = legend > p->t->columns ? 1 : GAP;
    int used = legend > p->t->columns ? 0 : -p->t->columns; /* entries without room are left out */
    for (size_t i = 0; i < n; i++) {
        used += lc_gp_columns(list[i].sample) + 1 + lc_gp_columns(list[i].text) + (i ? gap : 0);
        if (used > p->t->columns) break;
        if (i) put_blanks(out, gap);
        put_colour(out, p, list[i].ink, list[i].sample);
        lc_buf_printf(out, " %s", list[i].text);
    }
    if (n) lc_buf_puts(out, "\n");
}

/* ---- charts ---- */

lc_code lc_terminal_forecast(lc_buf *out, const lc_forecast_figure *f, const lc_terminal *t, lc_status *st)
{
    plot p = {.t = t, .ticks = lc_calloc(2, sizeof *p.ticks)};
    lc_range_add(&p.x, f->history_x, f->n_history);
    lc_range_add(&p.x, f->x, f->n);
    lc_range_add(&p.y, f->history_y, f->n_history);
    lc_range_add(&p.y, f->forecast, f->n);
    /* One interval: more of them cannot be told apart in dots. */
    const size_t level = lc_usual_level(f);
    if (f->n_levels) lc_range_add(&p.y, f->lo[level], f->n);
    if (f->n_levels) lc_range_add(&p.y, f->hi[level], f->n);
    lc_range_pad(&p.x, 0);
    lc_range_pad(&p.y, .03);
    if (!p.ticks || !start_plot(&p, t->rows, 0, f->calendar, false)) {
        lc_free(p.ticks);
        return lc_fail_memory(st);
    }
    if (f->n_levels) draw_line(&p, f->x, f->lo[level], f->n, 2, LC_INK_BAND);
    if (f->n_levels) draw_line(&p, f->x, f->hi[level], f->n, 2, LC_INK_BAND);
    draw_line(&p, f->history_x, f->history_y, f->n_history, 1, LC_INK_PLAIN);
    if (f->n_history && f->n) {
        const size_t last = f->n_history - 1;
        const double x[] = {f->history_x[last], f->x[0]}, y[] = {f->history_y[last], f->forecast[0]};
        draw_line(&p, x, y, 2, 1, LC_INK_LINE);
    }
    draw_line(&p, f->x, f->forecast, f->n, 1, LC_INK_LINE);
    char percent[LC_NUMBER_TEXT], interval[LC_NUMBER_TEXT + 16];
    lc_format_double(percent, f->n_levels ? f->level[level] : 0, 6);
    snprintf(interval, sizeof interval, "%s %% interval", percent);
    const entry list[] = {
        {thick, "history", LC_INK_PLAIN}, {thick, "forecast", LC_INK_LINE}, {dotted, interval, LC_INK_BAND}};
    put_head(out, &p, f->title, f->y_label, f->n_history ? list : list + 1,
             (f->n_history ? 2u : 1u) + (f->n_levels > 0));
    put_plot(out, &p);
    put_axis(out, &p);
    end_plot(&p);
    return out->failed ? lc_fail_memory(st) : LC_OK;
}

/* The score's plot, with a rule at the threshold. */
static bool put_score(lc_buf *out, const lc_detect_figure *f, const plot *above, int rows, bool is_flagged)
{
    plot p = {.t = above->t, .x = above->x, .y = {0, 1, true}, .ticks = lc_calloc(2, sizeof *p.ticks)};
    if (!p.ticks || !start_plot(&p, rows, above->margin, f->calendar, true)) {
        lc_free(p.ticks);
        return false;
    }
    const double x[] = {p.x.lo, p.x.hi}, threshold[] = {.5, .5};
    draw_line(&p, x, threshold, 2, 3, LC_INK_RULE);
    draw_line(&p, f->x, f->score, f->n, 1, LC_INK_SCORE);
    if (is_flagged) draw_flags(&p, f->x, f->score, f->anomaly, f->n);
    put_plot(out, &p);
    put_axis(out, &p);
    end_plot(&p);
    return true;
}

lc_code lc_terminal_detect(lc_buf *out, const lc_detect_figure *f, const lc_terminal *t, lc_status *st)
{
    enum { SHARE = 3 }; /* of the height that the score takes */
    plot p = {.t = t, .ticks = lc_calloc(2, sizeof *p.ticks)};
    lc_range_add(&p.x, f->x, f->n);
    lc_range_add(&p.y, f->y, f->n);
    const bool score_only = !p.y.any;
    lc_range_pad(&p.x, 0);
    lc_range_pad(&p.y, .05);
    const int low = score_only ? t->rows : t->rows / SHARE < 3 ? 3 : t->rows / SHARE;
    bool ok = p.ticks && start_plot(&p, t->rows > low + 3 ? t->rows - low : 3, 3, f->calendar, score_only);
    static const entry list[] = {{thick, "value", LC_INK_PLAIN},
                                 {dotted, "expected", LC_INK_BAND},
                                 {thick, "score", LC_INK_SCORE},
                                 {bullet, "flag", LC_INK_FLAG}};
    enum { SCORE = 2, ENTRIES = sizeof list / sizeof list[0] };
    if (ok) {
        put_head(out, &p, f->title, f->y_label, score_only ? list + SCORE : list,
                 score_only ? ENTRIES - SCORE : ENTRIES);
        draw_line(&p, f->x, f->expected, f->n, 2, LC_INK_BAND);
        draw_line(&p, f->x, f->y, f->n, 1, LC_INK_PLAIN);
        draw_flags(&p, f->x, f->y, f->anomaly, f->n);
        if (!score_only) put_plot(out, &p);
        ok = put_score(out, f, &p, low, score_only);
    }
    end_plot(&p);
    return ok && !out->failed ? LC_OK : lc_fail_memory(st);
}

/* How each kind of curve is drawn; those of the background are not. */
static const struct {
    lc_ink ink;
    long every;
} curves[LC_CURVE_OTHER] = {[LC_CURVE_MODEL] = {LC_INK_LINE, 1},
                            [LC_CURVE_NAIVE] = {LC_INK_PLAIN, 1},
                            [LC_CURVE_SEASONAL] = {LC_INK_BAND, 2},
                            [LC_CURVE_BEST] = {LC_INK_SCORE, 1}};

/* A number that is cut would be another one: beside a long title the detail has a line of its own. */
static void put_subject(lc_buf *out, const plot *p, const lc_backtest_figure *f)
{
    char title[NAME_ROOM];
    lc_buf line = {0};
    lc_gp_plain(title, sizeof title, f->title);
    const bool fits = lc_gp_columns(title) + lc_gp_columns(f->detail) <= p->t->columns;
    lc_buf_printf(&line, "%s%s", title, fits ? f->detail : "");
    if (line.failed) out->failed = true;
    else put_head(out, p, line.data, "", NULL, 0);
    if (!fits) put_head(out, p, f->detail + strspn(f->detail, ": "), "", NULL, 0);
    lc_buf_free(&line);
}

static void put_coverage(lc_buf *out, const lc_backtest_figure *f)
{
    for (size_t i = 0; i < f->n_levels; i++) {
        char level[LC_TICK_TEXT], inside[LC_TICK_TEXT];
        if (!f->asked[i] || !isfinite(f->inside[i])) continue;
        lc_number_label(level, f->level[i], 4);
        lc_number_label(inside, f->inside[i], 3);
        lc_buf_printf(out, "%s %% of the values lie inside their %s %% interval\n", inside, level);
    }
}

lc_code lc_terminal_backtest(lc_buf *out, const lc_backtest_figure *f, const lc_terminal *t, lc_status *st)
{
    plot p = {.t = t, .x = {1, (double)f->horizon, true}, .ticks = lc_calloc(2, sizeof *p.ticks)};
    double *x = lc_calloc(f->horizon, sizeof *x);
    entry list[LC_CURVE_OTHER];
    size_t n = 0;
    for (size_t i = 0; i < f->n_curves; i++)
        if (f->curve[i].curve < LC_CURVE_OTHER) lc_range_add(&p.y, f->curve[i].error, f->horizon);
    p.y.lo = 0;
    lc_range_pad(&p.x, 0);
    lc_range_pad(&p.y, .03);
    p.y.lo = 0;
    if (!p.ticks || !x || !start_plot(&p, t->rows, 0, false, false)) {
        lc_free(p.ticks);
        lc_free(x);
        return lc_fail_memory(st);
    }
    for (size_t h = 0; h < f->horizon; h++) x[h] = (double)(h + 1);
    /* The model last and on top. */
    for (int kind = LC_CURVE_OTHER; kind-- > 0;) {
        for (size_t i = 0; i < f->n_curves; i++)
            if ((int)f->curve[i].curve == kind)
                draw_line(&p, x, f->curve[i].error, f->horizon, curves[kind].every, curves[kind].ink);
    }
    for (lc_curve kind = LC_CURVE_MODEL; kind < LC_CURVE_OTHER; kind++) {
        for (size_t i = 0; i < f->n_curves; i++)
            if (f->curve[i].curve == kind)
                list[n++] = (entry){curves[kind].every > 1 ? dotted : thick, f->curve[i].name, curves[kind].ink};
    }
    put_subject(out, &p, f);
    put_head(out, &p, f->measure, "", list, n);
    put_plot(out, &p);
    put_axis(out, &p);
    put_coverage(out, f);
    end_plot(&p);
    lc_free(x);
    return out->failed ? lc_fail_memory(st) : LC_OK;
}
