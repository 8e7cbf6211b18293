#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/config/duration.hpp"
#include "core/config/value.hpp"
#include "core/diagnostics/diagnostic.hpp"

namespace millrace {

/// What the value of an option may be.
enum class OptionType {
  boolean,
  integer,
  real,
  string,
  duration,
  size,
  string_list,  // a list of strings; a single string is a list of one
  string_map,   // a table of texts; nested tables flatten to dotted keys
  columns,      // ordered table: name -> type
  expression,   // SQL text, compiled by the plan
  expressions,  // ordered table: name -> SQL text, or a list of "expression [AS name]"
  aggregates,   // ordered table: name -> aggregate SQL text
  join,         // SQL text over two inputs
};

/// "duration", "string_list", ...: the word that `plugins describe` shows.
std::string_view name_of(OptionType type);

/// One option as a plugin declares it.
struct OptionSpec {
  std::string name;
  OptionType type = OptionType::string;
  bool required = false;
  bool secret = false;
  bool of_windows = false;  // an expression over window_start and window_end, not the input
  bool scalar = false;      // a string that may be written as a boolean or an integer too
  /// As a file would spell it, a text with its quotes: true, "10 seconds". Empty: no default.
  std::string default_text;
  std::string help;
  /// For strings: the allowed words; empty allows all.
  std::vector<std::string> choices;
};

/// An item of columns, expressions, aggregates or string_map. A list item has no name.
struct NamedText {
  std::string name;
  Span name_span;
  WrittenText text;
};

/// The checked value of one option that the file gives or that has a default.
struct OptionValue {
  using Content = std::variant<bool, std::int64_t, double, WrittenText, CalendarDuration,
                               std::vector<WrittenText>, std::vector<NamedText>>;

  std::string name;
  OptionType type = OptionType::string;
  bool secret = false;
  bool of_windows = false;
  bool from_default = false;
  Span key_span;    // unknown for a default
  Span value_span;  // unknown for a default
  Content content;  // size: int64 bytes; string, expression: WrittenText; string_list:
                    // vector<WrittenText>

  bool boolean() const { return std::get<bool>(content); }
  std::int64_t integer() const { return std::get<std::int64_t>(content); }
  double real() const { return std::get<double>(content); }
  const std::string& string() const { return std::get<WrittenText>(content).text; }
  const WrittenText& text() const { return std::get<WrittenText>(content); }
  const CalendarDuration& duration() const { return std::get<CalendarDuration>(content); }
  std::int64_t size_bytes() const { return std::get<std::int64_t>(content); }
  const std::vector<WrittenText>& list() const {
    return std::get<std::vector<WrittenText>>(content);
  }
  const std::vector<NamedText>& named() const { return std::get<std::vector<NamedText>>(content); }
};

/// The options of one component, in the order in which its plugin declares them.
struct OptionValues {
  std::vector<OptionValue> values;

  const OptionValue* find(std::string_view name) const;
};

/// Whose options are checked, for messages.
struct OptionOwner {
  std::string title;     // "source `views` (type `kafka`)"
  Span place;            // where a missing option is reported: the component's type or name
  std::string describe;  // what `millrace plugins describe` is to be called with: "kafka"
  /// Keys that the engine itself takes here, so that a misspelt one is recognised too.
  std::vector<std::string> engine_keys;
};

/// Checks a table against what a plugin declares. Everything wrong is reported; what is right is
/// returned, so that checking can go on.
OptionValues check_options(const Value& table, std::span<const OptionSpec> specs,
                           const OptionOwner& owner, Diagnostics& diagnostics);

}  // namespace millrace
