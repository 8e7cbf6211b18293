#pragma once
#include <cstdint>
#include <optional>

#include "millrace/int128.hpp"

namespace millrace {

enum class Rounding {
  half_up,    ///< halves go away from zero
  half_even,  ///< halves go to the even neighbour
  up,         ///< to the next number that is not less; decimals only
  down        ///< to the next number that is not greater; decimals only
};

/// Rounds the decimal number that is written for `value`, so that 2.675 to 2 places is 2.68.
double rounded(double value, int32_t places, Rounding rounding);

/// A whole number rounded, in the low 64 bits of what it is.
struct RoundedWhole {
  int64_t low_bits;
  bool fits;
};

/// Rounds to tens, hundreds, ... for negative places.
RoundedWhole rounded(int64_t value, int32_t places, Rounding rounding);

/// Rounds a decimal, whose type has `scale` digits behind the point, to a number with `places` of
/// them, or to tens, hundreds, ... without any where `places` is negative.
std::optional<Int128> rounded(Int128 value, int scale, int32_t places, Rounding rounding);

}  // namespace millrace
