/* Charts of characters: dots, lines, and figures at the edge of what can be drawn, within the width of a terminal. */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/canvas.h"
#include "report/gnuplot.h"
#include "report/terminal.h"
#include "unit/support/unit.h"

static void expect_row(const lc_canvas *c, size_t row, bool colour, const char *want)
{
    lc_buf b = {0};
    lc_canvas_write(c, row, colour, &b);
    ck_assert_str_eq(b.len ? b.data : "", want);
    lc_buf_free(&b);
}

START_TEST(dots_stand_where_they_belong)
{
    lc_canvas c;
    ck_assert(lc_canvas_create(&c, 3, 2));
    expect_row(&c, 0, false, "");
    lc_canvas_dot(&c, 0, 0, LC_INK_PLAIN); /* lower left */
    lc_canvas_dot(&c, 3, 7, LC_INK_PLAIN); /* upper row, second cell, right */
    expect_row(&c, 0, false, " \xe2\xa0\x88");
    expect_row(&c, 1, false, "\xe2\xa1\x80");
    static const long outside[][2] = {{-1, 0}, {0, -1}, {6, 0}, {0, 8}, {1L << 40, 3}, {3, -(1L << 40)}};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        lc_canvas_dot(&c, outside[i][0], outside[i][1], LC_INK_PLAIN);
        lc_canvas_mark(&c, outside[i][0], outside[i][1], LC_INK_FLAG);
    }
    expect_row(&c, 0, false, " \xe2\xa0\x88");
    expect_row(&c, 1, false, "\xe2\xa1\x80");
    lc_canvas_free(&c);
}
END_TEST

START_TEST(lines_reach_both_ends)
{
    lc_canvas c;
    ck_assert(lc_canvas_create(&c, 2, 1));
    lc_canvas_line(&c, 3, 3, 0, 0, 1, LC_INK_PLAIN);
    expect_row(&c, 0, false, "\xe2\xa1\xa0\xe2\xa0\x8a");
    lc_canvas_free(&c);
    ck_assert(lc_canvas_create(&c, 2, 1));
    lc_canvas_line(&c, 0, 0, 3, 0, 2, LC_INK_PLAIN); /* dots 0 and 2 */
    expect_row(&c, 0, false, "\xe2\xa1\x80\xe2\xa1\x80");
    lc_canvas_free(&c);
}
END_TEST

START_TEST(colours_begin_and_end)
{
    lc_canvas c;
    ck_assert(lc_canvas_create(&c, 3, 1));
    lc_canvas_dot(&c, 0, 0, LC_INK_LINE);
    lc_canvas_dot(&c, 0, 0, LC_INK_BAND); /* lies below */
    lc_canvas_dot(&c, 2, 0, LC_INK_LINE);
    lc_canvas_mark(&c, 4, 0, LC_INK_FLAG);
    expect_row(&c, 0, true, "\033[94m\xe2\xa1\x80\xe2\xa1\x80\033[0m\033[91m\xe2\x97\x8f\033[0m");
    expect_row(&c, 0, false, "\xe2\xa1\x80\xe2\xa1\x80\xe2\x97\x8f");
    lc_canvas_free(&c);
}
END_TEST

enum { N = 60, H = 9 };

typedef struct sample {
    double x[N], y[N], expected[N], score[N], fx[H], f[H], lo[H], hi[H], level[1];
    const double *los[1], *his[1];
    int flag[N];
} sample;

static void fill(sample *s, double scale, bool calendar)
{
    memset(s, 0, sizeof *s);
    for (int i = 0; i < N; i++) {
        s->x[i] = calendar ? 1.7e9 + 86400. * i : i;
        s->y[i] = scale * sin(i);
        s->expected[i] = scale * cos(i);
        s->score[i] = i == 40 ? .8 : .1;
        s->flag[i] = i == 40;
    }
    for (int i = 0; i < H; i++) {
        s->fx[i] = calendar ? 1.7e9 + 86400. * (N + i) : N + i;
        s->f[i] = scale * sin(N + i);
        s->lo[i] = s->f[i] - fabs(scale);
        s->hi[i] = s->f[i] + fabs(scale);
    }
    s->level[0] = 80;
    s->los[0] = s->lo;
    s->his[0] = s->hi;
}

/* Whole lines, none wider than the terminal, nothing that a terminal would obey. */
static void expect_fit(const lc_buf *b, int columns)
{
    ck_assert_ptr_null(strchr(b->data, '\033'));
    ck_assert_int_eq(b->data[b->len - 1], '\n');
    char *copy = strdup(b->data), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));) {
        ck_assert_msg(lc_gp_columns(line) <= columns, "%d columns: %s", lc_gp_columns(line), line);
        for (const char *c = line; *c; c++) UNIT_MUST((unsigned char)*c >= ' ', "a control byte in %s", line);
    }
    free(copy);
}

static void draw(const sample *s, size_t n, size_t h, size_t levels, const char *title, bool calendar, int columns,
                 int rows)
{
    const lc_terminal t = {.columns = columns, .rows = rows, .colour = false};
    lc_buf b = {0};
    const lc_forecast_figure f = {title, "load", calendar, n,      s->x,   s->y, h,    s->fx,
                                  s->f,  levels, s->level, s->los, s->his, 0,    NULL, NULL};
    ck_assert_int_eq(lc_terminal_forecast(&b, &f, &t, NULL), LC_OK);
    expect_fit(&b, columns);
    lc_buf_free(&b);
    const lc_detect_figure d = {title,       "load", calendar, n,        s->x,    s->y,
                                s->expected, s->lo,  s->hi,    s->score, s->flag, NULL};
    ck_assert_int_eq(lc_terminal_detect(&b, &d, &t, NULL), LC_OK);
    expect_fit(&b, columns);
    ck_assert(n <= 40 || strstr(b.data, "\xe2\x97\x8f"));
    lc_buf_free(&b);
}

START_TEST(charts_fit_their_terminal)
{
    static const double scales[] = {1, 0, 1e-300, 1e300, 1.7e308, 123456789, -1};
    sample s;
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        for (int columns = 40; columns <= 240; columns += 40) {
            for (int calendar = 0; calendar < 2; calendar++) {
                fill(&s, scales[i], calendar);
                draw(&s, N, H, 1, "a series", calendar, columns, 7 + columns / 10);
                draw(&s, 1, 1, 0, "one", calendar, columns, 7);
                draw(&s, 0, 1, 1, "no history", calendar, columns, 7);
            }
        }
    }
}
END_TEST

START_TEST(missing_values_are_gaps)
{
    sample s;
    fill(&s, 1, true);
    for (int i = 0; i < N; i += 3) s.y[i] = NAN;
    s.y[1] = INFINITY;
    for (int i = 0; i < H; i++) s.f[i] = NAN;
    draw(&s, N, H, 1, "holes", true, 80, 12);
    for (int i = 0; i < N; i++) s.y[i] = NAN;
    draw(&s, N, H, 1, "nothing", true, 80, 12); /* of detect the score is left */
}
END_TEST

START_TEST(titles_cannot_command_a_terminal)
{
    sample s;
    fill(&s, 1, false);
    draw(&s, N, H, 1, "\033]0;owned\007\033[2J\r\n\xff", false, 80, 12);
    char wide[900] = "";
    while (strlen(wide) < 890) strcat(wide, "\xe6\x97\xa5"); /* two columns each */
    draw(&s, N, H, 1, wide, false, 80, 12);
    draw(&s, N, H, 1, wide, false, 41, 12);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("terminal charts");
    TCase *c = tcase_create("terminal");
    tcase_add_test(c, dots_stand_where_they_belong);
    tcase_add_test(c, lines_reach_both_ends);
    tcase_add_test(c, colours_begin_and_end);
    tcase_add_test(c, charts_fit_their_terminal);
    tcase_add_test(c, missing_values_are_gaps);
    tcase_add_test(c, titles_cannot_command_a_terminal);
    suite_add_tcase(s, c);
    return s;
}
