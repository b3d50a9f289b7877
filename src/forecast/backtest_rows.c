#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "forecast/backtest.h"

static lc_code parse_split(const char *text, size_t n[3], lc_status *st)
{
    char **part;
    size_t count;
    if (!lc_split_names(text, &part, &count)) return lc_fail_memory(st);
    bool ok = count == 3;
    for (size_t i = 0; ok && i < 3; i++) {
        long long k;
        ok = lc_parse_int(part[i], strlen(part[i]), &k) && k >= (i == 1 ? 0 : 1);
        if (ok) n[i] = (size_t)k;
    }
    lc_free_names(part, count);
    if (ok) return LC_OK;
    char shown[64];
    lc_fail(st, LC_E_USAGE, "split: \"%s\" is not TRAIN,VALID,TEST",
            lc_printable(shown, sizeof shown, text, strlen(text)));
    lc_hint(st, "give three numbers of rows, as in --split 8640,2880,2880");
    return LC_E_USAGE;
}

static size_t at_least(size_t least, double share, size_t n)
{
    size_t k = (size_t)floor(share * (double)n);
    return k > least ? k : least;
}

/* Whether n rows have some to train on, to validate on and to test on. */
static bool fits(size_t horizon, size_t n)
{
    return n >= at_least(horizon, 0.2, n) + at_least(horizon, 0.1, n) + horizon + 1;
}

static size_t largest_horizon(size_t n)
{
    size_t h = n / 3;
    while (h && !fits(h, n)) h--;
    return h;
}

lc_code lc_backtest_split(lc_backtest_rows *out, const lc_panel *p, const lc_settings *s, lc_status *st)
{
    size_t given[3] = {0}, longest = 0, usable = 0;
    bool fixed = *s->split != '\0';
    if (fixed) {
        lc_code code = parse_split(s->split, given, st);
        if (code != LC_OK) return code;
    }
    for (size_t i = 0; i < p->n_series; i++) {
        size_t n = p->series[i].steps;
        if (n > longest) longest = n;
        size_t test = at_least(s->horizon, 0.2, n), valid = at_least(s->horizon, 0.1, n);
        out[i] = (lc_backtest_rows){0, n, n};
        if (fixed) {
            size_t fit;
            if (!lc_add(given[0], given[1], &fit) || fit >= n || n - fit < s->horizon) continue;
            size_t end = n - fit > given[2] ? fit + given[2] : n;
            if (end - fit < s->horizon) continue;
            out[i] = (lc_backtest_rows){given[0], fit, end};
        } else {
            if (!fits(s->horizon, n)) continue;
            out[i] = (lc_backtest_rows){n - test - valid, n - test, n};
        }
        usable++;
    }
    if (usable) return LC_OK;
    if (fixed) {
        lc_fail_at(st, LC_E_DATA, p->source, 0, 0,
                   "no series has rows for --split %s and horizon %zu: the longest has %zu", s->split, s->horizon,
                   longest);
        lc_hint(st, "TRAIN + VALID + horizon must fit into a series");
    } else {
        lc_fail_at(st, LC_E_DATA, p->source, 0, 0,
                   "too short for a backtest: the longest series has %zu rows, horizon %zu needs %zu", longest,
                   s->horizon, 3 * s->horizon + 1);
        const size_t most = largest_horizon(longest);
        if (most) lc_hint(st, "give more rows, or --horizon %zu, the largest that fits", most);
        else lc_hint(st, "give more rows");
    }
    return LC_E_DATA;
}
