#pragma once
#include <cstdlib>
#include <string>
#include <string_view>
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

// Enough for records to learn from one another and to spoil one another; more only take time.
constexpr size_t most_lines = 8;

inline std::vector<std::string> lines_of(const uint8_t* data, size_t size) {
  std::vector<std::string> lines;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  while (lines.size() + 1 < most_lines) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.emplace_back(text);
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
