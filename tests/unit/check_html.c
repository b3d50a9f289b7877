/* Pages of HTML: text from outside, pictures of gnuplot's within a page, small lines in tables. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/html.h"
#include "report/spark.h"
#include "report/svg_inline.h"
#include "unit/support/unit.h"

static void expect_text(const char *text, const char *want)
{
    lc_buf b = {0};
    lc_html_text(&b, text);
    ck_assert_str_eq(b.len ? b.data : "", want);
    lc_buf_free(&b);
}

START_TEST(text_is_escaped)
{
    expect_text("", "");
    expect_text("a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;");
    expect_text("&amp;", "&amp;amp;");
    expect_text("two\nlines\tand\rmore", "two lines and more");
    expect_text("\x01\x1b[31m\x7f", "\xef\xbf\xbd\xef\xbf\xbd[31m\xef\xbf\xbd");
    expect_text("\xff\xc0\xaf z\xc3\xbcrich", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd z\xc3\xbcrich");
    expect_text("\xe2\x80\xaegpj.exe", "\xef\xbf\xbdgpj.exe"); /* U+202E turns what follows round */
    expect_text("\xe2\x81\xa6x\xd8\x9c", "\xef\xbf\xbdx\xef\xbf\xbd");
}
END_TEST

START_TEST(pieces_are_filled_in)
{
    lc_buf b = {0};
    lc_html(&b, "<p title=\"%t\">%s %z %g%%%g</p>", "\"<", "<b>", (size_t)12, 0.1, NAN);
    ck_assert_str_eq(b.data, "<p title=\"&quot;&lt;\"><b> 12 0.1%</p>");
    lc_buf_free(&b);
}
END_TEST

static const char head[] = "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 10 10\" xmlns=\"http://www.w3.org/2000/svg\">";

/* What is left of the inside of a picture. */
static void expect_svg(const char *inside, const char *want)
{
    lc_buf svg = {0}, out = {0}, whole = {0};
    lc_status st = {0};
    lc_buf_printf(&svg, "%s%s</svg>\n", head, inside);
    ck_assert_msg(lc_svg_inline(&out, 1, svg.data, &st) == LC_OK, "%s: %s", inside, st.text);
    lc_buf_printf(&whole, "<svg viewBox=\"0 0 10 10\">%s</svg>", want);
    ck_assert_str_eq(out.data, whole.data);
    lc_buf_free(&svg);
    lc_buf_free(&out);
    lc_buf_free(&whole);
}

START_TEST(only_drawings_pass)
{
    static const struct {
        const char *inside, *want;
    } v[] = {
        {"<path stroke='black' d='M1.5,2 L3,4 '/>", "<path stroke=\"black\" d=\"M1.5,2 L3,4 \"/>"},
        {"<polygon fill = 'rgb(0, 114, 178)' points = '1,2 3,4'/>",
         "<polygon fill=\"rgb(0, 114, 178)\" points=\"1,2 3,4\"/>"},
        {"<g fill=\"none\"><text>a &lt;b&gt; &amp; c</text></g>",
         "<g fill=\"none\"><text>a &lt;b&gt; &amp; c</text></g>"},
        {"<text>a & b > c</text>", "<text>a &amp; b &gt; c</text>"},
        {"<use xlink:href='#gpPt6' transform='scale(2)'/>", "<use href=\"#gpPt6\" transform=\"scale(2)\"/>"},
        {"<use xlink:href='#gpPt3'/><use xlink:href='http://a/#gpPt6'/>", "<use/><use/>"},
        {"<use href='javascript:alert(1)'/>", "<use/>"},
        {"<script>alert('&lt;g&gt;')</script><g></g>", "<g></g>"},
        {"<script><g><path d='M0'/></g></script><g/>", "<g/>"},
        {"<title>Gnuplot</title><desc>x</desc><g/>", "<g/>"},
        {"<defs><circle id='a' r='1'/><g><path d='M0'/></g></defs><rect/>", "<rect/>"},
        {"<style>*{background:url(//a)}</style>", ""},
        {"<a href='//evil'><text>x</text></a>", ""},
        {"<image href='//evil'/><foreignObject><p>x</p></foreignObject>", ""},
        {"<rect onload='alert(1)' width='3' style='fill:url(//a)'/>", "<rect width=\"3\"/>"},
        {"<rect fill='url(#x)' width='1'/>", "<rect fill=\"url(#x)\" width=\"1\"/>"},
        {"<rect fill='url(//evil)' width='1'/>", "<rect width=\"1\"/>"},
        {"<rect fill='\"><script>' width='1'/>", "<rect width=\"1\"/>"},
        {"<rect width=1 height='2'/>", "<rect height=\"2\"/>"},
        {"<!-- <script> --><g/>", "<g/>"},
    };
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) expect_svg(v[i].inside, v[i].want);
}
END_TEST

/* gnuplot's points, each under the name that its pictures refer to. */
START_TEST(every_shape_can_be_referred_to)
{
    static const char id[] = "id=\"";
    lc_buf shapes = {0};
    size_t n = 0;
    lc_svg_shapes(&shapes);
    for (const char *at = shapes.data; (at = strstr(at, id)); n++) {
        char name[16], inside[80], want[80];
        at += sizeof id - 1;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, "\""), at);
        snprintf(inside, sizeof inside, "<use xlink:href='#%s'/><use xlink:href='#%sx'/>", name, name);
        snprintf(want, sizeof want, "<use href=\"#%s\"/><use/>", name);
        expect_svg(inside, want);
    }
    ck_assert_uint_eq(n, 5);
    expect_svg("<use xlink:href='gpDot'/><use xlink:href='#'/><use xlink:href=''/>", "<use/><use/><use/>");
    lc_buf_free(&shapes);
}
END_TEST

START_TEST(broken_pictures_are_refused)
{
    static const char *const broken[] = {"",
                                         "no picture",
                                         "<svg",
                                         "<svg>",
                                         "<svg><g>",
                                         "<svg><path d='M0",
                                         "<svg><path d='M0'",
                                         "<svg></g",
                                         "<svg><script>",
                                         "<svg><script>a('<g>')</script></svg>",
                                         "<svg><g></svg>",
                                         "<svg></g></svg>",
                                         "<svg><!-- </svg>",
                                         "<svg><text>never ends"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        lc_buf out = {0};
        lc_status st = {0};
        ck_assert_msg(lc_svg_inline(&out, 1, broken[i], &st) == LC_E_TOOL, "%s", broken[i]);
        ck_assert_str_eq(st.text, "gnuplot drew 0 of 1 charts");
        lc_buf_free(&out);
    }
    lc_buf two[2] = {{0}};
    lc_status st = {0};
    ck_assert_int_eq(lc_svg_inline(two, 2, "<svg><g/></svg>", &st), LC_E_TOOL);
    ck_assert_str_eq(st.text, "gnuplot drew 1 of 2 charts");
    lc_buf_free(&two[0]);
    lc_buf_free(&two[1]);
}
END_TEST

START_TEST(pictures_follow_each_other)
{
    lc_buf out[2] = {{0}}, svg = {0};
    lc_buf_printf(&svg, "%s<g/></svg>\n%s<rect/></svg>", head, head);
    ck_assert_int_eq(lc_svg_inline(out, 2, svg.data, NULL), LC_OK);
    ck_assert_ptr_nonnull(strstr(out[0].data, "<g/>"));
    ck_assert_ptr_nonnull(strstr(out[1].data, "<rect/>"));
    lc_buf_free(&svg);
    lc_buf_free(&out[0]);
    lc_buf_free(&out[1]);
}
END_TEST

/* A file of so many documents, the i-th with a rectangle of i wide and as many more as `rest` says. */
static int file_of_pictures(size_t n, size_t rest)
{
    lc_buf svg = {0};
    char name[] = "/tmp/loomcast-check-XXXXXX";
    for (size_t i = 0; i < n; i++) {
        lc_buf_printf(&svg, "%s<rect width=\"%zu\"/>", head, i);
        for (size_t k = 0; k < rest; k++) lc_buf_puts(&svg, "<g/>");
        lc_buf_puts(&svg, "</svg>\n");
    }
    const int file = mkstemp(name);
    ck_assert_int_ge(file, 0);
    unlink(name);
    ck_assert_int_eq(write(file, svg.data, svg.len), (int)svg.len);
    ck_assert_int_eq(lseek(file, 0, SEEK_SET), 0);
    lc_buf_free(&svg);
    return file;
}

/* Whatever part of a document a block ends with. */
START_TEST(pictures_of_a_file_come_one_by_one)
{
    enum { N = 5 };
    for (size_t rest = 3700; rest < 4100; rest++) {
        lc_svg_file f = {.file = file_of_pictures(N, rest), .all = N + 1};
        lc_buf out = {0};
        lc_status st = {0};
        char want[40];
        for (size_t i = 0; i < N; i++) {
            ck_assert_int_eq(lc_svg_file_next(&out, &f, NULL), LC_OK);
            snprintf(want, sizeof want, "<rect width=\"%zu\"/>", i);
            ck_assert_ptr_nonnull(strstr(out.data, want));
            ck_assert_str_eq(out.data + out.len - 10, "<g/></svg>");
            ck_assert_ptr_null(strstr(out.data + 1, "<svg"));
        }
        ck_assert_int_eq(lc_svg_file_next(&out, &f, &st), LC_E_TOOL);
        ck_assert_str_eq(st.text, "gnuplot drew 5 of 6 charts");
        lc_svg_file_close(&f);
        lc_buf_free(&out);
    }
}
END_TEST

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text += strlen(what)) n++;
    return n;
}

START_TEST(small_lines_are_bounded)
{
    enum { N = 100000 };
    double *y = malloc(N * sizeof *y);
    int *marked = calloc(N, sizeof *marked);
    for (size_t i = 0; i < N; i++) {
        y[i] = sin((double)i);
        marked[i] = i % 100 == 0;
    }
    lc_buf b = {0};
    lc_spark(&b, y, marked, N, N, lc_style_or_usual(NULL));
    ck_assert_uint_lt(b.len, 4096);
    ck_assert_uint_eq(count(b.data, "<path"), 1);
    ck_assert_uint_eq(count(b.data, "<circle"), 12);
    lc_buf_free(&b);
    free(y);
    free(marked);
}
END_TEST

START_TEST(small_lines_of_odd_values)
{
    static const double v[][4] = {{NAN, NAN, NAN, NAN}, {1, NAN, 2, NAN}, {5, 5, 5, 5}, {-1e308, 1e308, 0, INFINITY}};
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        for (size_t n = 0; n <= 4; n++) {
            lc_buf b = {0};
            lc_spark(&b, v[i], NULL, n, n / 2, lc_style_or_usual(NULL));
            ck_assert_ptr_null(strstr(b.data, "nan"));
            ck_assert_ptr_null(strstr(b.data, "inf"));
            ck_assert_ptr_nonnull(strstr(b.data, "</svg>"));
            lc_buf_free(&b);
        }
    }
    /* A value that is missing hides no other of its stretch. */
    enum { MANY = 1200 };
    double *holes = malloc(MANY * sizeof *holes);
    for (size_t i = 0; i < MANY; i++) holes[i] = i % 2 ? NAN : (double)(i % 10);
    lc_buf b = {0};
    lc_spark(&b, holes, NULL, MANY, MANY, lc_style_or_usual(NULL));
    ck_assert_uint_gt(count(b.data, "L"), 60);
    lc_buf_free(&b);
    free(holes);
    lc_spark(&b, v[1], NULL, 4, 4, lc_style_or_usual(NULL));
    ck_assert_ptr_nonnull(strstr(b.data, "d=\"M12 100h1M316 12h1\"")); /* lone values are dots, the gap stays */
    lc_buf_free(&b);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("pages");
    TCase *c = tcase_create("html");
    tcase_add_test(c, text_is_escaped);
    tcase_add_test(c, pieces_are_filled_in);
    tcase_add_test(c, only_drawings_pass);
    tcase_add_test(c, every_shape_can_be_referred_to);
    tcase_add_test(c, broken_pictures_are_refused);
    tcase_add_test(c, pictures_follow_each_other);
    tcase_add_test(c, pictures_of_a_file_come_one_by_one);
    tcase_add_test(c, small_lines_are_bounded);
    tcase_add_test(c, small_lines_of_odd_values);
    suite_add_tcase(s, c);
    return s;
}
