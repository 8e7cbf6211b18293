#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

struct ParsedByteSize {
  std::optional<std::int64_t> value;
  /// Without a value: what is wrong, and how to write it.
  std::string reason;
};

/// Reads "64 MiB", "10 MB", "512 bytes", "1.5 GiB". MB is 1000 * 1000, MiB 1024 * 1024.
ParsedByteSize parse_byte_size(std::string_view text);

/// "64 MiB" where a binary unit divides it, else bytes.
std::string format_byte_size(std::int64_t bytes);

}  // namespace millrace
