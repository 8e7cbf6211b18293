#pragma once
#include <cstddef>
#include <deque>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostics/codes.hpp"
#include "core/diagnostics/source_file.hpp"
#include "core/diagnostics/span.hpp"

namespace millrace {

enum class Severity { error, warning };
enum class Color { off, on };

/// A place and what is to be said about it. The first label of a diagnostic is the primary one.
struct Label {
  Span span;
  std::string text;
};

/// One message. Built up by chaining:
///   diagnostics.error(codes::unknown_key, "unknown key `sise`").at(span, "did you mean `size`?")
///       .note("...").help("...");
struct Diagnostic {
  Severity severity = Severity::error;
  Code code;
  std::string message;
  std::vector<Label> labels;
  std::vector<std::string> notes;
  std::vector<std::string> helps;

  /// Adds a label; the first one added is the primary place.
  Diagnostic& at(Span span, std::string text = {});
  Diagnostic& note(std::string text);
  Diagnostic& help(std::string text);

  /// Where the message belongs: its first label, or no place.
  Span place() const { return labels.empty() ? Span{} : labels.front().span; }
};

/// Collects what is wrong with one file, so that all of it is told at once.
class Diagnostics {
 public:
  explicit Diagnostics(SourceFile file) : file_(std::move(file)) {}

  /// Adds a message; the reference stays valid, so that labels can be chained.
  Diagnostic& error(const Code& code, std::string message);
  Diagnostic& warning(const Code& code, std::string message);

  const SourceFile& file() const { return file_; }
  std::size_t error_count() const;
  std::size_t warning_count() const;
  bool has_errors() const { return error_count() != 0; }
  bool empty() const { return all_.empty(); }

  /// All messages by place; those without a place come last.
  std::vector<const Diagnostic*> sorted() const;

  /// Draws every message with its lines and carets, then the line that sums up.
  void render(std::ostream& out, Color color = Color::off) const;

  /// The same data for programs: one JSON array.
  std::string to_json() const;

 private:
  SourceFile file_;
  std::deque<Diagnostic> all_;
};

/// Draws one message against its file.
void render(std::ostream& out, const Diagnostic& diagnostic, const SourceFile& file, Color color);

/// `a`, `b`, `c` for notes that list what is known.
std::string join_quoted(const std::vector<std::string>& words);

}  // namespace millrace
