#include "plugins/json/decoder.hpp"
#include "plugins/json/json_format.hpp"
#include "tests/fuzz/payload_lines.hpp"

namespace millrace {
namespace {

Schema with_structure() {
  Schema schema = fuzz::payload_schema();
  const Type inner(TypeId::structure, {{"key", TypeId::string}, {"count", TypeId::int32}});
  schema.fields.push_back(
      {"place", Type(TypeId::structure, {{"value", TypeId::float64}, {"place", inner}})});
  return schema;
}

// Records read by their shape, which the second round knows from the first, give what they give
// without.
void compare_ways(const Column& payloads) {
  static const Schema schema = with_structure();
  static json::Decoder by_tokens(schema, 1000, json::Decoder::Mismatched::row,
                                 json::Decoder::Behind::refused, json::Decoder::Shapes::ignored);
  const auto expected = testing::rows_json(by_tokens.decode(payloads));
  json::Decoder by_shape(schema, 1000);
  for (int round = 0; round < 2; ++round)
    if (testing::rows_json(by_shape.decode(payloads)) != expected ||
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
