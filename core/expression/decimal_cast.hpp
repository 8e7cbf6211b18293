#pragma once
#include <limits>

#include "core/expression/cast_request.hpp"

// CAST from and to decimals. Rounding is half up; what has too many digits in front of the point
// does not fit.
namespace millrace {

NodePtr to_decimal(const CastRequest& request);
NodePtr decimal_to_text(const CastRequest& request);
NodePtr decimal_to_timestamp(const CastRequest& request);

/// The nearest decimal of what is written for a double; nothing where it does not fit.
std::optional<Int128> decimal_of_double(double value, const Type& type);

/// A decimal as Java writes it: "1E-7" where more than six zeros would follow the point.
std::string java_decimal_text(Int128 value, int scale);

/// Without what stands behind the point. In legacy mode the rest wraps around.
template <class Whole>
NodePtr decimal_to_whole(const CastRequest& request) {
  const Int128 unit = power_of_ten(request.from->type().scale);
  if (request.legacy())
    return request.always([unit](Int128 value) noexcept -> Whole {
      return static_cast<Whole>(static_cast<int64_t>(value / unit));
    });
  return request.maybe<Int128>([unit](const Session&, Int128 value) -> std::optional<Whole> {
    const Int128 whole = value / unit;
    if (whole != static_cast<Whole>(whole)) return std::nullopt;
    return static_cast<Whole>(whole);
  });
}

}  // namespace millrace
