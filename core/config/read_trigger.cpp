#include "core/config/read_trigger.hpp"

#include <string>
#include <vector>

#include "core/config/scalar.hpp"

namespace millrace {
namespace {

/// Every trigger there is. One with an interval is written as a table, one without as a string.
struct TriggerSpelling {
  TriggerKind kind;
  std::string_view name;
  bool has_interval;
  bool zero_allowed;
};

constexpr TriggerSpelling spellings[] = {
    {TriggerKind::default_, "default", false, false},
    {TriggerKind::processing_time, "processing_time", true, true},
    {TriggerKind::once, "once", false, false},
    {TriggerKind::available_now, "available_now", false, false},
    {TriggerKind::continuous, "continuous", true, false},
};

constexpr std::string_view allowed =
    "allowed: \"default\", \"once\", \"available_now\", { processing_time = \"10 seconds\" }, "
    "{ continuous = \"1 second\" }";

const TriggerSpelling* find_spelling(std::string_view name) {
  for (const TriggerSpelling& one : spellings) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const TriggerSpelling& one : spellings) names.emplace_back(one.name);
  return names;
}

std::string example_of(const TriggerSpelling& spelling) {
  const std::string name(spelling.name);
  return spelling.has_interval ? "trigger = { " + name + " = \"10 seconds\" }"
                               : "trigger = \"" + name + '"';
}

const TriggerSpelling* find_or_report(const std::string& name, const Span& span, bool with_interval,
                                      Diagnostics& diagnostics) {
  const TriggerSpelling* spelling = find_spelling(name);
  if (spelling == nullptr) {
    diagnostics.error(codes::unknown_choice, "there is no trigger `" + name + '`')
        .at(span, suggestion(name, all_names(), "not a trigger"))
        .note(std::string(allowed));
    return nullptr;
  }
  if (spelling->has_interval == with_interval) return spelling;
  diagnostics
      .error(codes::wrong_type, "the trigger `" + name + "` " +
                                    (with_interval ? "has no interval" : "needs an interval"))
      .at(span)
      .help("write " + example_of(*spelling));
  return nullptr;
}

Trigger read_with_interval(const Entry& entry, const Span& span, Diagnostics& diagnostics) {
  const TriggerSpelling* spelling = find_or_report(entry.key, entry.key_span, true, diagnostics);
  if (spelling == nullptr) return {};
  const std::string what = '`' + entry.key + '`';
  const auto interval = read_duration(entry.value, what, diagnostics);
  if (!interval) return {};
  if (interval->months != 0) {
    diagnostics.error(codes::bad_duration, what + " cannot count in months")
        .at(entry.value.span(), "a month has no fixed length");
    return {};
  }
  const std::int64_t lowest = spelling->zero_allowed ? 0 : 1;
  if (interval->microseconds < lowest) {
    diagnostics.error(codes::out_of_range, what + " is too short")
        .at(entry.value.span(), lowest == 0 ? "must not be negative" : "must be more than 0");
    return {};
  }
  return {spelling->kind, interval->microseconds, span};
}

}  // namespace

std::string_view name_of(TriggerKind kind) {
  for (const TriggerSpelling& one : spellings) {
    if (one.kind == kind) return one.name;
  }
  return "unknown";
}

Trigger read_trigger(const Value& value, Diagnostics& diagnostics) {
  if (const WrittenText* text = value.as_text()) {
    const TriggerSpelling* spelling = find_or_report(text->text, text->span, false, diagnostics);
    return spelling == nullptr ? Trigger{} : Trigger{spelling->kind, 0, text->span};
  }
  const Table* table = value.as_table();
  if (table == nullptr) {
    report_wrong_type(value, "`trigger`", "a string or a table", diagnostics)
        .note(std::string(allowed));
    return {};
  }
  if (table->entries.size() != 1) {
    diagnostics.error(codes::bad_value, "`trigger` must name exactly one trigger")
        .at(value.span())
        .note(std::string(allowed));
    return {};
  }
  return read_with_interval(table->entries.front(), value.span(), diagnostics);
}

}  // namespace millrace
