#pragma once
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/expression.hpp"
#include "millrace/join_condition.hpp"

namespace millrace {

using StringMap = std::map<std::string, std::string>;
using StringList = std::vector<std::string>;

/// A span of time in microseconds; configurations spell it "10 seconds".
struct Duration {
  int64_t microseconds = 0;
  bool operator==(const Duration&) const = default;
};

/// A number of bytes; configurations spell it "64 MiB".
struct ByteSize {
  int64_t bytes = 0;
};

enum Presence : uint32_t { optional = 0, required = MR_OPTION_REQUIRED };
/// Marks an option whose value is never printed.
inline constexpr uint32_t secret = MR_OPTION_SECRET;
/// Marks an expression over `window_start` and `window_end` in place of the input's columns.
inline constexpr uint32_t of_windows = MR_OPTION_OF_WINDOWS;
/// Marks a string that may be written as a boolean or an integer too.
inline constexpr uint32_t scalar = MR_OPTION_SCALAR;

/// Binds one option of a configuration to one member of a settings struct. The option's type comes
/// from the member, its default from the member's initialiser.
template <class Settings>
struct Setting {
  template <class Value>
  using Of = Value Settings::*;
  using Member =
      std::variant<Of<bool>, Of<int64_t>, Of<double>, Of<std::string>, Of<Duration>, Of<ByteSize>,
                   Of<StringList>, Of<StringMap>, Of<std::vector<Field>>, Of<Expression>,
                   Of<std::vector<Expression>>, Of<std::vector<Aggregate>>,
                   Of<std::optional<int64_t>>, Of<std::optional<std::string>>,
                   Of<std::optional<Duration>>, Of<std::optional<Expression>>, Of<JoinCondition>>;

  std::string_view name;
  Member member;
  uint32_t flags = optional;  ///< required, secret
  std::string_view help;
  std::string_view choices = "";  ///< allowed strings, separated by commas

  int32_t type() const {
    static constexpr int32_t types[] = {
        MR_OPTION_BOOLEAN,  MR_OPTION_INTEGER,    MR_OPTION_REAL,        MR_OPTION_STRING,
        MR_OPTION_DURATION, MR_OPTION_SIZE,       MR_OPTION_STRING_LIST, MR_OPTION_STRING_MAP,
        MR_OPTION_COLUMNS,  MR_OPTION_EXPRESSION, MR_OPTION_EXPRESSIONS, MR_OPTION_AGGREGATES,
        MR_OPTION_INTEGER,  MR_OPTION_STRING,     MR_OPTION_DURATION,    MR_OPTION_EXPRESSION,
        MR_OPTION_JOIN};
    return types[member.index()];
  }

  void assign(Settings& settings, const mr_value& value, const mr_host& host) const {
    std::visit([&](auto pointer) { load(settings.*pointer, value, host); }, member);
  }

  /// The default as a configuration would spell it; empty for none.
  std::string default_text() const {
    const Settings settings{};
    return std::visit([&](auto pointer) { return spell(settings.*pointer); }, member);
  }

 private:
  template <class Target>
  static void load(Target& to, const mr_value& value, const mr_host& host) {
    if constexpr (std::is_same_v<Target, bool>) {
      to = value.integer != 0;
    } else if constexpr (std::is_same_v<Target, int64_t>) {
      to = value.integer;
    } else if constexpr (std::is_same_v<Target, double>) {
      to = value.real;
    } else if constexpr (std::is_same_v<Target, std::string>) {
      to = view(value.text);
    } else if constexpr (std::is_same_v<Target, Duration> || std::is_same_v<Target, ByteSize>) {
      to = {value.integer};
    } else if constexpr (std::is_same_v<Target, StringList>) {
      to.clear();
      for (size_t i = 0; i < value.pair_count; ++i) to.emplace_back(view(value.pairs[i].key));
    } else if constexpr (std::is_same_v<Target, StringMap>) {
      for (size_t i = 0; i < value.pair_count; ++i)
        to.insert_or_assign(std::string(view(value.pairs[i].key)), view(value.pairs[i].value));
    } else if constexpr (std::is_same_v<Target, std::vector<Field>>) {
      to = arrow::import_schema(*value.columns).fields;
    } else if constexpr (std::is_same_v<Target, Expression>) {
      to = Expression(host, value.expressions[0]);
    } else if constexpr (std::is_same_v<Target, std::vector<Expression>>) {
      for (size_t i = 0; i < value.expression_count; ++i)
        to.emplace_back(host, value.expressions[i]);
    } else if constexpr (std::is_same_v<Target, std::vector<Aggregate>>) {
      for (size_t i = 0; i < value.aggregate_count; ++i)
        to.push_back(detail::load_aggregate(host, value.aggregates[i]));
    } else if constexpr (std::is_same_v<Target, JoinCondition>) {
      to = detail::load_join(host, *value.join);
    } else {
      load(to.emplace(), value, host);  // std::optional
    }
  }

  template <class Source>
  static std::string spell(const Source& from) {
    if constexpr (std::is_same_v<Source, bool>)
      return from ? "true" : "false";
    else if constexpr (std::is_same_v<Source, int64_t>)
      return std::to_string(from);
    else if constexpr (std::is_same_v<Source, double>)
      return spell_real(from);
    else if constexpr (std::is_same_v<Source, std::string>)
      return from.empty() ? "" : "\"" + from + "\"";
    else if constexpr (std::is_same_v<Source, Duration>)
      return "\"" + spell_duration(from.microseconds) + "\"";
    else if constexpr (std::is_same_v<Source, ByteSize>)
      return "\"" + spell_size(from.bytes) + "\"";
    else
      return "";
  }
  static std::string spell_real(double value) {
    char text[40];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
  }
  static std::string spell_duration(int64_t value) {
    constexpr std::pair<int64_t, const char*> units[] = {{86'400'000'000, "days"},
                                                         {3'600'000'000, "hours"},
                                                         {60'000'000, "minutes"},
                                                         {1'000'000, "seconds"},
                                                         {1'000, "milliseconds"}};
    for (const auto& [size, name] : units)
      if (value != 0 && value % size == 0) return std::to_string(value / size) + " " + name;
    return value == 0 ? "0 seconds" : std::to_string(value) + " microseconds";
  }
  static std::string spell_size(int64_t value) {
    constexpr std::pair<int64_t, const char*> units[] = {
        {1LL << 30, "GiB"}, {1LL << 20, "MiB"}, {1LL << 10, "KiB"}};
    for (const auto& [size, name] : units)
      if (value != 0 && value % size == 0) return std::to_string(value / size) + " " + name;
    return std::to_string(value) + " B";
  }
};

/// The settings that a configuration gives, the others at their defaults.
template <class Settings>
Settings read(const std::vector<Setting<Settings>>& known, const mr_values& values,
              const mr_host& host) {
  Settings settings{};
  for (size_t i = 0; i < values.count; ++i) {
    const auto& value = *reinterpret_cast<const mr_value*>(
        reinterpret_cast<const char*>(values.items) + i * values.item_size);
    for (const auto& setting : known)
      if (setting.name == view(value.name)) setting.assign(settings, value, host);
  }
  return settings;
}

}  // namespace millrace
