#include "anomaly/event_count.h"

#include <math.h>
#include <stdbool.h>

void lc_event_count_add(lc_event_count *c, const uint8_t *label, const uint8_t *flag, size_t n)
{
    bool hit = false, alarmed = false; /* the event at hand; a false alarm was there */
    size_t last = 0;                   /* row of the last one */
    c->rows += n;
    for (size_t i = 0; i < n; i++) {
        const bool labelled = label[i] != LC_LABEL_NONE;
        if (lc_label_begins(i ? label[i - 1] : LC_LABEL_NONE, label[i])) {
            c->events++;
            hit = false;
        }
        c->labelled += labelled;
        if (!flag[i]) continue;
        c->flagged++;
        if (labelled) {
            c->found++;
            c->hit += !hit;
            hit = true;
        } else {
            c->false_alarms += !alarmed || i - last > LC_ALARM_REACH;
            alarmed = true;
            last = i;
        }
    }
}

lc_hit_rates lc_hit_rates_of(size_t right, size_t made, size_t all)
{
    const double r = (double)right, m = (double)made, a = (double)all;
    return (lc_hit_rates){made ? r / m : (double)NAN, all ? r / a : (double)NAN,
                          made + all ? 2 * r / (m + a) : (double)NAN};
}
