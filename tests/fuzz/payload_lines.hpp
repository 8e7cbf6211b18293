#pragma once
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/plugin/fake_host.hpp"

namespace millrace::fuzz {

inline Schema payload_schema() {
  return {{{"key", TypeId::string},
           {"timestamp", TypeId::timestamp},
           {"value", TypeId::float64},
           {"count", TypeId::int64},
           {"day", TypeId::date},
           {"flag", TypeId::boolean},
           {"price", decimal_of(10, 2)}}};
}

inline std::vector<std::string> lines_of(const uint8_t* data, size_t size) {
  std::vector<std::string> lines(1);
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == '\n')
      lines.emplace_back();
    else
      lines.back() += static_cast<char>(data[i]);
  }
  return lines;
}

// Decodes the lines as payloads, and what came out of them as they are encoded.
inline int decode_lines(Format& format, const uint8_t* data, size_t size) {
  const auto lines = lines_of(data, size);
  testing::KeptRejects rejects;
  const auto rows = format.decode(testing::binary_column(lines), rejects.rejects());
  if (rows.size() != static_cast<int64_t>(lines.size())) std::abort();
  const auto encoded = format.encode(rows);
  testing::KeptRejects again;
  format.decode(encoded, again.rejects());
  if (!again.all.empty()) std::abort();  // It reads what it writes.
  return 0;
}

}  // namespace millrace::fuzz
