#pragma once
// Upper bounds of the histograms' buckets; what is above the last one counts too.

#include <array>

namespace millrace::observe {

inline constexpr std::array duration_bounds = {.0005, .001, .0025, .005, .01, .025, .05, .1,
                                               .25,   .5,   1.,    2.5,  5.,  10.,  30., 60.};
inline constexpr std::array record_bounds = {1., 10., 100., 1e3, 1e4, 1e5, 1e6, 1e7};
inline constexpr std::array lateness_bounds = {.1,   1.,   5.,    10.,    30.,   60.,
                                               300., 900., 3600., 21600., 86400.};

}  // namespace millrace::observe
