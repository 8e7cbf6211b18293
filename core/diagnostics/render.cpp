// Draws messages in the shape that rustc made familiar:
//
//   error[E0102]: unknown key `sise` in transform `counts` (type `tumbling_window`)
//    --> counts.toml:9:1
//     |
//   9 | sise = "10 seconds"
//     | ^^^^ did you mean `size`?
//     = help: run `millrace plugins describe tumbling_window` for types and defaults
//
// Lines come from a person's file, so control characters are made harmless before they reach a
// terminal, and tabs become four spaces so that carets stay below what they mark.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/diagnostics/diagnostic.hpp"
#include "core/diagnostics/secrets.hpp"

namespace millrace {
namespace {

constexpr std::string_view bold_red = "1;31";
constexpr std::string_view bold_yellow = "1;33";
constexpr std::string_view bold_blue = "1;34";
constexpr std::string_view bold = "1";

class Pen {
 public:
  Pen(std::ostream& out, Color color) : out_(out), color_(color) {}

  Pen& plain(std::string_view text) {
    out_ << text;
    return *this;
  }
  Pen& paint(std::string_view style, std::string_view text) {
    if (color_ == Color::off) return plain(text);
    out_ << "\x1b[" << style << 'm' << text << "\x1b[0m";
    return *this;
  }
  void end_line() { out_ << '\n'; }

 private:
  std::ostream& out_;
  Color color_;
};

/// A code point and what it looks like on a terminal.
struct Glyph {
  std::string text;
  std::size_t width = 1;
};

std::size_t width_of(std::uint32_t code_point) {
  const auto within = [&](std::uint32_t first, std::uint32_t last) {
    return code_point >= first && code_point <= last;
  };
  if (within(0x0300, 0x036F) || within(0x200B, 0x200F) || within(0xFE00, 0xFE0F)) return 0;
  const bool wide = within(0x1100, 0x115F) || within(0x2E80, 0xA4CF) || within(0xAC00, 0xD7A3) ||
                    within(0xF900, 0xFAFF) || within(0xFE30, 0xFE6F) || within(0xFF00, 0xFF60) ||
                    within(0x1F300, 0x1FAFF) || within(0x20000, 0x3FFFD);
  return wide ? 2 : 1;
}

Glyph glyph_of(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first == '\t') return {"    ", 4};
  if (first < 0x20 || first == 0x7F || find_invalid_utf8(bytes)) return {"?", 1};
  if (bytes.size() == 1) return {std::string(bytes), 1};
  std::uint32_t code_point = first & (0xFFU >> (bytes.size() + 1));
  for (const char byte : bytes.substr(1)) {
    code_point = code_point << 6U | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  if (code_point < 0xA0) return {"?", 1};  // the second set of control characters
  return {std::string(bytes), width_of(code_point)};
}

std::vector<Glyph> glyphs_of(std::string_view line) {
  std::vector<Glyph> result;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t size = 1;
    while (at + size < line.size() &&
           (static_cast<unsigned char>(line[at + size]) & 0xC0U) == 0x80U)
      ++size;
    result.push_back(glyph_of(line.substr(at, size)));
    at += size;
  }
  return result;
}

std::string marks_below(const std::vector<Glyph>& glyphs, const Span& span, char mark) {
  const std::size_t end = std::max(span.end_column, span.column + 1);
  std::string result;
  for (std::size_t column = 1; column < end; ++column) {
    const std::size_t width = column <= glyphs.size() ? glyphs[column - 1].width : 1;
    result.append(width, column >= span.column ? mark : ' ');
  }
  return result;
}

struct DrawnLabel {
  Label label;
  bool primary = false;
};

std::vector<DrawnLabel> labels_by_line(const Diagnostic& diagnostic) {
  std::vector<DrawnLabel> result;
  for (const Label& label : diagnostic.labels) {
    if (label.span.known()) result.push_back({label, result.empty()});
  }
  std::stable_sort(result.begin(), result.end(), [](const auto& left, const auto& right) {
    return left.label.span.line < right.label.span.line;
  });
  return result;
}

void draw_labels(Pen& pen, const std::vector<DrawnLabel>& labels, const SourceFile& file,
                 std::string_view severity_style, std::size_t gutter) {
  const std::string margin(gutter, ' ');
  std::size_t previous = 0;
  for (const auto& [label, primary] : labels) {
    const std::size_t number = label.span.line;
    const std::vector<Glyph> glyphs = glyphs_of(without_secrets(file.line(number)));
    if (number != previous) {
      if (previous != 0 && number > previous + 1) pen.paint(bold_blue, "...").end_line();
      const std::string digits = std::to_string(number);
      pen.paint(bold_blue, std::string(gutter - digits.size(), ' ') + digits + " |").plain(" ");
      for (const Glyph& glyph : glyphs) pen.plain(glyph.text);
      pen.end_line();
    }
    previous = number;
    std::string marks = marks_below(glyphs, label.span, primary ? '^' : '-');
    if (!label.text.empty()) marks += ' ' + label.text;
    pen.paint(bold_blue, margin + " |").plain(" ");
    pen.paint(primary ? severity_style : bold_blue, marks).end_line();
  }
}

void draw_remarks(Pen& pen, const Diagnostic& diagnostic, const std::string& margin) {
  const auto draw = [&](std::string_view kind, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      pen.paint(bold_blue, margin + " = ").paint(bold, kind).plain(": ").plain(text).end_line();
    }
  };
  draw("note", diagnostic.notes);
  draw("help", diagnostic.helps);
}

}  // namespace

void render(std::ostream& out, const Diagnostic& diagnostic, const SourceFile& file, Color color) {
  Pen pen(out, color);
  const bool is_error = diagnostic.severity == Severity::error;
  const std::string_view style = is_error ? bold_red : bold_yellow;
  const std::string kind = is_error ? "error" : "warning";
  pen.paint(style, kind + '[' + std::string(diagnostic.code.id) + ']');
  pen.paint(bold, ": " + diagnostic.message).end_line();

  const std::vector<DrawnLabel> labels = labels_by_line(diagnostic);
  const std::size_t last_line = labels.empty() ? 1 : labels.back().label.span.line;
  const std::string margin(std::to_string(last_line).size(), ' ');
  pen.paint(bold_blue, margin + "--> ").plain(file.name());
  if (!labels.empty()) {
    const Span place = diagnostic.place();
    pen.plain(':' + std::to_string(place.line) + ':' + std::to_string(place.column)).end_line();
    pen.paint(bold_blue, margin + " |");
  }
  pen.end_line();
  draw_labels(pen, labels, file, style, margin.size());
  draw_remarks(pen, diagnostic, margin);
  pen.end_line();
}

void Diagnostics::render(std::ostream& out, Color color) const {
  for (const Diagnostic* one : sorted()) millrace::render(out, *one, file_, color);
  const auto counted = [](std::size_t count, const std::string& word) {
    return std::to_string(count) + ' ' + word + (count == 1 ? "" : "s");
  };
  Pen pen(out, color);
  if (has_errors()) {
    pen.paint(bold_red, "error").plain(": " + file_.name() + " has ");
    pen.plain(counted(error_count(), "error"));
    if (warning_count() != 0) pen.plain(" and " + counted(warning_count(), "warning"));
    pen.plain("; nothing was started").end_line();
  } else if (warning_count() != 0) {
    pen.paint(bold_yellow, "warning").plain(": " + file_.name() + " has ");
    pen.plain(counted(warning_count(), "warning")).end_line();
  }
}

}  // namespace millrace
