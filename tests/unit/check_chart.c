#define _GNU_SOURCE
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/support/figures.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

/* Runs gnuplot on a script as a user would. */
static int plain_gnuplot(const char *script)
{
    pid_t child = fork();
    if (child == 0) {
        execlp("gnuplot", "gnuplot", script, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

static void expect_drawn(const figures *s, int kind, const char *path)
{
    lc_status st = {0};
    lc_code code = figures_draw(s, kind, path, false, &st);
    ck_assert_msg(code == LC_OK, "%s: %d %s", path, code, st.text);
}

START_TEST(every_format_is_drawn)
{
    static const struct {
        const char *name, *magic;
    } formats[] = {{"a.png", "\x89PNG"},
                   {"a.svg", "<?xml"},
                   {"a.pdf", "%PDF"},
                   {"a.gp", "# gnuplot script"},
                   {"b.PNG", "\x89PNG"}};
    scratch_enter();
    figures s;
    figures_fill(&s, "series", "y");
    for (int kind = 0; kind < FIGURE_KINDS; kind++) {
        for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
            expect_drawn(&s, kind, formats[i].name);
            char *text = scratch_text(formats[i].name);
            ck_assert_msg(strncmp(text, formats[i].magic, strlen(formats[i].magic)) == 0, "%s", formats[i].name);
            free(text);
        }
        ck_assert_uint_eq(scratch_files(), 5);
        unlink("a.png");
        ck_assert_int_eq(plain_gnuplot("a.gp"), 0);
        ck_assert(scratch_has("a.png"));
        for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) unlink(formats[i].name);
    }
    scratch_leave();
}
END_TEST

/* ---- text is data ---- */

static const char *const hostile[] = {
    "\"; system(\"touch pwned\"); \"",
    "\"\nsystem \"touch pwned\"\n\"",
    "\nsystem \"touch pwned\"\n",
    "\n!touch pwned\n",
    "`touch pwned`",
    "\"`touch pwned`\"",
    "'`touch pwned`'",
    "$(touch pwned)",
    "@x",
    "x='touch pwned'; @x",
    "{/Symbol a}_b^c{/:Bold d}",
    "' ; system('touch pwned') ; '",
    "\\",
    "\\\\\"; system(\"touch pwned\") #",
    "\\\"; !touch pwned",
    "\\140touch pwned\\140",
    "\\n\\t\\042",
    "EOD\nset output \"pwned\"\n",
    "%s %n %d %% %c",
    "# comment",
    "; load 'pwned'; exit",
    "| touch pwned",
    "< touch pwned",
    "\xff\xfe\x80 not utf-8 \xc3",
    "\xed\xa0\x80 surrogate \xc0\xaf overlong",
    "\x01\x02\x1b[31m\x7f\xc2\x85 control",
    "a\rb\tc\vd",
    "<b>&amp;</b> ]]> <!--",
    "\xf0\x9f\x98\x80 \xe6\x97\xa5\xe6\x9c\xac \xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a",
    "",
};

START_TEST(hostile_text_draws_and_does_nothing)
{
    scratch_enter();
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        figures s;
        figures_fill(&s, hostile[i], hostile[i]);
        int kind = (int)i % FIGURE_KINDS;
        /* Pictures made by us, ... */
        expect_drawn(&s, kind, "a.svg");
        ck_assert_uint_eq(scratch_files(), 1);
        unlink("a.svg");
        /* ... and by hand from the script, with the user's own gnuplot settings. */
        for (kind = 0; kind < FIGURE_KINDS; kind++) {
            expect_drawn(&s, kind, "a.gp");
            ck_assert_msg(plain_gnuplot("a.gp") == 0, "script of \"%s\" fails", hostile[i]);
            ck_assert_msg(!scratch_has("pwned") && scratch_files() == 2, "\"%s\" did something", hostile[i]);
            unlink("a.gp");
            unlink("a.png");
        }
    }
    scratch_leave();
}
END_TEST

START_TEST(long_text_is_cut)
{
    scratch_enter();
    size_t n = 1000000;
    char *title = malloc(n + 1);
    memset(title, '"', n);
    title[n] = '\0';
    figures s;
    figures_fill(&s, title, title);
    expect_drawn(&s, 0, "a.gp");
    struct stat info;
    ck_assert_int_eq(stat("a.gp", &info), 0);
    ck_assert_int_lt(info.st_size, 20000);
    ck_assert_int_eq(plain_gnuplot("a.gp"), 0);
    /* A letter under half a million accents is one column wide, and still is cut. */
    for (size_t i = 0; i + 1 < n; i += 2) memcpy(title + i, "\xcc\x81", 2);
    title[0] = 'e', title[1] = 'e';
    unlink("a.gp");
    expect_drawn(&s, 1, "a.gp");
    ck_assert_int_eq(stat("a.gp", &info), 0);
    ck_assert_int_lt(info.st_size, 20000);
    for (int i = 0; i < FIGURE_CURVES; i++) s.curve[i].name = "model"; /* these are never from outside */
    unlink("a.gp");
    expect_drawn(&s, 3, "a.gp");
    ck_assert_int_eq(stat("a.gp", &info), 0);
    ck_assert_int_lt(info.st_size, 20000);
    free(title);
    scratch_leave();
}
END_TEST

static void expect_in_svg(const char *title, const char *want)
{
    figures s;
    figures_fill(&s, title, "y");
    expect_drawn(&s, 0, "a.svg");
    char *text = scratch_text("a.svg");
    ck_assert_msg(strstr(text, want) != NULL, "no %s in the picture", want);
    free(text);
    unlink("a.svg");
}

START_TEST(text_appears_as_it_is)
{
    scratch_enter();
    expect_in_svg("close_price^2 {/Symbol a}", ">close_price^2 {/Symbol a}<");
    expect_in_svg("say \"hi\" `x` @y 'z' \\n $517", ">say \"hi\" `x` @y 'z' \\n $517<");
    expect_in_svg("50 % of caf\xc3\xa9", ">50 % of caf\xc3\xa9<");
    expect_in_svg("two\nlines", ">two lines<");
    expect_in_svg("\xe6\x97\xa5\xf4\x8f\xbf\xbd", ">\xe6\x97\xa5\xf4\x8f\xbf\xbd<");
    expect_in_svg("a<b & c", ">a&lt;b &amp; c<");
    expect_in_svg("bad \xff byte", ">bad \xef\xbf\xbd byte<");
    expect_in_svg("x]]>y", ">x]]\xe2\x80\x8b>y<");
    scratch_leave();
}
END_TEST

START_TEST(hostile_file_names_are_names)
{
    static const char *const names[] = {
        "|touch pwned.gp", "`touch pwned`.gp", "a\"; !touch pwned #.gp", "-.gp", "~x.gp", "' '.gp",
        "\\.gp",           "$HOME.gp",         "new\nline.gp",           ".gp"};
    scratch_enter();
    figures s;
    figures_fill(&s, "t", "y");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        expect_drawn(&s, 0, names[i]);
        ck_assert_int_eq(rename(names[i], "script"), 0);
        ck_assert_msg(plain_gnuplot("script") == 0, "%s", names[i]);
        ck_assert_msg(!scratch_has("pwned") && scratch_files() == 2, "\"%s\" did something", names[i]);
        scratch_leave();
        scratch_enter();
    }
    expect_drawn(&s, 0, "|touch pwned .png");
    ck_assert_uint_eq(scratch_files(), 1);
    scratch_leave();
}
END_TEST

/* ---- failures ---- */

START_TEST(a_missing_gnuplot_is_reported)
{
    scratch_enter();
    figures s;
    figures_fill(&s, "t", "y");
    ck_assert_int_eq(mkdir("empty", 0700), 0);
    char empty[96];
    snprintf(empty, sizeof empty, "%s/empty", scratch_folder());
    setenv("PATH", empty, 1);
    for (int kind = 0; kind < FIGURE_KINDS; kind++) {
        lc_status st = {0};
        ck_assert_int_eq(figures_draw(&s, kind, "a.png", false, &st), LC_E_TOOL);
        ck_assert_str_eq(st.text, "gnuplot, which draws the charts, was not found");
        ck_assert_str_eq(st.hint, "install gnuplot (apt install gnuplot-nox, dnf install gnuplot, pacman -S gnuplot, "
                                  "brew install gnuplot)");
        ck_assert_uint_eq(scratch_files(), 1);
    }
    expect_drawn(&s, 0, "a.gp"); /* a script needs nobody */
    scratch_leave();
}
END_TEST

/* Puts a program in gnuplot's place. */
static void pretend(const char *body)
{
    char path[4096];
    if (!scratch_has("bin")) ck_assert_int_eq(mkdir("bin", 0700), 0);
    FILE *f = fopen("bin/gnuplot", "w");
    fprintf(f, "#!/bin/sh\n%s\n", body);
    fclose(f);
    ck_assert_int_eq(chmod("bin/gnuplot", 0700), 0);
    snprintf(path, sizeof path, "%s/bin:%s", scratch_folder(), scratch_path());
    setenv("PATH", path, 1);
}

static void expect_failure(const char *body, const char *text)
{
    figures s;
    figures_fill(&s, "t", "y");
    pretend(body);
    lc_status st = {0};
    ck_assert_int_eq(figures_draw(&s, 0, "a.png", true, &st), LC_E_TOOL);
    ck_assert_str_eq(st.text, text);
    ck_assert(st.hint[0] != '\0');
}

START_TEST(a_failing_gnuplot_leaves_nothing)
{
    scratch_enter();
    FILE *f = fopen("a.png", "w");
    fputs("old", f);
    fclose(f);
    setenv("TMPDIR", scratch_folder(), 1);
    expect_failure(
        "echo half a picture; printf '\\nplot x\\n     ^\\n\"/tmp/x\" line 3: undefined variable: x\\n\\n' >&2; exit 1",
        "gnuplot failed: line 3: undefined variable: x");
    expect_failure("exit 0", "gnuplot failed: it drew nothing");
    expect_failure("kill -9 $$", "gnuplot was ended by signal 9");
    expect_failure("printf 'esc \\033[31m\\377' >&2; exit 2", "gnuplot failed: esc ?[31m?");
    expect_failure("i=0; while [ $i -lt 3000 ]; do echo a long line of words $i >&2; i=$((i+1)); done; exit 3",
                   "gnuplot failed: a long line of words 2999");
    unsetenv("TMPDIR");
    char *text = scratch_text("a.png");
    ck_assert_str_eq(text, "old");
    free(text);
    unlink("bin/gnuplot");
    ck_assert_uint_eq(scratch_files(), 2); /* a.png and bin: no temporary file */
    scratch_leave();
}
END_TEST

START_TEST(existing_files_are_kept)
{
    scratch_enter();
    figures s;
    figures_fill(&s, "t", "y");
    static const char *const names[] = {"a.png", "a.gp"};
    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(names[i], "w");
        fputs("mine", f);
        fclose(f);
        lc_status st = {0};
        ck_assert_int_eq(figures_draw(&s, 0, names[i], false, &st), LC_E_IO);
        ck_assert_str_eq(st.file, names[i]);
        ck_assert_str_eq(st.text, "the file exists");
        char *text = scratch_text(names[i]);
        ck_assert_str_eq(text, "mine");
        free(text);
        st = (lc_status){0};
        ck_assert_int_eq(figures_draw(&s, 0, names[i], true, &st), LC_OK);
        text = scratch_text(names[i]);
        ck_assert_str_ne(text, "mine");
        free(text);
    }
    ck_assert_uint_eq(scratch_files(), 2);
    scratch_leave();
}
END_TEST

START_TEST(misuse_is_refused)
{
    static const char *const names[] = {"a.jpg", "a", "png", "a.png.txt", "a.png/", "x.y/a", ""};
    scratch_enter();
    figures s;
    figures_fill(&s, "t", "y");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        lc_status st = {0};
        ck_assert_int_eq(figures_draw(&s, (int)i % FIGURE_KINDS, names[i], false, &st), LC_E_USAGE);
        ck_assert_ptr_nonnull(strstr(st.hint, "let it end in .png, .svg, .pdf, .gp "));
    }
    lc_forecast_figure many[13];
    for (int i = 0; i < 13; i++) many[i] = s.forecast;
    lc_status st = {0};
    ck_assert_int_eq(lc_chart_forecast(many, 13, &(lc_drawing){"a.gp", false, NULL}, &st), LC_E_USAGE);
    ck_assert_str_eq(st.text, "a page of charts takes 1 to 12 of them, not 13");
    st = (lc_status){0};
    ck_assert_int_eq(lc_chart_detect(&s.detect, 0, &(lc_drawing){"a.gp", false, NULL}, &st), LC_E_USAGE);
    st = (lc_status){0};
    ck_assert_int_eq(figures_draw(&s, 0, "no/such/folder/a.png", false, &st), LC_E_IO);
    ck_assert_uint_eq(scratch_files(), 0);
    for (size_t n = 1; n <= 12; n++) {
        st = (lc_status){0};
        ck_assert_int_eq(lc_chart_forecast(many, n, &(lc_drawing){"a.gp", true, NULL}, &st), LC_OK);
    }
    ck_assert_int_eq(plain_gnuplot("a.gp"), 0);
    scratch_leave();
}
END_TEST

START_TEST(unusual_processes_draw_too)
{
    scratch_enter();
    figures s;
    figures_fill(&s, "t", "y");
    fflush(NULL);
    for (int kind = 0; kind < 4; kind++) {
        pid_t child = fork();
        if (child == 0) {
            lc_status st = {0};
            sigset_t all;
            sigfillset(&all);
            if (kind == 0) signal(SIGCHLD, SIG_IGN);
            if (kind == 1) close(0), close(1), close(2);
            if (kind == 2) sigprocmask(SIG_BLOCK, &all, NULL), signal(SIGPIPE, SIG_IGN);
            if (kind == 3) setenv("TMPDIR", "~x|y", 1), setlocale(LC_ALL, "");
            _exit(lc_chart_forecast(&s.forecast, 1, &(lc_drawing){"a.png", true, NULL}, &st) == LC_OK ? 0 : 1);
        }
        int status = -1;
        waitpid(child, &status, 0);
        ck_assert_msg(status == 0, "case %d", kind);
        char *text = scratch_text("a.png");
        ck_assert_int_eq(strncmp(text, "\x89PNG", 4), 0);
        free(text);
        ck_assert_uint_eq(scratch_files(), 1);
        unlink("a.png");
    }
    scratch_leave();
}
END_TEST

START_TEST(start_up_files_of_the_user_are_not_read)
{
    scratch_enter();
    FILE *f = fopen(".gnuplot", "w");
    fputs("system \"touch pwned\"\n", f);
    fclose(f);
    char *before = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    setenv("HOME", scratch_folder(), 1);
    figures s;
    figures_fill(&s, "t", "y");
    expect_drawn(&s, 0, "a.png");
    ck_assert(!scratch_has("pwned"));
    if (before) setenv("HOME", before, 1);
    free(before);
    scratch_leave();
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("charts");
    TCase *c = tcase_create("chart");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, every_format_is_drawn);
    tcase_add_test(c, hostile_text_draws_and_does_nothing);
    tcase_add_test(c, long_text_is_cut);
    tcase_add_test(c, text_appears_as_it_is);
    tcase_add_test(c, hostile_file_names_are_names);
    tcase_add_test(c, a_missing_gnuplot_is_reported);
    tcase_add_test(c, a_failing_gnuplot_leaves_nothing);
    tcase_add_test(c, existing_files_are_kept);
    tcase_add_test(c, misuse_is_refused);
    tcase_add_test(c, unusual_processes_draw_too);
    tcase_add_test(c, start_up_files_of_the_user_are_not_read);
    suite_add_tcase(s, c);
    return s;
}
