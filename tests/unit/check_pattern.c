#include <string.h>

#include "data/pattern.h"
#include "unit/support/unit.h"

/* ---- reading ---- */

typedef struct reading {
    const char *pattern, *text;
    int year, month, day, hour, minute, second, micro; /* year 0: refused */
} reading;

static const reading readings[] = {
    {"%Y-%m-%d", "2024-02-29", 2024, 2, 29, 0, 0, 0, 0},
    {"%d.%m.%y", "1.3.69", 1969, 3, 1, 0, 0, 0, 0},
    {"%d.%m.%y", "01.03.68", 2068, 3, 1, 0, 0, 0, 0},
    {"%d %b %Y", "05 sep 2023", 2023, 9, 5, 0, 0, 0, 0},
    {"%d %b %Y", "5 Sept. 2023", 2023, 9, 5, 0, 0, 0, 0},
    {"%B %d, %Y", "December 31, 1999", 1999, 12, 31, 0, 0, 0, 0},
    {"%a %b %d %H:%M:%S %Y", "Tue Nov  4 07:08:09 2025", 2025, 11, 4, 7, 8, 9, 0},
    {"%Y/%j", "2024/366", 2024, 12, 31, 0, 0, 0, 0},
    {"%Y%m%dT%H%M%S.%f", "20240102T030405.25", 2024, 1, 2, 3, 4, 5, 250000},
    {"%m/%d/%Y %I:%M %p", "7/4/2021 12:05 AM", 2021, 7, 4, 0, 5, 0, 0},
    {"%m/%d/%Y %I:%M %p", "7/4/2021 12:05 pm", 2021, 7, 4, 12, 5, 0, 0},
    {"%Y-Q%q", "1990-Q3", 1990, 7, 1, 0, 0, 0, 0},
    {"%Y-Q%q", "1990-Q5", 0, 0, 0, 0, 0, 0, 0},
    {"%Y-Q%q", "1990-Q12", 0, 0, 0, 0, 0, 0, 0},
    {"%G-W%V", "2021-W01", 2021, 1, 4, 0, 0, 0, 0},
    {"%G-W%V", "2020-W01", 2019, 12, 30, 0, 0, 0, 0},
    {"%Y-W%V", "2020-W53", 2020, 12, 28, 0, 0, 0, 0},
    {"%G-W%V-%u", "2009-W53-7", 2010, 1, 3, 0, 0, 0, 0},
    {"%G-W%V", "2020-W54", 0, 0, 0, 0, 0, 0, 0},
    {"%G-W%V", "2020-W0", 0, 0, 0, 0, 0, 0, 0},
    {"%G-W%V-%u", "2020-W10-8", 0, 0, 0, 0, 0, 0, 0},
    {"%G-W%V-%u", "2020-W10-0", 0, 0, 0, 0, 0, 0, 0},
    {"100%% %Y", "100% 2020", 2020, 1, 1, 0, 0, 0, 0},
    {"%Y-%m-%d", "2024-02-29 ", 0, 0, 0, 0, 0, 0, 0},
    {"%Y-%m-%d", "24-02-29", 0, 0, 0, 0, 0, 0, 0},
    {"%d %b %Y", "5 Mai 2023", 0, 0, 0, 0, 0, 0, 0},
    {"%d %b %Y", "5 Janu 2023", 0, 0, 0, 0, 0, 0, 0},
    {"%H:%M %Y", "24:00 2023", 0, 0, 0, 0, 0, 0, 0},
    {"%H:%M %Y", "7:60 2023", 0, 0, 0, 0, 0, 0, 0},
    {"%I %p %Y", "13 PM 2023", 0, 0, 0, 0, 0, 0, 0},
    {"%Y/%j", "2024/0", 0, 0, 0, 0, 0, 0, 0},
    {"%Y", "", 0, 0, 0, 0, 0, 0, 0},
};

START_TEST(texts_are_read_by_a_pattern)
{
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        const reading *r = &readings[i];
        lc_stamp_text s;
        bool got = lc_pattern_read(&s, r->pattern, r->text);
        UNIT_MUST(got == (r->year != 0), "\"%s\" by \"%s\": %d", r->text, r->pattern, got);
        if (!got) continue;
        UNIT_MUST(s.year == r->year && s.month == r->month && s.day == r->day, "\"%s\": %d-%d-%d", r->text, s.year,
                  s.month, s.day);
        UNIT_MUST(s.hour == r->hour && s.minute == r->minute && s.second == r->second && s.micro == r->micro,
                  "\"%s\": %d:%d:%d.%d", r->text, s.hour, s.minute, s.second, s.micro);
    }
}
END_TEST

START_TEST(zones_are_read)
{
    lc_stamp_text s;
    ck_assert(lc_pattern_read(&s, "%Y-%m-%d %H:%M%z", "2024-01-01 10:00+05:30") && s.offset_minutes == 330);
    ck_assert(lc_pattern_read(&s, "%Y-%m-%d %H:%M%z", "2024-01-01 10:00-0800") && s.offset_minutes == -480);
    ck_assert(lc_pattern_read(&s, "%Y-%m-%d %H:%M%z", "2024-01-01 10:00Z") && s.offset_minutes == 0 && s.zone);
    ck_assert(!lc_pattern_read(&s, "%Y-%m-%d %H:%M%z", "2024-01-01 10:00 here"));
}
END_TEST

/* Every day of four centuries is written by its ISO week and read back. */
START_TEST(weeks_are_written_and_read)
{
    lc_clock c = {.style = LC_CLOCK_PATTERN, .padded = true, .pattern = "%G-W%V-%u"};
    char text[LC_STAMP_TEXT];
    const lc_stamp day = INT64_C(86400000000);
    int weeks_53 = 0;
    for (lc_stamp t = 0; t < 146097; t++) {
        lc_stamp back;
        lc_clock_format(&c, t * day, text);
        UNIT_MUST(lc_clock_parse(&c, text, &back) && back == t * day, "day %lld: %s", (long long)t, text);
        weeks_53 += strstr(text, "W53-1") != NULL;
    }
    ck_assert_int_eq(weeks_53, 71); /* of 400 years, as ISO 8601 counts them */
    ck_assert_str_eq(lc_clock_format(&c, lc_stamp_of(&(lc_civil){2005, 1, 1, 0, 0, 0, 0, 0}), text), "2004-W53-6");
    ck_assert_str_eq(lc_clock_format(&c, lc_stamp_of(&(lc_civil){2008, 12, 29, 0, 0, 0, 0, 0}), text), "2009-W01-1");
    strcpy(c.pattern, "%YQ%q");
    ck_assert_str_eq(lc_clock_format(&c, lc_stamp_of(&(lc_civil){2008, 12, 29, 0, 0, 0, 0, 0}), text), "2008Q4");
}
END_TEST

/* ---- the pattern itself ---- */

START_TEST(patterns_are_checked)
{
    const struct {
        const char *pattern, *bad; /* bad NULL: it is good */
    } checks[] = {{"%Y-%m-%d", NULL},  {"%d/%b/%y", NULL}, {"%-d %^b %Y", NULL}, {"%Y%z", NULL},     {"%Q %Y", "%Q %Y"},
                  {"%G-W%V-%u", NULL}, {"W%V", ""},        {"%Y %", "%"},        {"%z %Y", "%z %Y"}, {"%m-%d", ""},
                  {"%Y %d %k", "%k"},  {"", ""},           {"%%Y", ""},          {"%Y-%-", "%-"}};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *bad;
        bool good = lc_pattern_check(checks[i].pattern, &bad);
        UNIT_MUST(good == !checks[i].bad, "\"%s\": %d", checks[i].pattern, good);
        UNIT_MUST(good || strcmp(bad, checks[i].bad) == 0, "\"%s\": wrong at \"%s\"", checks[i].pattern, bad);
    }
}
END_TEST

/* What is guessed from a text reads that text, and nothing is guessed where no month is named. */
START_TEST(patterns_are_guessed)
{
    const struct {
        const char *text, *pattern; /* NULL: none */
    } guesses[] = {
        {"31-Dec-2023", "%d-%b-%Y"},
        {"Dec 31, 2023", "%b %d, %Y"},
        {"DEC 31, 2023", "%^b %d, %Y"},
        {"Monday, 4 March 2024", "%A, %d %B %Y"},
        {"Jan-24", "%b-%y"},
        {"May 2024", NULL}, /* checked below: short and full name are one */
        {"4 March 2024 10:15:30.5", "%d %B %Y %H:%M:%S.%f"},
        {"4-Mar-24 1:05 PM", "%d-%b-%y %I:%M %p"},
        {"4 Mar 2024 10:15+02:00", "%d %b %Y %H:%M%z"},
        {"1990-Q1", "%Y-Q%q"},
        {"1990Q4", "%YQ%q"},
        {"1990q4", "%Yq%q"},
        {"Q1 1990", "Q%q %Y"},
        {"1Q 1990", "%qQ %Y"},
        {"2020-W05", "%G-W%V"},
        {"2020W5", "%GW%V"},
        {"W05-2020", "W%V-%G"},
        {"2020-W05-7", "%G-W%V-%u"},
        {"2020.01.31", "%Y.%m.%d"},
        {"2020.1.31 9:05:00", "%Y.%m.%d %H:%M:%S"},
        {"2020.13.31", NULL},
        {"1990-Q5", NULL},
        {"Q1", NULL},
        {"1990-Q1-Q2", NULL},
        {"1990-Q1-W2", NULL},
        {"2020-W60", NULL},
        {"2020-W05-8", NULL},
        {"1990", NULL},
        {"1.2.3", NULL},
        {"2024-03-04", NULL},
        {"04.03.2024", NULL},
        {"hello 4 2024", NULL},
        {"March", NULL},
        {"", NULL},
    };
    char out[LC_PATTERN_ROOM];
    lc_stamp_text s;
    ck_assert(lc_pattern_guess(out, "May 2024") && lc_pattern_read(&s, out, "May 2024") && s.month == 5);
    for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++) {
        if (strcmp(guesses[i].text, "May 2024") == 0) continue;
        bool got = lc_pattern_guess(out, guesses[i].text);
        UNIT_MUST(got == (guesses[i].pattern != NULL), "\"%s\": guessed %d, \"%s\"", guesses[i].text, got, out);
        if (!got) continue;
        UNIT_MUST(strcmp(out, guesses[i].pattern) == 0, "\"%s\" is taken for \"%s\"", guesses[i].text, out);
        UNIT_MUST(lc_pattern_read(&s, out, guesses[i].text), "\"%s\" does not read \"%s\"", out, guesses[i].text);
    }
    char longer[400];
    memset(longer, ' ', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    memcpy(longer, "March,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/,.-/ 2024", 80);
    lc_pattern_guess(out, longer); /* whatever it says, it stays within its room */
    ck_assert_uint_lt(strlen(out), LC_PATTERN_ROOM);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("patterns of time stamps");
    TCase *c = tcase_create("patterns");
    tcase_add_test(c, texts_are_read_by_a_pattern);
    tcase_add_test(c, zones_are_read);
    tcase_add_test(c, weeks_are_written_and_read);
    tcase_add_test(c, patterns_are_checked);
    tcase_add_test(c, patterns_are_guessed);
    suite_add_tcase(s, c);
    return s;
}
