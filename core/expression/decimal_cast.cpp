#include "core/expression/decimal_cast.hpp"

#include <charconv>
#include <cmath>

namespace millrace {

namespace {

NodePtr decimal_to_decimal(const CastRequest& request) {
  const Type from = request.from->type();
  const Type to = request.to;
  const bool always_fits =
      to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
  if (always_fits) {
    const auto unit = static_cast<UInt128>(power_of_ten(to.scale - from.scale));
    // Without signs, since what stands in null rows may be anything.
    return request.always([unit](Int128 value) noexcept -> Int128 {
      return static_cast<Int128>(static_cast<UInt128>(value) * unit);
    });
  }
  return request.maybe<Int128>([=](const Session&, Int128 value) {
    return rescaled(value, from.scale, to.scale, to.precision);
  });
}

template <class Whole>
NodePtr whole_to_decimal(const CastRequest& request) {
  constexpr int digits_max = sizeof(Whole) == 4 ? 10 : 19;
  if (request.to.precision - request.to.scale >= digits_max) {
    const Int128 unit = power_of_ten(request.to.scale);
    return request.always([unit](Whole value) noexcept -> Int128 { return unit * value; });
  }
  return request.maybe<Whole>([to = request.to](const Session&, Whole value) {
    return rescaled(value, 0, to.scale, to.precision);
  });
}

/// NaN and infinities are null in every mode, as in Spark.
NodePtr double_to_decimal(const CastRequest& request) {
  return request.always([to = request.to, strict = request.mode == CastMode::strict,
                         name = to_string(request.to)](double value) -> std::optional<Int128> {
    if (!std::isfinite(value)) return std::nullopt;
    auto converted = decimal_of_double(value, to);
    if (!converted && strict) refuse_cast(value, 0, name);
    return converted;
  });
}

NodePtr by_way_of(const Type& between, const CastRequest& request) {
  return to_decimal({make_cast(request.from, between, request.mode, request.session), request.to,
                     request.mode, request.session});
}

}  // namespace

std::optional<Int128> decimal_of_double(double value, const Type& type) {
  char text[40];
  const auto* end = std::to_chars(text, text + sizeof text, value).ptr;
  return parse_decimal({text, static_cast<size_t>(end - text)}, type.precision, type.scale).value;
}

NodePtr to_decimal(const CastRequest& request) {
  const Type& to = request.to;
  switch (request.from->type().id) {
    case TypeId::boolean:
      return request.maybe<bool>([to](const Session&, bool value) {
        return rescaled(value ? 1 : 0, 0, to.scale, to.precision);
      });
    case TypeId::int32:
      return whole_to_decimal<int32_t>(request);
    case TypeId::int64:
      return whole_to_decimal<int64_t>(request);
    case TypeId::float64:
      return double_to_decimal(request);
    case TypeId::decimal:
      return decimal_to_decimal(request);
    case TypeId::string:
      return request.maybe<std::string_view>([to](const Session&, std::string_view value) {
        return parse_decimal(trimmed(value), to.precision, to.scale).value;
      });
    case TypeId::float32:
    case TypeId::timestamp:
      return by_way_of(TypeId::float64, request);
    default:
      return nullptr;
  }
}

std::string java_decimal_text(Int128 value, int scale) {
  constexpr int exponent_least = -6;
  const int digits = count_digits(value);
  const int exponent = digits - 1 - scale;
  if (scale == 0 || exponent >= exponent_least) return decimal_text(value, scale);
  std::string text = decimal_text(value, digits > 1 ? digits - 1 : 0);
  return text + "E" + std::to_string(exponent);
}

NodePtr decimal_to_text(const CastRequest& request) {
  const int scale = request.from->type().scale;
  if (request.session->ansi)
    return request.always([scale](Text& out, Int128 value) {
      char text[decimal_text_max];
      out.append({text, static_cast<size_t>(write_decimal(value, scale, text) - text)});
    });
  return request.always(
      [scale](Text& out, Int128 value) { out.append(java_decimal_text(value, scale)); });
}

/// Seconds since 1970; what does not fit wraps around, as in Spark.
NodePtr decimal_to_timestamp(const CastRequest& request) {
  constexpr int micros_scale = 6;
  const int scale = request.from->type().scale;
  const Int128 divisor = power_of_ten(std::max(0, scale - micros_scale));
  const auto factor = static_cast<UInt128>(power_of_ten(std::max(0, micros_scale - scale)));
  return request.always([=](Int128 value) noexcept -> Timestamp {
    return {static_cast<int64_t>(static_cast<UInt128>(value / divisor) * factor)};
  });
}

}  // namespace millrace
