/* Series that several tests forecast. */
#ifndef LC_TESTS_SERIES_H
#define LC_TESTS_SERIES_H

#include <stddef.h>

/* Of R's package datasets: Nile, USAccDeaths, UKgas, WWWusage, AirPassengers, LakeHuron. */
extern const double unit_nile[100], unit_accidents[72], unit_gas[108], unit_internet[100], unit_air[144],
    unit_huron[98];

enum { UNIT_UNUSUAL_KINDS = 14, UNIT_UNUSUAL_LENGTH = 40 };

/* Series that nobody should have to forecast: spikes, steps, rounding, the ends of the range of double ... */
void unit_unusual(double *y, int kind);

#endif
