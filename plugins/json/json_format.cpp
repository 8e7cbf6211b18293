#include "plugins/json/json_format.hpp"

namespace millrace::json {

int64_t microseconds_in(const std::string& unit) {
  if (unit == "seconds") return 1'000'000;
  if (unit == "milliseconds") return 1'000;
  if (unit == "microseconds") return 1;
  throw Error::user("`" + unit + "` is not a unit; write seconds, milliseconds or microseconds")
      .about("timestamp_unit");
}

JsonFormat::JsonFormat(const JsonSettings& settings, Context context, const Schema& rows)
    : decoder_(rows, {microseconds_in(settings.timestamp_unit), context.session_zone()}),
      encoder_(rows, settings.ignore_null_fields) {}

Batch JsonFormat::decode(const Column& payloads, const Rejects& rejects) {
  auto rows = decoder_.decode(payloads);
  for (const auto& fault : decoder_.faults()) rejects.reject(fault.row, fault.reason);
  return rows;
}

}  // namespace millrace::json
