/* The quantiles that a network forecasts beside its point, which is the median. */
#ifndef LC_NN_QUANTILE_H
#define LC_NN_QUANTILE_H

enum { LC_QUANTILES = 8 };
extern const double lc_quantile_level[LC_QUANTILES];  /* .1 to .9 without .5, ascending */
extern const double lc_quantile_normal[LC_QUANTILES]; /* of the standard normal distribution at these levels */

#endif
