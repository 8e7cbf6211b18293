#include "plugins/json/decoder.hpp"
#include "plugins/json/json_format.hpp"
#include "tests/fuzz/payload_lines.hpp"

namespace millrace {
namespace {

// Records read by their shape give what they give without.
void compare_ways(const Column& payloads) {
  json::Decoder by_shape(fuzz::payload_schema(), 1000);
  json::Decoder by_tokens(fuzz::payload_schema(), 1000, json::Decoder::Mismatched::row,
                          json::Decoder::Behind::refused, json::Decoder::Shapes::ignored);
  for (int round = 0; round < 2; ++round)
    if (testing::rows_json(by_shape.decode(payloads)) !=
            testing::rows_json(by_tokens.decode(payloads)) ||
        by_shape.faults() != by_tokens.faults())
      std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static testing::FakeHost host;
  static json::JsonFormat format({}, host.context(), fuzz::payload_schema());
  compare_ways(testing::binary_column(fuzz::lines_of(data, size)));
  return fuzz::decode_lines(format, data, size);
}

}  // namespace millrace
