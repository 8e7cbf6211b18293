#include <string>
#include <string_view>

#include "core/diagnostics/diagnostic.hpp"

namespace millrace {
namespace {

std::string in_quotes(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      result += '\\';
      result += letter;
    } else if (letter == '\n') {
      result += "\\n";
    } else if (byte < 0x20) {
      result += "\\u00";
      result += digits[byte >> 4U];
      result += digits[byte & 0xFU];
    } else {
      result += letter;
    }
  }
  return result + '"';
}

std::string place_members(const Span& span) {
  return "\"line\":" + std::to_string(span.line) + ",\"column\":" + std::to_string(span.column) +
         ",\"end_column\":" + std::to_string(span.end_column);
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) result += (result.empty() ? "" : ",") + in_quotes(text);
  return '[' + result + ']';
}

std::string object_of(const Diagnostic& diagnostic, const SourceFile& file) {
  std::string labels;
  for (const Label& label : diagnostic.labels) {
    if (!labels.empty()) labels += ',';
    labels += '{' + place_members(label.span) + ",\"text\":" + in_quotes(label.text) + '}';
  }
  std::string result = "{\"severity\":";
  result += diagnostic.severity == Severity::error ? "\"error\"" : "\"warning\"";
  result += ",\"code\":" + in_quotes(diagnostic.code.id);
  result += ",\"message\":" + in_quotes(diagnostic.message);
  result += ",\"file\":" + in_quotes(file.name()) + ',' + place_members(diagnostic.place());
  result += ",\"labels\":[" + labels + ']';
  result += ",\"notes\":" + list_of(diagnostic.notes);
  result += ",\"help\":" + list_of(diagnostic.helps);
  return result + '}';
}

}  // namespace

std::string Diagnostics::to_json() const {
  std::string result;
  for (const Diagnostic* one : sorted()) {
    if (!result.empty()) result += ',';
    result += object_of(*one, file_);
  }
  return '[' + result + ']';
}

}  // namespace millrace
