#include "plugins/json/json_format.hpp"
#include "tests/fuzz/payload_lines.hpp"

namespace millrace {

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static testing::FakeHost host;
  static json::JsonFormat format({}, host.context(), fuzz::payload_schema());
  return fuzz::decode_lines(format, data, size);
}

}  // namespace millrace
