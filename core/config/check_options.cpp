#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "core/config/config.hpp"
#include "core/config/option.hpp"
#include "core/config/option_reader.hpp"
#include "core/config/scalar.hpp"
#include "core/diagnostics/nearest.hpp"

namespace millrace {
namespace {

/// `kafka.security.protocol = "x"` gives nested tables, `"kafka.security.protocol" = "x"` one key.
bool belongs_to_map(const OptionSpec& spec, const std::string& key) {
  return spec.type == OptionType::string_map &&
         key.compare(0, spec.name.size() + 1, spec.name + '.') == 0;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Check {
 public:
  Check(const Table& table, std::span<const OptionSpec> specs, const OptionOwner& owner,
        Diagnostics& diagnostics)
      : table_(table), specs_(specs), owner_(owner), diagnostics_(diagnostics) {
    for (const OptionSpec& spec : specs_) names_.push_back(spec.name);
    candidates_ = names_;
    candidates_.insert(candidates_.end(), owner_.engine_keys.begin(), owner_.engine_keys.end());
  }

  OptionValues run() {
    report_unknown_keys();
    OptionValues result;
    for (const OptionSpec& spec : specs_) {
      if (std::optional<OptionValue> value = value_of(spec)) result.values.push_back(*value);
    }
    return result;
  }

 private:
  std::optional<OptionValue> value_of(const OptionSpec& spec) {
    const Entry* entry = table_.find(spec.name);
    OptionValue value;
    value.name = spec.name;
    value.type = spec.type;
    value.secret = spec.secret;
    value.of_windows = spec.of_windows;
    std::optional<OptionValue::Content> content;
    if (entry != nullptr) {
      value.key_span = entry->key_span;
      value.value_span = entry->value.span();
      content = read_option(spec, entry->value, diagnostics_);
    } else if (has_dotted_keys(spec)) {
      content = std::vector<NamedText>{};
    } else if (spec.required) {
      report_missing(spec);
    } else if (!spec.default_text.empty()) {
      value.from_default = true;
      content = read_default(spec);
    }
    if (!content) return std::nullopt;
    if (auto* named = std::get_if<std::vector<NamedText>>(&*content)) add_dotted_keys(spec, *named);
    value.content = std::move(*content);
    return value;
  }

  bool has_dotted_keys(const OptionSpec& spec) const {
    return std::any_of(table_.entries.begin(), table_.entries.end(),
                       [&](const Entry& entry) { return belongs_to_map(spec, entry.key); });
  }

  void add_dotted_keys(const OptionSpec& spec, std::vector<NamedText>& named) {
    for (const Entry& entry : table_.entries) {
      if (!belongs_to_map(spec, entry.key)) continue;
      const std::string key = entry.key.substr(spec.name.size() + 1);
      flatten(key, entry.key_span, entry.value, named, diagnostics_);
    }
  }

  void report_missing(const OptionSpec& spec) {
    if (contains(meant_, spec.name)) return;  // told already, as the word that was meant
    Diagnostic& diagnostic =
        diagnostics_.error(codes::missing_key, owner_.title + " needs `" + spec.name + '`')
            .at(owner_.place, '`' + spec.name + "` is missing");
    if (!spec.help.empty()) diagnostic.note('`' + spec.name + "`: " + spec.help);
    diagnostic.help("add: " + spec.name + " = " + example_of(spec));
  }

  void report_unknown_keys() {
    for (const Entry& entry : table_.entries) {
      const bool known = contains(names_, entry.key) ||
                         std::any_of(specs_.begin(), specs_.end(), [&](const OptionSpec& spec) {
                           return belongs_to_map(spec, entry.key);
                         });
      if (!known) report_unknown(entry);
    }
  }

  void report_unknown(const Entry& entry) {
    const std::optional<std::string> near = nearest(entry.key, candidates_);
    if (near) meant_.push_back(*near);
    Diagnostic& diagnostic = diagnostics_.error(
        codes::unknown_key, "unknown key `" + entry.key + "` in " + owner_.title);
    const std::string elsewhere = near ? "" : where_it_belongs(entry.key);
    diagnostic.at(entry.key_span, near                ? "did you mean `" + *near + "`?"
                                  : elsewhere.empty() ? "not a known key"
                                                      : elsewhere);
    if (!names_.empty())
      diagnostic.note('`' + owner_.describe + "` accepts: " + join_quoted(names_));
    diagnostic.help("run `millrace plugins describe " + owner_.describe +
                    "` for types and defaults");
  }

  /// A right key in a wrong place: below a header instead of above it, or in another kind.
  static std::string where_it_belongs(const std::string& key) {
    if (contains(pipeline_keys(), key)) {
      return "belongs to the pipeline: write it above the first [header]";
    }
    std::string kinds;
    for (const auto kind : {ComponentKind::source, ComponentKind::transform, ComponentKind::sink}) {
      if (!contains(engine_keys(kind), key)) continue;
      kinds += (kinds.empty() ? "" : " and ") + std::string(name_of(kind)) + 's';
    }
    return kinds.empty() ? "" : "only " + kinds + " have this key";
  }

  const Table& table_;
  std::span<const OptionSpec> specs_;
  const OptionOwner& owner_;
  Diagnostics& diagnostics_;
  std::vector<std::string> names_;
  std::vector<std::string> candidates_;
  std::vector<std::string> meant_;
};

}  // namespace

std::string_view name_of(OptionType type) {
  constexpr std::string_view names[] = {
      "boolean",    "integer", "real",       "string",      "duration",   "size", "string_list",
      "string_map", "columns", "expression", "expressions", "aggregates", "join"};
  return names[static_cast<std::size_t>(type)];
}

const OptionValue* OptionValues::find(std::string_view name) const {
  const auto found = std::find_if(values.begin(), values.end(),
                                  [&](const OptionValue& value) { return value.name == name; });
  return found == values.end() ? nullptr : &*found;
}

OptionValues check_options(const Value& table, std::span<const OptionSpec> specs,
                           const OptionOwner& owner, Diagnostics& diagnostics) {
  const Table none;
  const Table* entries = table.as_table();
  return Check(entries == nullptr ? none : *entries, specs, owner, diagnostics).run();
}

}  // namespace millrace
