#include "nn/quantile.h"

const double lc_quantile_level[LC_QUANTILES] = {0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9};
const double lc_quantile_normal[LC_QUANTILES] = {-1.2815515655446004, -0.8416212335729143, -0.5244005127080407,
                                                 -0.2533471031357997, 0.2533471031357997,  0.5244005127080407,
                                                 0.8416212335729143,  1.2815515655446004};
