#include "core/config/scalar.hpp"

#include <charconv>
#include <string_view>

#include "core/config/byte_size.hpp"
#include "core/diagnostics/nearest.hpp"

namespace millrace {
namespace {

/// The text of a string that a variable is part of.
const std::string* substituted_text(const Value& value) {
  const WrittenText* text = value.as_text();
  return text != nullptr && text->substituted() ? &text->text : nullptr;
}

template <class Number>
std::optional<Number> parse_number(const std::string& text) {
  Number result{};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, result);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return result;
}

std::string number_as_written(const Value& value, const SourceFile& file) {
  const std::size_t begin = file.byte_offset(value.span().line, value.span().column);
  const std::size_t end = file.byte_offset(value.span().line, value.span().end_column);
  return file.text().substr(begin, end - begin);
}

/// A number without a unit, the commonest mistake of all with durations and sizes.
bool report_bare_number(const Value& value, const std::string& what, const Code& code,
                        const std::string& kind, const std::string& unit, Diagnostics& to) {
  if (value.as_integer() == nullptr && value.as_real() == nullptr) return false;
  const std::string number = number_as_written(value, to.file());
  to.error(code, what + " must be a " + kind + " with its unit")
      .at(value.span(), "write \"" + number + ' ' + unit + '"');
  return true;
}

}  // namespace

Diagnostic& report_wrong_type(const Value& value, const std::string& what,
                              const std::string& expected, Diagnostics& to) {
  Diagnostic& diagnostic = to.error(codes::wrong_type, what + " must be " + expected);
  if (substituted_text(value) != nullptr) {
    return diagnostic.at(value.span(), "after replacing its variables this is no such value");
  }
  return diagnostic.at(value.span(), "this is " + std::string(value.kind_name()));
}

std::string suggestion(const std::string& word, std::span<const std::string> candidates,
                       const std::string& otherwise) {
  const std::optional<std::string> near = nearest(word, candidates);
  return near ? "did you mean `" + *near + "`?" : otherwise;
}

std::optional<bool> read_boolean(const Value& value, const std::string& what, Diagnostics& to) {
  if (const bool* boolean = value.as_boolean()) return *boolean;
  if (const std::string* text = substituted_text(value)) {
    if (*text == "true") return true;
    if (*text == "false") return false;
  }
  Diagnostic& diagnostic = report_wrong_type(value, what, "a boolean", to);
  const WrittenText* text = value.as_text();
  if (text != nullptr && (text->text == "true" || text->text == "false")) {
    diagnostic.help("write " + text->text + " without quotes");
  }
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(const Value& value, const std::string& what,
                                         Diagnostics& to) {
  if (const std::int64_t* integer = value.as_integer()) return *integer;
  if (const std::string* text = substituted_text(value)) {
    if (const auto number = parse_number<std::int64_t>(*text)) return number;
  }
  Diagnostic& diagnostic = report_wrong_type(value, what, "an integer", to);
  const WrittenText* text = value.as_text();
  if (text != nullptr && parse_number<std::int64_t>(text->text)) {
    diagnostic.help("write " + text->text + " without quotes");
  }
  return std::nullopt;
}

std::optional<double> read_real(const Value& value, const std::string& what, Diagnostics& to) {
  if (const double* real = value.as_real()) return *real;
  if (const std::int64_t* integer = value.as_integer()) return static_cast<double>(*integer);
  if (const std::string* text = substituted_text(value)) {
    if (const auto number = parse_number<double>(*text)) return number;
  }
  report_wrong_type(value, what, "a number", to);
  return std::nullopt;
}

const WrittenText* read_text(const Value& value, const std::string& what, Diagnostics& to) {
  if (const WrittenText* text = value.as_text()) return text;
  report_wrong_type(value, what, "a string", to);
  return nullptr;
}

std::optional<CalendarDuration> read_duration(const Value& value, const std::string& what,
                                              Diagnostics& to) {
  if (report_bare_number(value, what, codes::bad_duration, "duration", "seconds", to)) return {};
  const WrittenText* text = value.as_text();
  if (text == nullptr) {
    report_wrong_type(value, what, "a duration, a string such as \"10 seconds\"", to);
    return std::nullopt;
  }
  const ParsedDuration parsed = parse_duration(text->text);
  if (!parsed.value) {
    to.error(codes::bad_duration, what + " is not a duration").at(text->span, parsed.reason);
  }
  return parsed.value;
}

std::optional<std::int64_t> read_byte_size(const Value& value, const std::string& what,
                                           Diagnostics& to) {
  if (report_bare_number(value, what, codes::bad_size, "size", "bytes", to)) return {};
  const WrittenText* text = value.as_text();
  if (text == nullptr) {
    report_wrong_type(value, what, "a size, a string such as \"64 MiB\"", to);
    return std::nullopt;
  }
  const ParsedByteSize parsed = parse_byte_size(text->text);
  if (!parsed.value) {
    to.error(codes::bad_size, what + " is not a size").at(text->span, parsed.reason);
  }
  return parsed.value;
}

std::optional<std::size_t> read_choice(const Value& value, const std::string& what,
                                       std::span<const std::string> choices, Diagnostics& to) {
  const std::vector<std::string> words(choices.begin(), choices.end());
  const WrittenText* text = value.as_text();
  if (text == nullptr) {
    report_wrong_type(value, what, "one of " + join_quoted(words), to);
    return std::nullopt;
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == text->text) return i;
  }
  to.error(codes::unknown_choice, what + " cannot be `" + text->text + '`')
      .at(text->span, suggestion(text->text, words, "not one of the allowed words"))
      .note("allowed: " + join_quoted(words));
  return std::nullopt;
}

}  // namespace millrace
