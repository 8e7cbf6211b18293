#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"
#include "core/config/scalar.hpp"
#include "core/config/value.hpp"
#include "core/diagnostics/diagnostic.hpp"

namespace millrace {

/// The words of an enumeration whose values count from 0.
template <class Choice, std::size_t count>
std::vector<std::string> words_of() {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < count; ++i) words.emplace_back(name_of(static_cast<Choice>(i)));
  return words;
}

/// Reads the known keys of one table by name, and knows afterwards which ones were not asked for.
class TableReader {
 public:
  TableReader(const Table& table, Diagnostics& diagnostics)
      : table_(table), diagnostics_(diagnostics) {}

  /// The entry if the file has it; either way the key is known from now on.
  const Entry* take(std::string_view key);

  std::optional<bool> boolean(std::string_view key);
  std::optional<Located<std::int64_t>> integer(
      std::string_view key, std::int64_t lowest,
      std::int64_t highest = std::numeric_limits<std::int64_t>::max());
  const WrittenText* text(std::string_view key);
  /// A duration that is not negative, in microseconds; a month has 31 days.
  std::optional<Located<std::int64_t>> duration_us(std::string_view key);
  std::optional<Located<std::int64_t>> byte_size(std::string_view key);
  std::vector<const WrittenText*> texts(std::string_view key, std::string_view example);

  template <class Choice, std::size_t count>
  std::optional<Located<Choice>> choice(std::string_view key) {
    const Entry* entry = take(key);
    if (entry == nullptr) return std::nullopt;
    const auto index =
        read_choice(entry->value, quoted(key), words_of<Choice, count>(), diagnostics_);
    if (!index) return std::nullopt;
    return Located<Choice>{static_cast<Choice>(*index), entry->value.span()};
  }

  /// Entries that nobody asked for.
  std::vector<const Entry*> rest() const;
  /// Reports each of them: "unknown key `x` in WHERE".
  void report_rest(const std::string& where) const;

  Diagnostics& diagnostics() const { return diagnostics_; }
  static std::string quoted(std::string_view key) { return '`' + std::string(key) + '`'; }

 private:
  const Table& table_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_;
};

/// Reads "json" or { type = "json", ... }.
std::optional<PluginChoice> read_plugin_choice(const Entry& entry, Diagnostics& diagnostics);

}  // namespace millrace
