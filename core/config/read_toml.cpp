// The only file that knows toml++. What it does not give is put right here: tables iterate by name
// (entries are sorted by place), a table made by a [header] has the place of that header (its key's
// place is taken), and syntax errors mark one character (the word is marked, and the two commonest
// mistakes get a help).
#include "core/config/read_toml.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include <toml++/toml.h>

#include "core/config/substitute.hpp"

namespace millrace {
namespace {

Span span_of(const toml::source_region& region, const SourceFile& file) {
  const std::size_t line = region.begin.line;
  const std::size_t column = region.begin.column;
  if (region.end.line == region.begin.line) {
    return {line, column, std::max<std::size_t>(region.end.column, column + 1)};
  }
  return {line, column, std::max(count_code_points(file.line(line)) + 1, column + 1)};
}

class Conversion {
 public:
  Conversion(const Environment& environment, Diagnostics& diagnostics)
      : environment_(environment), diagnostics_(diagnostics) {}

  Value convert(const toml::node& node, const Span& table_span) {
    const Span span = span_of(node.source(), file());
    if (const auto* table = node.as_table()) {
      return {convert_table(*table), table->is_inline() ? span : table_span};
    }
    if (const auto* array = node.as_array()) return {convert_array(*array, table_span), span};
    if (const auto* text = node.as_string()) return {convert_text(text->get(), span), span};
    if (const auto* boolean = node.as_boolean()) return {boolean->get(), span};
    if (const auto* integer = node.as_integer()) return {integer->get(), span};
    if (const auto* real = node.as_floating_point()) return {real->get(), span};
    const std::size_t begin = file().byte_offset(span.line, span.column);
    const std::size_t end = file().byte_offset(span.line, span.end_column);
    return {DateTime{file().text().substr(begin, end - begin)}, span};
  }

 private:
  const SourceFile& file() const { return diagnostics_.file(); }

  Table convert_table(const toml::table& table) {
    Table result;
    for (const auto& [key, node] : table) {
      const Span key_span = span_of(key.source(), file());
      result.entries.push_back({std::string(key.str()), key_span, convert(node, key_span)});
    }
    std::sort(result.entries.begin(), result.entries.end(),
              [](const Entry& left, const Entry& right) { return left.key_span < right.key_span; });
    return result;
  }

  Array convert_array(const toml::array& array, const Span& table_span) {
    Array result;
    for (const toml::node& node : array) result.push_back(convert(node, table_span));
    return result;
  }

  WrittenText convert_text(const std::string& raw, const Span& span) {
    WrittenText text{raw, raw, span, {}};
    if (raw.find('$') != std::string::npos) substitute(text, environment_, diagnostics_);
    return text;
  }

  const Environment& environment_;
  Diagnostics& diagnostics_;
};

/// Widens the place of a syntax error from a character to the bare word that it begins.
Span widen(const SourceFile& file, const Span& span) {
  const std::string_view line = file.line(span.line);
  const auto is_word = [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_' || letter == '-' || letter == '.';
  };
  const std::size_t begin = file.byte_offset(span.line, span.column);
  std::size_t end = begin;
  const std::size_t line_end = file.byte_offset(span.line, 1) + line.size();
  while (end < line_end && is_word(static_cast<unsigned char>(file.text()[end]))) ++end;
  return file.span_of_bytes(begin, std::max(end, begin + 1));
}

/// The first word of a line, for mistakes that concern the whole of it.
Span first_word(const SourceFile& file, std::size_t line) {
  const std::string_view text = file.line(line);
  const std::size_t begin = std::min(text.find_first_not_of(" \t["), text.size());
  return widen(file, {line, begin + 1, begin + 2});
}

std::string without_prefix(const std::string& description) {
  const std::string_view prefix = "Error while parsing ";
  if (description.compare(0, prefix.size(), prefix) != 0) return description;
  return "in this " + description.substr(prefix.size());
}

void report_syntax_error(const toml::parse_error& error, Diagnostics& diagnostics) {
  const std::string description(error.description());
  const auto mentions = [&](const char* part) {
    return description.find(part) != std::string::npos;
  };
  const SourceFile& file = diagnostics.file();
  Span span = widen(file, span_of(error.source(), file));
  if (mentions("cannot redefine")) span = first_word(file, span.line);
  Diagnostic& diagnostic = diagnostics.error(codes::syntax, without_prefix(description));
  diagnostic.at(span, "here");
  if (mentions("could not determine value type") || mentions("expected a comment or whitespace")) {
    diagnostic.help(R"(strings need quotes: type = "kafka", size = "10 seconds")");
  } else if (mentions("inline table") && mentions("\\n")) {
    diagnostic.help("an inline table stays on one line; use a [header] for a longer one");
  } else if (mentions("unescaped control characters")) {
    diagnostic.help("the closing quote is missing; use \"\"\" for a string of several lines");
  }
}

}  // namespace

std::optional<std::string> process_environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<Value> read_toml(const Environment& environment, Diagnostics& diagnostics) {
  const SourceFile& file = diagnostics.file();
  if (const auto at = find_invalid_utf8(file.text())) {
    diagnostics.error(codes::not_utf8, "the file is not UTF-8 text")
        .at(file.span_of_bytes(*at, *at + 1), "this byte is no UTF-8");
    return std::nullopt;
  }
  try {
    const toml::table root = toml::parse(file.text());
    return Conversion(environment, diagnostics).convert(root, {});
  } catch (const toml::parse_error& error) {
    report_syntax_error(error, diagnostics);
    return std::nullopt;
  }
}

}  // namespace millrace
