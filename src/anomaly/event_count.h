/* Flags held against labels: rows and events found, missed and made up. */
#ifndef LC_ANOMALY_EVENT_COUNT_H
#define LC_ANOMALY_EVENT_COUNT_H

#include <stddef.h>
#include <stdint.h>

/* What is known of a row. An event is a run of labelled rows; where two of them touch, the second one's first row says
 * so. */
enum { LC_LABEL_NONE = 0, LC_LABEL_ANOMALY = 1, LC_LABEL_BEGIN = 2 };

/* Flags outside every event that follow on each other within so many rows are one false alarm: people look once. */
enum { LC_ALARM_REACH = 20 };

typedef struct lc_event_count {
    size_t rows, labelled, flagged, found; /* found: rows that are labelled and flagged */
    size_t events, hit;                    /* hit: events with a flagged row at least */
    size_t false_alarms;                   /* flagged rows without a label, but for those up to LC_ALARM_REACH rows
                                              after another one: the number of alarms that led nobody to an event */
} lc_event_count;

/* The first row of an event. before: the label of the row before, LC_LABEL_NONE for the first row. */
static inline int lc_label_begins(uint8_t before, uint8_t label)
{
    return label == LC_LABEL_BEGIN || (label && !before);
}

/* label, flag (n): of the rows of one series in the order of time. Adds to *c. O(n). */
void lc_event_count_add(lc_event_count *c, const uint8_t *label, const uint8_t *flag, size_t n);

/* right of made alarms were right, of `all` events or rows that were to be found. precision = right / made, recall =
 * right / all, F1 their harmonic mean 2 right / (made + all); NaN where nothing was made, or nothing was there. For
 * events made = hit + false_alarms, as Hundman et al. (2018) count: an event that is hit is one true positive however
 * many flags stand in it. Flags are taken as they are: nothing is point-adjusted, that is no row counts as found
 * because another one of its event was (Kim et al. 2022 show that random scores do well by such counts). */
typedef struct lc_hit_rates {
    double precision, recall, f1;
} lc_hit_rates;
lc_hit_rates lc_hit_rates_of(size_t right, size_t made, size_t all);

#endif
