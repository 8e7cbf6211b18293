#include "core/config/option_reader.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "core/config/read_toml.hpp"
#include "core/config/scalar.hpp"

namespace millrace {
namespace {

using Content = OptionValue::Content;

template <class T>
std::optional<Content> wrapped(std::optional<T> value) {
  if (!value) return std::nullopt;
  return Content(std::move(*value));
}

std::string text_of_number(double number) {
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), written.ptr};
}

/// A boolean or a number as text; nothing for any other value.
std::optional<WrittenText> text_of_scalar(const Value& value) {
  WrittenText text{"", "", value.span(), {}};
  if (const bool* boolean = value.as_boolean())
    text.text = *boolean ? "true" : "false";
  else if (const std::int64_t* integer = value.as_integer())
    text.text = std::to_string(*integer);
  else if (const double* real = value.as_real())
    text.text = text_of_number(*real);
  else
    return std::nullopt;
  return text;
}

std::optional<Content> read_string(const OptionSpec& spec, const Value& value,
                                   const std::string& what, Diagnostics& diagnostics) {
  if (spec.scalar && value.as_real() == nullptr)
    if (std::optional<WrittenText> text = text_of_scalar(value)) return Content(std::move(*text));
  if (!spec.choices.empty() && !read_choice(value, what, spec.choices, diagnostics)) return {};
  const WrittenText* text = read_text(value, what, diagnostics);
  if (text == nullptr) return std::nullopt;
  return Content(*text);
}

std::optional<Content> read_list(const Value& value, const std::string& what,
                                 Diagnostics& diagnostics) {
  std::vector<WrittenText> result;
  if (const WrittenText* single = value.as_text()) {
    result.push_back(*single);
    return Content(std::move(result));
  }
  const Array* array = value.as_array();
  if (array == nullptr) {
    report_wrong_type(value, what, "a list of strings", diagnostics);
    return std::nullopt;
  }
  for (const Value& item : *array) {
    const WrittenText* text = read_text(item, "an item of " + what, diagnostics);
    if (text == nullptr) return std::nullopt;
    result.push_back(*text);
  }
  return Content(std::move(result));
}

std::optional<Content> read_map(const Value& value, const std::string& what,
                                Diagnostics& diagnostics) {
  const Table* table = value.as_table();
  if (table == nullptr) {
    report_wrong_type(value, what, "a table of texts", diagnostics);
    return std::nullopt;
  }
  std::vector<NamedText> result;
  for (const Entry& entry : table->entries) {
    flatten(entry.key, entry.key_span, entry.value, result, diagnostics);
  }
  return Content(std::move(result));
}

/// A table of name -> text; a list of texts too where names may be left out.
std::optional<Content> read_named(const Value& value, const std::string& what,
                                  const std::string& expected, bool list_allowed,
                                  Diagnostics& diagnostics) {
  std::vector<NamedText> result;
  if (const Table* table = value.as_table()) {
    for (const Entry& entry : table->entries) {
      const WrittenText* text =
          read_text(entry.value, '`' + entry.key + "` in " + what, diagnostics);
      if (text != nullptr) result.push_back({entry.key, entry.key_span, *text});
    }
    return Content(std::move(result));
  }
  if (list_allowed && (value.as_array() != nullptr || value.as_text() != nullptr)) {
    std::optional<Content> list = read_list(value, what, diagnostics);
    if (!list) return std::nullopt;
    for (WrittenText& text : std::get<std::vector<WrittenText>>(*list)) {
      result.push_back({"", text.span, std::move(text)});
    }
    return Content(std::move(result));
  }
  report_wrong_type(value, what, expected, diagnostics);
  return std::nullopt;
}

}  // namespace

void flatten(const std::string& name, const Span& name_span, const Value& value,
             std::vector<NamedText>& into, Diagnostics& diagnostics) {
  if (const Table* table = value.as_table()) {
    for (const Entry& entry : table->entries) {
      flatten(name + '.' + entry.key, entry.key_span, entry.value, into, diagnostics);
    }
    return;
  }
  if (const WrittenText* written = value.as_text()) {
    into.push_back({name, name_span, *written});
  } else if (std::optional<WrittenText> text = text_of_scalar(value)) {
    into.push_back({name, name_span, std::move(*text)});
  } else {
    report_wrong_type(value, '`' + name + '`', "a string, a number or a boolean", diagnostics);
  }
}

std::optional<Content> read_option(const OptionSpec& spec, const Value& value,
                                   Diagnostics& diagnostics) {
  const std::string what = '`' + spec.name + '`';
  switch (spec.type) {
    case OptionType::boolean:
      return wrapped(read_boolean(value, what, diagnostics));
    case OptionType::integer:
      return wrapped(read_integer(value, what, diagnostics));
    case OptionType::real:
      return wrapped(read_real(value, what, diagnostics));
    case OptionType::duration:
      return wrapped(read_duration(value, what, diagnostics));
    case OptionType::size:
      return wrapped(read_byte_size(value, what, diagnostics));
    case OptionType::string:
    case OptionType::expression:
    case OptionType::join:
      return read_string(spec, value, what, diagnostics);
    case OptionType::string_list:
      return read_list(value, what, diagnostics);
    case OptionType::string_map:
      return read_map(value, what, diagnostics);
    case OptionType::columns:
      return read_named(value, what, "a table of columns and their types", false, diagnostics);
    case OptionType::expressions:
      return read_named(value, what, "a table of names and expressions, or a list of expressions",
                        true, diagnostics);
    case OptionType::aggregates:
      return read_named(value, what, "a table of names and aggregates", false, diagnostics);
  }
  return std::nullopt;
}

std::optional<Content> read_default(const OptionSpec& spec) {
  const Environment no_variables = [](std::string_view) { return std::nullopt; };
  Diagnostics unheard(SourceFile("", "default = " + spec.default_text + "\n"));
  const std::optional<Value> root = read_toml(no_variables, unheard);
  const Entry* entry = root ? root->as_table()->find("default") : nullptr;
  if (entry == nullptr) return std::nullopt;
  return read_option(spec, entry->value, unheard);
}

std::string example_of(const OptionSpec& spec) {
  switch (spec.type) {
    case OptionType::boolean:
      return "true";
    case OptionType::integer:
      return "1";
    case OptionType::real:
      return "1.5";
    case OptionType::duration:
      return "\"10 seconds\"";
    case OptionType::size:
      return "\"64 MiB\"";
    case OptionType::string:
      return spec.choices.empty() ? "\"...\"" : '"' + spec.choices.front() + '"';
    case OptionType::expression:
      return "\"value > 10\"";
    case OptionType::string_list:
      return "[\"...\"]";
    case OptionType::string_map:
      return "{ name = \"...\" }";
    case OptionType::columns:
      return "{ key = \"string\" }";
    case OptionType::expressions:
      return "{ name = \"value + 1\" }";
    case OptionType::aggregates:
      return "{ count = \"count(*)\" }";
    case OptionType::join:
      return "\"left.id = right.id\"";
  }
  return "";
}

}  // namespace millrace
