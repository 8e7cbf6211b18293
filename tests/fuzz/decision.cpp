// The marker of a decision, as found in a consumer group that anybody may have written to.
#include <cstdint>
#include <cstdlib>

#include "plugins/kafka/decisions.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using millrace::kafka::parse_decision;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto decision = parse_decision(text);
  // What is believed can be written again.
  if (decision && parse_decision(millrace::kafka::to_text(*decision)) != decision) std::abort();
  return 0;
}
