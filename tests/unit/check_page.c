/* Where words stand on the page of a chart: with fonts and pictures of every size none lies over others or over a plot.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/gnuplot.h"
#include "report/style.h"
#include "unit/support/figures.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

enum { BOXES = 200, PLOTS = 2 * LC_CHART_MOST, TEXT = 64 };

/* In pixels, from the lower left corner. */
typedef struct box {
    double left, right, bottom, top;
    char text[TEXT];
} box;

typedef struct sheet {
    double width, height, font; /* of ticks, in pixels */
    box words[BOXES], plot[PLOTS];
    size_t n_words, n_plots;
} sheet;

/* Proportional letters are at least that wide, and a line that high. */
#define LETTER .5
#define LINE .8
#define POINT (4. / 3)

static bool overlap(const box *a, const box *b)
{
    return a->left < b->right && b->left < a->right && a->bottom < b->top && b->bottom < a->top;
}

static double number_after(const char *line, const char *key)
{
    const char *at = strstr(line, key);
    ck_assert_msg(at != NULL, "no %s in %s", key, line);
    return strtod(at + strlen(key), NULL);
}

/* What a string of gnuplot says, without its octal escapes. */
static void unescape(char out[TEXT], const char *from, const char *end)
{
    size_t n = 0;
    while (from < end && n < TEXT - 1) {
        const bool escaped = *from == '\\';
        out[n++] = (char)(escaped ? strtol((char[]){from[1], from[2], from[3], '\0'}, NULL, 8) : *from);
        from += escaped ? 4 : 1;
    }
    out[n] = '\0';
}

/* set label "TEXT" at screen X,Y left|center|right [rotate by 90] font ",SIZE" */
static void add_words(sheet *s, const char *line)
{
    const char *open = strchr(line, '"'), *at = strstr(line, "at screen "), *end = at;
    if (!open || !at || open[1] == '"') return; /* the point of a legend, or words beside a value */
    ck_assert_uint_lt(s->n_words, BOXES);
    box *b = &s->words[s->n_words++];
    while (*end != '"') end--;
    unescape(b->text, open + 1, end);
    char *rest;
    const bool turned = strstr(at, "rotate by 90") != NULL;
    const double size = number_after(at, "font \",") * POINT, wide = lc_gp_columns(b->text) * LETTER * size,
                 x = strtod(at + strlen("at screen "), &rest) * s->width, y = strtod(rest + 1, NULL) * s->height,
                 across = turned ? LINE * size : wide, down = turned ? wide : LINE * size;
    b->left = strstr(at, " center") ? x - across / 2 : strstr(at, " right") ? x - across : x;
    b->right = b->left + across;
    b->bottom = y - down / 2;
    b->top = y + down / 2;
}

static sheet *read_script(const char *path)
{
    sheet *s = calloc(1, sizeof *s);
    char *script = scratch_text(path), *rest = script;
    for (char *line; (line = strsep(&rest, "\n"));) {
        box *plot = &s->plot[s->n_plots < PLOTS ? s->n_plots : PLOTS - 1];
        if (strncmp(line, "set terminal", 12) == 0) {
            ck_assert_int_eq(sscanf(strstr(line, "size "), "size %lf,%lf", &s->width, &s->height), 2);
            s->font = number_after(strstr(line, "font \"") + 6, ",") * POINT;
        } else if (strncmp(line, "set label \"", 11) == 0) {
            add_words(s, line);
        } else if (strncmp(line, "set lmargin", 11) == 0) {
            plot->left = number_after(line, "screen ") * s->width;
        } else if (strncmp(line, "set rmargin", 11) == 0) {
            plot->right = number_after(line, "screen ") * s->width;
        } else if (strncmp(line, "set bmargin", 11) == 0) {
            plot->bottom = number_after(line, "screen ") * s->height;
        } else if (strncmp(line, "set tmargin", 11) == 0) {
            plot->top = number_after(line, "screen ") * s->height;
            ck_assert_uint_le(++s->n_plots, PLOTS);
        }
    }
    free(script);
    return s;
}

/* Words are on the page, and over no others; above or beside a plot they do not reach into it. */
static void assert_apart(const sheet *s, const char *what)
{
    ck_assert_uint_gt(s->n_words, 3);
    ck_assert_uint_gt(s->n_plots, 0);
    for (size_t i = 0; i < s->n_plots; i++) {
        const box *p = &s->plot[i];
        ck_assert_msg(p->right - p->left > 60, "%s: a plot %g wide", what, p->right - p->left);
        ck_assert_msg(p->top - p->bottom > 30, "%s: a plot %g high", what, p->top - p->bottom);
        for (size_t k = 0; k < i; k++) ck_assert_msg(!overlap(p, &s->plot[k]), "%s: plots overlap", what);
    }
    for (size_t i = 0; i < s->n_words; i++) {
        const box *a = &s->words[i];
        const double x = (a->left + a->right) / 2, y = (a->bottom + a->top) / 2;
        ck_assert_msg(a->left > 0 && a->right < s->width && a->bottom > 0 && a->top < s->height,
                      "%s: \"%s\" leaves the page", what, a->text);
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(!overlap(a, &s->words[k]), "%s: \"%s\" lies over \"%s\"", what, a->text, s->words[k].text);
        for (size_t k = 0; k < s->n_plots; k++) {
            const box *p = &s->plot[k];
            const bool inside = x > p->left && x < p->right && y > p->bottom && y < p->top;
            ck_assert_msg(inside || !overlap(a, p), "%s: \"%s\" reaches into a plot", what, a->text);
        }
    }
}

static const double scales[] = {.6, .66, 1, 1.5, 2, 2.34, 2.5};
enum { SCALES = sizeof scales / sizeof scales[0] };

START_TEST(words_lie_over_nothing)
{
    static const int sizes[][2] = {{0, 0}, {800, 0}, {400, 400}, {400, 2000}, {3000, 400}};
    scratch_enter();
    figures f;
    figures_fill(&f, "A name of a series", "degrees");
    for (size_t i = 0; i < SCALES; i++) {
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            lc_style style = *lc_style_or_usual(NULL);
            style.font_scale = scales[i];
            style.width = sizes[k][0];
            style.height = sizes[k][1];
            for (int kind = 0; kind < FIGURE_KINDS; kind++) {
                char what[80];
                lc_status st = {0};
                snprintf(what, sizeof what, "kind %d, %d by %d, %g", kind, sizes[k][0], sizes[k][1], scales[i]);
                ck_assert_msg(figures_draw_styled(&f, kind, "a.gp", &style, &st) == LC_OK, "%s", st.text);
                sheet *s = read_script("a.gp");
                assert_apart(s, what);
                /* What was asked for comes where the picture has the usual size. */
                const double usual = kind == 3 ? 17 : 16;
                if (!style.width && !style.height) ck_assert_double_eq_tol(s->font, usual * scales[i], 1e-6);
                ck_assert_double_ge(s->font, fmin(usual * scales[i], usual) - 1e-6);
                free(s);
            }
        }
    }
    scratch_leave();
}
END_TEST

START_TEST(words_of_many_panels_lie_over_nothing)
{
    scratch_enter();
    figures f;
    figures_fill(&f, "A name of a series", "degrees");
    for (size_t i = 0; i < SCALES; i++) {
        for (size_t n = 1; n <= LC_CHART_MOST; n++) {
            char what[80];
            lc_forecast_figure forecast[LC_CHART_MOST];
            lc_detect_figure detect[LC_CHART_MOST];
            lc_style style = *lc_style_or_usual(NULL);
            style.font_scale = scales[i];
            for (size_t k = 0; k < n; k++) {
                forecast[k] = f.forecast;
                detect[k] = f.detect;
            }
            const lc_drawing to = {"a.gp", true, &style};
            for (int kind = 0; kind < 2; kind++) {
                lc_status st = {0};
                snprintf(what, sizeof what, "%zu panels of kind %d, %g", n, kind, scales[i]);
                const lc_code code =
                    kind ? lc_chart_detect(detect, n, &to, &st) : lc_chart_forecast(forecast, n, &to, &st);
                ck_assert_msg(code == LC_OK, "%s: %s", what, st.text);
                sheet *s = read_script("a.gp");
                ck_assert_uint_eq(s->n_plots, kind ? 2 * n : n);
                assert_apart(s, what);
                free(s);
            }
        }
    }
    scratch_leave();
}
END_TEST

START_TEST(words_on_values_are_kept_apart)
{
    scratch_enter();
    figures f;
    figures_fill(&f, "t", "y");
    const char *why[FIGURE_ROWS];
    for (size_t i = 0; i < FIGURE_ROWS; i++) why[i] = i % 2 ? "error" : "level";
    f.detect.why = why;
    for (size_t i = 0; i < FIGURE_ROWS; i++) f.anomaly[i] = i == 10 || i == 11 || i == 30;
    for (size_t i = 10; i < 12; i++) f.y[i] = f.expected[i] = 10;
    lc_status st = {0};
    ck_assert_msg(figures_draw(&f, 1, "a.gp", true, &st) == LC_OK, "%s", st.text);
    char *script = scratch_text("a.gp");
    size_t levels = 0, errors = 0;
    for (const char *at = script; (at = strstr(at, "set label \"level\"")); at++) levels++;
    for (const char *at = script; (at = strstr(at, "set label \"error\"")); at++) errors++;
    ck_assert_uint_eq(levels, 2);
    ck_assert_uint_eq(errors, 0); /* it would lie over the one before it */
    free(script);
    scratch_leave();
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("pages of charts");
    TCase *c = tcase_create("words");
    tcase_add_test(c, words_lie_over_nothing);
    tcase_add_test(c, words_of_many_panels_lie_over_nothing);
    tcase_add_test(c, words_on_values_are_kept_apart);
    suite_add_tcase(s, c);
    return s;
}
