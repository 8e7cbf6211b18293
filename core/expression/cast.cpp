#include <cmath>
#include <limits>

#include "millrace/civil.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/expression/cast_request.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/decimal_cast.hpp"
#include "core/expression/list_cast.hpp"
#include "core/expression/literal_text.hpp"
#include "core/expression/number_text.hpp"
#include "core/expression/row_node.hpp"
#include "core/expression/timestamp_cast.hpp"
#include "core/expression/value_text.hpp"

// CAST, pair by pair. A conversion that can fail is a function (session, value) -> optional; what
// nothing means is the mode's to say.
namespace millrace {

namespace {

using Request = CastRequest;

/// A floating number as a whole one, without its fraction; nothing where it does not fit.
template <class Whole>
std::optional<Whole> truncated(double value) {
  constexpr double limit = sizeof(Whole) == 8 ? 0x1p63 : 0x1p31;
  const double whole = std::trunc(value);
  if (!(whole >= -limit && whole < limit)) return std::nullopt;
  return static_cast<Whole>(whole);
}

/// The same as Java does it: NaN is 0, what does not fit is the nearest number that does.
template <class Whole>
Whole saturated(double value) noexcept {
  if (std::isnan(value)) return 0;
  if (const auto fits = truncated<Whole>(value)) return *fits;
  return value < 0 ? std::numeric_limits<Whole>::min() : std::numeric_limits<Whole>::max();
}

int64_t whole_seconds(Timestamp value) {
  return floor_div(value.microseconds, microseconds_per_second);
}

template <class Whole>
NodePtr to_whole(const Request& request) {
  const bool legacy = request.legacy();
  switch (request.from->type().id) {
    case TypeId::boolean:
      return request.always([](bool value) noexcept -> Whole { return value ? 1 : 0; });
    case TypeId::int32:
      return request.always([](int32_t value) noexcept -> Whole { return value; });
    case TypeId::int64:
      if (legacy || sizeof(Whole) == 8)
        return request.always(
            [](int64_t value) noexcept -> Whole { return static_cast<Whole>(value); });
      return request.maybe<int64_t>([](const Session&, int64_t value) -> std::optional<Whole> {
        if (value != static_cast<Whole>(value)) return std::nullopt;
        return static_cast<Whole>(value);
      });
    case TypeId::float32:
      if (legacy)
        return request.always(
            [](float value) noexcept -> Whole { return saturated<Whole>(value); });
      return request.maybe<float>(
          [](const Session&, float value) { return truncated<Whole>(value); });
    case TypeId::float64:
      if (legacy)
        return request.always(
            [](double value) noexcept -> Whole { return saturated<Whole>(value); });
      return request.maybe<double>(
          [](const Session&, double value) { return truncated<Whole>(value); });
    case TypeId::string:
      return request.maybe<std::string_view>(
          [legacy](const Session&, std::string_view value) -> std::optional<Whole> {
            const auto whole = parse_whole(value, legacy);
            if (!whole || *whole != static_cast<Whole>(*whole)) return std::nullopt;
            return static_cast<Whole>(*whole);
          });
    case TypeId::decimal:
      return decimal_to_whole<Whole>(request);
    case TypeId::timestamp:
      return request.maybe<Timestamp>(
          [legacy](const Session&, Timestamp value) -> std::optional<Whole> {
            const int64_t seconds = whole_seconds(value);
            if (!legacy && seconds != static_cast<Whole>(seconds)) return std::nullopt;
            return static_cast<Whole>(seconds);
          });
    default:
      return nullptr;
  }
}

template <class Number>
NodePtr to_floating(const Request& request) {
  switch (request.from->type().id) {
    case TypeId::boolean:
      return request.always([](bool value) noexcept -> Number { return value ? 1 : 0; });
    case TypeId::int32:
      return request.always(
          [](int32_t value) noexcept -> Number { return static_cast<Number>(value); });
    case TypeId::int64:
      return request.always(
          [](int64_t value) noexcept -> Number { return static_cast<Number>(value); });
    case TypeId::float32:
      return request.always([](float value) noexcept -> Number { return value; });
    case TypeId::float64:
      return request.always(
          [](double value) noexcept -> Number { return static_cast<Number>(value); });
    case TypeId::string:
      return request.maybe<std::string_view>(
          [](const Session&, std::string_view value) -> std::optional<Number> {
            if constexpr (sizeof(Number) == 4)
              return parse_float(value);
            else
              return parse_double(value);
          });
    case TypeId::decimal:
      return request.always([scale = request.from->type().scale](Int128 value) noexcept -> Number {
        return static_cast<Number>(decimal_to_double(value, scale));
      });
    case TypeId::timestamp:
      return request.always([](Timestamp value) noexcept -> Number {
        return static_cast<Number>(static_cast<double>(value.microseconds) / 1e6);
      });
    default:
      return nullptr;
  }
}

NodePtr to_boolean(const Request& request) {
  switch (request.from->type().id) {
    case TypeId::int32:
      return request.always([](int32_t value) noexcept -> bool { return value != 0; });
    case TypeId::int64:
      return request.always([](int64_t value) noexcept -> bool { return value != 0; });
    case TypeId::float32:
      return request.always([](float value) noexcept -> bool { return value != 0; });
    case TypeId::float64:
      return request.always([](double value) noexcept -> bool { return value != 0; });
    case TypeId::decimal:
      return request.always([](Int128 value) noexcept -> bool { return value != 0; });
    case TypeId::string:
      return request.maybe<std::string_view>(
          [](const Session&, std::string_view value) { return parse_boolean(value); });
    default:
      return nullptr;
  }
}

NodePtr to_timestamp(const Request& request) {
  switch (request.from->type().id) {
    case TypeId::string:
      return request.maybe<std::string_view>(
          [](const Session& session, std::string_view value) -> std::optional<Timestamp> {
            const auto instant = cast_to_timestamp(value, *session.zone);
            if (!instant) return std::nullopt;
            return Timestamp{*instant};
          });
    case TypeId::date:
      return request.always([](const Session& session, Date value) noexcept -> Timestamp {
        int64_t local = 0;
        if (__builtin_mul_overflow(int64_t{value.days}, microseconds_per_day, &local))
          local = value.days < 0 ? INT64_MIN : INT64_MAX;
        return {session.zone->from_local(local)};
      });
    case TypeId::int32:
    case TypeId::int64: {
      const Request wide{make_cast(request.from, TypeId::int64, request.mode, request.session),
                         request.to, request.mode, request.session};
      return wide.always([](int64_t seconds) noexcept -> Timestamp {
        int64_t instant = 0;
        if (__builtin_mul_overflow(seconds, microseconds_per_second, &instant))
          instant = seconds < 0 ? INT64_MIN : INT64_MAX;
        return {instant};
      });
    }
    case TypeId::decimal:
      return decimal_to_timestamp(request);
    case TypeId::float32:
    case TypeId::float64: {
      const Request wide{make_cast(request.from, TypeId::float64, request.mode, request.session),
                         request.to, request.mode, request.session};
      return wide.maybe<double>(
          [legacy = request.legacy()](const Session&, double seconds) -> std::optional<Timestamp> {
            if (std::isnan(seconds) || std::isinf(seconds)) return std::nullopt;
            const auto instant = truncated<int64_t>(seconds * 1e6);
            if (!instant && !legacy) return std::nullopt;
            return Timestamp{saturated<int64_t>(seconds * 1e6)};
          });
    }
    default:
      return nullptr;
  }
}

NodePtr to_date(const Request& request) {
  switch (request.from->type().id) {
    case TypeId::string:
      return request.maybe<std::string_view>(
          [](const Session&, std::string_view value) -> std::optional<Date> {
            const auto days = cast_to_date(value);
            if (!days) return std::nullopt;
            return Date{*days};
          });
    case TypeId::timestamp:
      return request.always([](const Session& session, Timestamp value) noexcept -> Date {
        return {static_cast<int32_t>(
            floor_div(session.zone->to_local(value.microseconds), microseconds_per_day))};
      });
    default:
      return nullptr;
  }
}

NodePtr to_text(const Request& request) {
  switch (request.from->type().id) {
    case TypeId::boolean:
      return request.always([](Text& out, bool value) { out.append(value ? "true" : "false"); });
    case TypeId::int32:
      return request.text<int32_t>(
          [](const Session&, int32_t value, char* to) { return write_number(value, to); });
    case TypeId::int64:
      return request.text<int64_t>(
          [](const Session&, int64_t value, char* to) { return write_number(value, to); });
    case TypeId::float32:
      return request.text<float>(
          [](const Session&, float value, char* to) { return write_number(value, to); });
    case TypeId::float64:
      return request.text<double>(
          [](const Session&, double value, char* to) { return write_number(value, to); });
    case TypeId::date:
      return request.text<Date>(
          [](const Session&, Date value, char* to) { return format_date(value.days, to); });
    case TypeId::timestamp:
      return request.text<Timestamp>([](const Session& session, Timestamp value, char* to) {
        return write_timestamp(value.microseconds, *session.zone, to);
      });
    case TypeId::duration:
      return request.always(
          [](Text& out, Duration value) { out.append(interval_text(value.microseconds)); });
    case TypeId::binary:
      return request.always([](Text& out, Bytes value) { out.append(value.view); });
    case TypeId::decimal:
      return decimal_to_text(request);
    default:
      return nullptr;
  }
}

/// Casts that ANSI rules refuse and Spark's older ones have: between timestamps and booleans, and
/// of dates to numbers, which gives null.
NodePtr legacy_only(const Request& request) {
  if (request.mode != CastMode::legacy) return nullptr;
  const auto from = request.from->type().id;
  const auto to = request.to.id;
  if (from == TypeId::boolean && to == TypeId::timestamp)
    return request.always([](bool value) noexcept -> Timestamp { return {value ? 1 : 0}; });
  if (from == TypeId::timestamp && to == TypeId::boolean)
    return request.always([](Timestamp value) noexcept -> bool { return value.microseconds != 0; });
  if (from == TypeId::date && (request.to.is_numeric() || to == TypeId::boolean))
    return make_null(request.to);
  return nullptr;
}

NodePtr dispatch(const Request& request) {
  if (auto node = legacy_only(request)) return node;
  switch (request.to.id) {
    case TypeId::boolean:
      return to_boolean(request);
    case TypeId::int32:
      return to_whole<int32_t>(request);
    case TypeId::int64:
      return to_whole<int64_t>(request);
    case TypeId::float32:
      return to_floating<float>(request);
    case TypeId::float64:
      return to_floating<double>(request);
    case TypeId::decimal:
      return to_decimal(request);
    case TypeId::string:
      return to_text(request);
    case TypeId::binary:
      if (request.from->type().id != TypeId::string) return nullptr;
      return request.always([](BinaryText& out, std::string_view value) { out.append(value); });
    case TypeId::date:
      return to_date(request);
    case TypeId::timestamp:
      return to_timestamp(request);
    case TypeId::duration:
      if (request.from->type().id != TypeId::string) return nullptr;
      return request.maybe<std::string_view>(
          [](const Session&, std::string_view value) -> std::optional<Duration> {
            const auto interval = parse_interval(value);
            if (!interval || interval->months != 0) return std::nullopt;
            return Duration{interval->microseconds};
          });
    case TypeId::list:
      return request.from->type().id == TypeId::list
                 ? make_list_cast(request.from, request.to, request.mode, request.session)
                 : nullptr;
    default:
      return nullptr;
  }
}

}  // namespace

NodePtr make_cast(const NodePtr& from, const Type& to, CastMode mode,
                  const std::shared_ptr<const Session>& session) {
  if (from->type() == to) return from;
  if (from->type().id == TypeId::null) return make_null(to);
  return dispatch({from, to, mode, session});
}

}  // namespace millrace
