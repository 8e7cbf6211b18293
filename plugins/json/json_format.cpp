#include "plugins/json/json_format.hpp"

namespace millrace::json {
namespace {

int64_t microseconds_in(const std::string& unit) {
  if (unit == "seconds") return 1'000'000;
  if (unit == "milliseconds") return 1'000;
  if (unit == "microseconds") return 1;
  throw Error::user("`" + unit + "` is not a unit; write seconds, milliseconds or microseconds")
      .about("timestamp_unit");
}

}  // namespace

JsonFormat::JsonFormat(const JsonSettings& settings, Context, const Schema& rows)
    : decoder_(rows, microseconds_in(settings.timestamp_unit)),
      encoder_(rows, settings.ignore_null_fields) {}

}  // namespace millrace::json
