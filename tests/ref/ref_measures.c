#include "ref/ref_measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The event of row i as [begin, end); label[i] is not 0. */
static void event_of(const uint8_t *label, size_t n, size_t i, size_t *begin, size_t *end)
{
    *begin = i;
    while (*begin > 0 && label[*begin] != 2 && label[*begin - 1]) --*begin;
    *end = i + 1;
    while (*end < n && label[*end] == 1) ++*end;
}

static int begins(const uint8_t *label, size_t i)
{
    return label[i] == 2 || (label[i] == 1 && (i == 0 || label[i - 1] == 0));
}

struct ref_counts ref_count(const uint8_t *label, const uint8_t *flag, size_t n)
{
    struct ref_counts c = {0};
    for (size_t i = 0; i < n; i++) {
        c.labelled += label[i] > 0;
        c.flagged += flag[i] > 0;
        c.found += label[i] > 0 && flag[i] > 0;
        if (begins(label, i)) {
            size_t begin, end, any = 0;
            event_of(label, n, i, &begin, &end);
            for (size_t k = begin; k < end; k++) any += flag[k];
            c.events++;
            c.hit += any > 0;
        }
        if (flag[i] && !label[i]) {
            size_t another = 0;
            for (size_t k = i >= 20 ? i - 20 : 0; k < i; k++) another += flag[k] && !label[k];
            c.false_alarms += another == 0;
        }
    }
    return c;
}

static double sigma(double y)
{
    if (y >= 3) return -1;
    return 2 * (1 / (1 + exp(5 * y))) - 1;
}

double ref_nab(const uint8_t *label, const double *score, size_t n, double threshold, double hit, double false_alarm,
               double miss)
{
    size_t first = (size_t)floor(0.15 * (double)n), windows = 0;
    double sum = 0;
    if (first > 750) first = 750;
    for (size_t i = 0; i < n; i++) { /* windows */
        size_t begin, end;
        if (!begins(label, i)) continue;
        event_of(label, n, i, &begin, &end);
        if (end <= first) continue;
        windows++;
        double best = -miss;
        for (size_t k = begin < first ? first : begin; k < end; k++) {
            double y = -(double)(end - k) / (double)(end - begin), worth = hit * sigma(y) / sigma(-1);
            if (score[k] >= threshold && worth > best) best = worth;
        }
        sum += best;
    }
    for (size_t i = first; i < n; i++) { /* flags outside */
        size_t k = i, begin, end;
        if (label[i] || score[i] < threshold) continue;
        while (k > 0 && !label[k - 1]) k--;
        double y = 3;
        if (k > 0) {
            event_of(label, n, k - 1, &begin, &end);
            if (end - begin > 1) y = (double)(i - (end - 1)) / (double)(end - begin - 1);
        }
        sum += false_alarm * sigma(y);
    }
    if (!windows) return NAN;
    double none = -miss * (double)windows, perfect = hit * (double)windows;
    return 100 * (sum - none) / (perfect - none);
}

double ref_nab_best(const uint8_t *label, const double *score, size_t n, double hit, double false_alarm, double miss)
{
    double best = ref_nab(label, score, n, INFINITY, hit, false_alarm, miss);
    for (size_t i = 0; i < n; i++) {
        double here = ref_nab(label, score, n, score[i], hit, false_alarm, miss);
        if (here > best) best = here;
    }
    return best;
}

static int ends_event(const uint8_t *label, size_t n, size_t i)
{
    return label[i] && (i + 1 == n || !label[i + 1]);
}

static int begins_run(const uint8_t *label, size_t i)
{
    return label[i] && (i == 0 || !label[i - 1]);
}

/* No label in rows [begin, end). */
static int alone(const uint8_t *label, size_t begin, size_t end)
{
    for (; begin < end; begin++)
        if (label[begin]) return 0;
    return 1;
}

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

void ref_vus(double *roc, double *pr, const uint8_t *label, const double *score, size_t n, size_t buffer)
{
    enum { THRESHOLDS = 250 };
    double *sorted = malloc(n * sizeof *sorted), *extended = malloc(n * sizeof *extended);
    int *near = malloc(n * sizeof *near);
    double positives = 0;
    memcpy(sorted, score, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, falling);
    for (size_t i = 0; i < n; i++) positives += label[i] > 0;
    *roc = *pr = 0;
    for (size_t w = 0; w <= buffer; w++) {
        double tpr_before = 0, fpr_before = 0;
        for (size_t i = 0; i < n; i++) {
            extended[i] = label[i] > 0;
            near[i] = label[i] > 0;
        }
        for (size_t i = 0; i < n; i++) { /* from the last row of an event on, from its first row back */
            if (!label[i]) continue;
            for (size_t d = 1; d <= w / 2; d++) {
                double x = sqrt(1 - (double)d / (double)w);
                if ((i + 1 == n || !label[i + 1]) && i + d < n) extended[i + d] += x, near[i + d] = 1;
                if ((i == 0 || !label[i - 1]) && i >= d) extended[i - d] += x, near[i - d] = 1;
            }
        }
        for (size_t i = 0; i < n; i++) extended[i] = extended[i] > 1 ? 1 : extended[i];
        for (size_t i = 1; i < n; i++) { /* 2: a region begins right behind another that does not overlap it */
            size_t h = w / 2;
            if (near[i] && near[i - 1] && i > h && i + h < n && ends_event(label, n, i - 1 - h) &&
                begins_run(label, i + h) && alone(label, i - h, i + h))
                near[i] = 2;
        }
        for (size_t k = 0; k < THRESHOLDS; k++) {
            double step = (double)(n - 1) / (THRESHOLDS - 1);
            double threshold = sorted[k == THRESHOLDS - 1 ? n - 1 : (size_t)((double)k * step)];
            double flagged = 0, tp = 0, sum = 0, regions = 0, noticed = 0;
            for (size_t i = 0; i < n; i++) {
                int f = score[i] >= threshold;
                flagged += f;
                tp += f * extended[i];
                sum += label[i] ? 1 : f * extended[i];
            }
            for (size_t i = 0, any = 0; i < n; i++) { /* regions end where the next one is not reached */
                if (!near[i]) continue;
                any = any || score[i] >= threshold;
                if (i + 1 < n && near[i + 1] && near[i + 1] != 2) continue;
                regions++;
                noticed += any != 0;
                any = 0;
            }
            double p = (positives + sum) / 2, recall = tp / p > 1 ? 1 : tp / p;
            double tpr = recall * noticed / regions, fpr = (flagged - tp) / ((double)n - p);
            *roc += (fpr - fpr_before) * (tpr + tpr_before) / 2 / (double)(buffer + 1);
            *pr += (tpr - tpr_before) * tp / flagged / (double)(buffer + 1);
            tpr_before = tpr;
            fpr_before = fpr;
        }
        *roc += (1 - fpr_before) * (1 + tpr_before) / 2 / (double)(buffer + 1);
    }
    free(sorted);
    free(extended);
    free(near);
}
