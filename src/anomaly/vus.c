#include "anomaly/vus.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/order.h"

enum { THRESHOLDS = 250 };

typedef struct span {
    size_t begin, last; /* rows of an event, both counted */
    uint16_t first;     /* threshold from which on a row of it or its buffer is flagged; THRESHOLDS: none */
} span;

typedef struct surface {
    const uint8_t *label;
    size_t n, labelled, reach; /* reach: most rows of a buffer on one side */
    uint16_t *rank;            /* (n) the first threshold at which the row is flagged */
    span *event;               /* (events) */
    size_t events;
    double flagged[THRESHOLDS], inside[THRESHOLDS]; /* rows flagged, and those of them with a label */
    /* Rows beside events, by the distance to the nearest one and their rank. */
    double *near;               /* (reach + 1, THRESHOLDS) rows that only this event reaches so far */
    double twice[THRESHOLDS];   /* rows that two reach: sqrt(1 - d / w) >= sqrt(1/2), so that their sum is over 1 */
    size_t *second, *by_second; /* rows that come to be reached twice: (pairs) in the order of that distance */
    size_t pairs;
} surface;

/* ---- thresholds ---- */

static void take_thresholds(double out[THRESHOLDS], const double *ascending, size_t n)
{
    const double step = (double)(n - 1) / (THRESHOLDS - 1);
    for (size_t k = 0; k < THRESHOLDS; k++) {
        const size_t rank = k + 1 < THRESHOLDS ? (size_t)((double)k * step) : n - 1;
        out[k] = ascending[n - 1 - rank];
    }
}

static uint16_t rank_of(const double threshold[THRESHOLDS], double score)
{
    size_t lo = 0, hi = THRESHOLDS - 1; /* the last threshold is the least score */
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (score >= threshold[mid]) hi = mid;
        else lo = mid + 1;
    }
    return (uint16_t)lo;
}

static lc_code rank_rows(surface *s, const double *score, lc_status *st)
{
    double threshold[THRESHOLDS];
    double *sorted = lc_calloc(s->n, sizeof *sorted);
    s->rank = lc_calloc(s->n, sizeof *s->rank);
    if (!sorted || !s->rank) {
        lc_free(sorted);
        return lc_fail_memory(st);
    }
    memcpy(sorted, score, s->n * sizeof *sorted);
    qsort(sorted, s->n, sizeof *sorted, lc_ascending_reals);
    take_thresholds(threshold, sorted, s->n);
    lc_free(sorted);
    for (size_t i = 0; i < s->n; i++) {
        s->rank[i] = rank_of(threshold, score[i]);
        s->flagged[s->rank[i]]++;
        if (s->label[i]) s->inside[s->rank[i]]++;
    }
    for (size_t k = 1; k < THRESHOLDS; k++) {
        s->flagged[k] += s->flagged[k - 1];
        s->inside[k] += s->inside[k - 1];
    }
    return LC_OK;
}

/* ---- events and what lies around them ---- */

static lc_code find_events(surface *s, lc_status *st)
{
    for (size_t i = 0; i < s->n; i++) s->events += s->label[i] && (!i || !s->label[i - 1]);
    if (!(s->event = lc_calloc(s->events, sizeof *s->event))) return lc_fail_memory(st);
    size_t k = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->label[i]) continue;
        if (!i || !s->label[i - 1]) s->event[k] = (span){i, i, THRESHOLDS};
        if (s->rank[i] < s->event[k].first) s->event[k].first = s->rank[i];
        s->event[k].last = i;
        if (i + 1 == s->n || !s->label[i + 1]) k++;
    }
    return LC_OK;
}

/* The two nearest events of a row between event `after` - 1 and `after`: *near and *second, s->reach + 1 for farther.
 */
static void distances(const surface *s, size_t row, size_t after, size_t *near, size_t *second)
{
    const size_t far = s->reach + 1;
    size_t found[4] = {far, far, far, far};
    for (size_t k = 0; k < 2; k++) {
        if (after > k) found[k] = row - s->event[after - 1 - k].last;
        if (after + k < s->events) found[2 + k] = s->event[after + k].begin - row;
    }
    *near = *second = far;
    for (size_t k = 0; k < 4; k++) {
        if (found[k] < *near) {
            *second = *near;
            *near = found[k];
        } else if (found[k] < *second) {
            *second = found[k];
        }
    }
}

typedef bool (*row_fn)(surface *s, size_t row, size_t near, size_t second);

/* Every row beside an event that a buffer reaches. */
static void for_each_near(surface *s, row_fn fn)
{
    size_t after = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->label[i]) {
            after += !i || !s->label[i - 1];
            continue;
        }
        size_t near, second;
        distances(s, i, after, &near, &second);
        if (near <= s->reach) fn(s, i, near, second);
    }
}

static bool count_pair(surface *s, size_t row, size_t near, size_t second)
{
    (void)row;
    (void)near;
    if (second <= s->reach) s->second[second]++;
    return true;
}

/* by_second: near * THRESHOLDS + rank of each. */
static bool place_row(surface *s, size_t row, size_t near, size_t second)
{
    const size_t at = near * THRESHOLDS + s->rank[row];
    s->near[at]++;
    if (second <= s->reach) s->by_second[s->second[second]++] = at;
    return true;
}

static lc_code look_around(surface *s, lc_status *st)
{
    s->near = lc_calloc((s->reach + 1) * THRESHOLDS, sizeof *s->near);
    s->second = lc_calloc(s->reach + 2, sizeof *s->second);
    if (!s->near || !s->second) return lc_fail_memory(st);
    for_each_near(s, count_pair);
    size_t before = 0;
    for (size_t d = 0; d <= s->reach + 1; d++) {
        const size_t here = s->second[d];
        s->second[d] = before; /* where they begin */
        before += here;
    }
    s->pairs = before;
    if (!(s->by_second = lc_calloc(s->pairs, sizeof *s->by_second))) return lc_fail_memory(st);
    for_each_near(s, place_row); /* moves each beginning to the end of its distance */
    return LC_OK;
}

/* The buffers grow to h rows on each side. */
static void grow(surface *s, size_t h)
{
    for (size_t k = h ? s->second[h - 1] : 0; k < s->second[h]; k++) {
        s->near[s->by_second[k]]--;
        s->twice[s->by_second[k] % THRESHOLDS]++;
    }
    for (size_t e = 0; e < s->events; e++) {
        span *v = &s->event[e];
        if (v->begin >= h && s->rank[v->begin - h] < v->first) v->first = s->rank[v->begin - h];
        if (h < s->n - v->last && s->rank[v->last + h] < v->first) v->first = s->rank[v->last + h];
    }
}

/* ---- curves ---- */

/* noticed[k]: events with their buffers, those that touch being one, that the threshold k flags; returns how many there
 * are. */
static size_t notice_events(double noticed[THRESHOLDS], const surface *s, size_t h)
{
    size_t all = 0;
    memset(noticed, 0, THRESHOLDS * sizeof *noticed);
    for (size_t e = 0; e < s->events; all++) {
        uint16_t first = s->event[e].first;
        size_t last = s->event[e++].last;
        for (; e < s->events && last + h >= s->event[e].begin - (s->event[e].begin < h ? s->event[e].begin : h); e++) {
            if (s->event[e].first < first) first = s->event[e].first;
            last = s->event[e].last;
        }
        if (first < THRESHOLDS) noticed[first]++;
    }
    for (size_t k = 1; k < THRESHOLDS; k++) noticed[k] += noticed[k - 1];
    return all;
}

/* around[k]: extended labels of the flagged rows beside events. */
static void weigh_buffers(double around[THRESHOLDS], const surface *s, size_t w, size_t h)
{
    memcpy(around, s->twice, THRESHOLDS * sizeof *around);
    for (size_t d = 1; d <= h; d++) {
        const double weight = sqrt(1 - (double)d / (double)w), *rows = s->near + d * THRESHOLDS;
        for (size_t k = 0; k < THRESHOLDS; k++) around[k] += weight * rows[k];
    }
    for (size_t k = 1; k < THRESHOLDS; k++) around[k] += around[k - 1];
}

static lc_vus areas(const surface *s, size_t w)
{
    const size_t h = w / 2;
    double noticed[THRESHOLDS], around[THRESHOLDS], last_tpr = 0, last_fpr = 0;
    const double regions = (double)notice_events(noticed, s, h), p = (double)s->labelled;
    lc_vus area = {0, 0};
    weigh_buffers(around, s, w, h);
    for (size_t k = 0; k < THRESHOLDS; k++) {
        const double right = s->inside[k] + around[k], positive = p + around[k] / 2;
        const double tpr = fmin(right / positive, 1) * noticed[k] / regions;
        const double fpr = (s->flagged[k] - right) / ((double)s->n - positive);
        area.roc += (fpr - last_fpr) * (tpr + last_tpr) / 2;
        area.pr += (tpr - last_tpr) * right / s->flagged[k];
        last_tpr = tpr;
        last_fpr = fpr;
    }
    area.roc += (1 - last_fpr) * (1 + last_tpr) / 2;
    return area;
}

lc_code lc_vus_score(lc_vus *out, const uint8_t *label, const double *score, size_t n, size_t buffer, lc_status *st)
{
    *out = (lc_vus){(double)NAN, (double)NAN};
    surface s = {.label = label, .n = n, .reach = buffer / 2};
    for (size_t i = 0; i < n; i++) s.labelled += label[i] != 0;
    if (!s.labelled || s.labelled == n) return LC_OK;
    if (buffer > LC_VUS_MOST_BUFFER) return lc_fail(st, LC_E_USAGE, "a buffer of %zu rows is too large", buffer);
    lc_code code = rank_rows(&s, score, st);
    if (code == LC_OK) code = find_events(&s, st);
    if (code == LC_OK) code = look_around(&s, st);
    if (code == LC_OK) {
        lc_vus sum = {0, 0};
        for (size_t w = 0; w <= buffer; w++) {
            if (w % 2 == 0) grow(&s, w / 2);
            const lc_vus area = areas(&s, w);
            sum.roc += area.roc;
            sum.pr += area.pr;
        }
        *out = (lc_vus){sum.roc / (double)(buffer + 1), sum.pr / (double)(buffer + 1)};
    }
    lc_free(s.rank);
    lc_free(s.event);
    lc_free(s.near);
    lc_free(s.second);
    lc_free(s.by_second);
    return code;
}

/* ---- buffer ---- */

lc_code lc_vus_buffer(size_t *out, const double *y, size_t n, lc_status *st)
{
    enum { VALUES = 20000, LAGS = 400, BASE = 3, MOST = 300 };
    *out = LC_VUS_USUAL_BUFFER;
    if (n > VALUES) n = VALUES;
    if (n < 2) return LC_OK;
    double *x = lc_calloc(n, sizeof *x), acf[LAGS + 1], mean = 0, last = 0, best = -INFINITY;
    if (!x) return lc_fail_memory(st);
    for (size_t i = 0; i < n && isnan(last = y[i]); i++) {
    }
    for (size_t i = 0; i < n; i++) {
        if (!isnan(y[i])) last = y[i];
        x[i] = last;
        mean += last / (double)n;
    }
    for (size_t i = 0; i < n; i++) x[i] -= mean;
    const size_t lags = n - 1 < LAGS ? n - 1 : LAGS;
    for (size_t k = 0; k <= lags; k++) {
        acf[k] = 0;
        for (size_t i = k; i < n; i++) acf[k] += x[i] * x[i - k];
    }
    size_t period = 0;
    for (size_t k = BASE + 1; k + 1 <= lags; k++) {
        if (!(acf[k] > acf[k - 1] && acf[k] > acf[k + 1]) || acf[k] < best) continue;
        best = acf[k];
        period = k;
    }
    if (period >= (size_t)2 * BASE && period <= BASE + MOST) *out = period;
    lc_free(x);
    return LC_OK;
}
