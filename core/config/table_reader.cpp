#include "core/config/table_reader.hpp"

#include <algorithm>

#include "core/diagnostics/nearest.hpp"

namespace millrace {

const Entry* TableReader::take(std::string_view key) {
  known_.emplace_back(key);
  return table_.find(key);
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  const Entry* entry = take(key);
  return entry == nullptr ? std::nullopt : read_boolean(entry->value, quoted(key), diagnostics_);
}

std::optional<Located<std::int64_t>> TableReader::integer(std::string_view key, std::int64_t lowest,
                                                          std::int64_t highest) {
  const Entry* entry = take(key);
  if (entry == nullptr) return std::nullopt;
  const auto number = read_integer(entry->value, quoted(key), diagnostics_);
  if (!number) return std::nullopt;
  if (*number >= lowest && *number <= highest)
    return Located<std::int64_t>{*number, entry->value.span()};
  const bool bounded = highest != std::numeric_limits<std::int64_t>::max();
  diagnostics_.error(codes::out_of_range, quoted(key) + " is out of range")
      .at(entry->value.span(), "must be " + (bounded ? "from " + std::to_string(lowest) + " to " +
                                                           std::to_string(highest)
                                                     : "at least " + std::to_string(lowest)));
  return std::nullopt;
}

const WrittenText* TableReader::text(std::string_view key) {
  const Entry* entry = take(key);
  if (entry == nullptr) return nullptr;
  const WrittenText* result = read_text(entry->value, quoted(key), diagnostics_);
  if (result == nullptr || !result->text.empty()) return result;
  diagnostics_.error(codes::bad_value, quoted(key) + " is empty").at(result->span);
  return nullptr;
}

std::optional<Located<std::int64_t>> TableReader::byte_size(std::string_view key) {
  const Entry* entry = take(key);
  if (entry == nullptr) return std::nullopt;
  const auto size = read_byte_size(entry->value, quoted(key), diagnostics_);
  if (!size) return std::nullopt;
  return Located<std::int64_t>{*size, entry->value.span()};
}

std::optional<Located<std::int64_t>> TableReader::duration_us(std::string_view key) {
  const Entry* entry = take(key);
  if (entry == nullptr) return std::nullopt;
  const auto duration = read_duration(entry->value, quoted(key), diagnostics_);
  if (!duration) return std::nullopt;
  const std::int64_t total = duration->total_us();
  if (total >= 0) return Located<std::int64_t>{total, entry->value.span()};
  diagnostics_.error(codes::out_of_range, quoted(key) + " cannot be negative")
      .at(entry->value.span());
  return std::nullopt;
}

std::vector<const WrittenText*> TableReader::texts(std::string_view key, std::string_view example) {
  std::vector<const WrittenText*> result;
  const Entry* entry = take(key);
  if (entry == nullptr) return result;
  const Array* array = entry->value.as_array();
  if (array == nullptr) {
    Diagnostic& diagnostic =
        report_wrong_type(entry->value, quoted(key), "a list of strings", diagnostics_);
    const WrittenText* single = entry->value.as_text();
    const std::string item = single == nullptr ? std::string(example) : single->raw;
    diagnostic.help("write " + std::string(key) + " = [\"" + item + "\"]");
    if (single != nullptr) result.push_back(single);  // meant well: what it says is checked too
    return result;
  }
  for (const Value& item : *array) {
    const WrittenText* text = read_text(item, "an item of " + quoted(key), diagnostics_);
    if (text != nullptr) result.push_back(text);
  }
  return result;
}

std::vector<const Entry*> TableReader::rest() const {
  std::vector<const Entry*> result;
  for (const Entry& entry : table_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) == known_.end())
      result.push_back(&entry);
  }
  return result;
}

void TableReader::report_rest(const std::string& where) const {
  for (const Entry* entry : rest()) {
    const std::optional<std::string> near = nearest(entry->key, known_);
    Diagnostic& diagnostic =
        diagnostics_.error(codes::unknown_key, "unknown key " + quoted(entry->key) + " in " + where)
            .at(entry->key_span, near ? "did you mean `" + *near + "`?" : "not a known key");
    if (!near) diagnostic.note("known keys: " + join_quoted(known_));
  }
}

std::optional<PluginChoice> read_plugin_choice(const Entry& entry, Diagnostics& diagnostics) {
  const std::string what = TableReader::quoted(entry.key);
  if (const WrittenText* text = entry.value.as_text()) {
    return PluginChoice{{text->text, text->span}, Value(Table{}, text->span)};
  }
  const Table* table = entry.value.as_table();
  if (table == nullptr) {
    report_wrong_type(entry.value, what, "a name, or a table with `type` and options", diagnostics);
    return std::nullopt;
  }
  TableReader reader(*table, diagnostics);
  if (table->find("type") == nullptr) {
    diagnostics.error(codes::missing_key, what + " needs `type`")
        .at(entry.value.span(), "`type` is missing here");
    return std::nullopt;
  }
  const WrittenText* type = reader.text("type");
  if (type == nullptr) return std::nullopt;
  Table options;
  for (const Entry* other : reader.rest()) options.entries.push_back(*other);
  return PluginChoice{{type->text, type->span}, Value(std::move(options), entry.value.span())};
}

}  // namespace millrace
