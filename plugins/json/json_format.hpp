#pragma once
#include <string>

#include "millrace/format.hpp"

#include "plugins/json/decoder.hpp"
#include "plugins/json/encoder.hpp"

namespace millrace::json {

struct JsonSettings {
  std::string timestamp_unit = "seconds";
  bool ignore_null_fields = false;
};

// Of "seconds", "milliseconds" or "microseconds".
int64_t microseconds_in(const std::string& unit);

// One JSON object per payload.
class JsonFormat final : public Format {
 public:
  JsonFormat(const JsonSettings& settings, Context context, const Schema& rows);
  Batch decode(const Column& payloads, const Rejects& rejects) override;
  Column encode(const Batch& rows) override { return encoder_.encode(rows); }

 private:
  Decoder decoder_;
  Encoder encoder_;
};

}  // namespace millrace::json
