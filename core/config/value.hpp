#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/diagnostics/source_file.hpp"
#include "core/diagnostics/span.hpp"

namespace millrace {

/// Bytes [begin, end) of a string's text that stand for bytes [raw_begin, raw_end) of what was
/// written, because of `${VAR}` or `$$`.
struct Substitution {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t raw_begin = 0;
  std::size_t raw_end = 0;
};

/// A string of the file. `text` has its variables replaced, `raw` is as written (escapes undone).
struct WrittenText {
  std::string text;
  std::string raw;
  Span span;  // the literal, with its quotes
  std::vector<Substitution> substitutions;

  bool substituted() const { return !substitutions.empty(); }
  /// Where bytes [begin, end) of `text` stand in the file, for carets inside a string.
  Span place(const SourceFile& file, std::size_t begin, std::size_t end) const;
};

/// A TOML date or time, kept as written.
struct DateTime {
  std::string text;
};

struct Entry;
class Value;
using Array = std::vector<Value>;

/// The entries of a table in the order of the file.
struct Table {
  std::vector<Entry> entries;

  const Entry* find(std::string_view key) const;
  std::vector<std::string> keys() const;
};

/// A value of the file, with its place. The place of a table written as `[header]` is its key.
class Value {
 public:
  using Content = std::variant<bool, std::int64_t, double, WrittenText, DateTime, Array, Table>;

  Value();
  Value(Content content, Span span);

  const Span& span() const { return span_; }
  const Content& content() const { return content_; }

  /// The content if it is of that kind, else null.
  const bool* as_boolean() const { return std::get_if<bool>(&content_); }
  const std::int64_t* as_integer() const { return std::get_if<std::int64_t>(&content_); }
  const double* as_real() const { return std::get_if<double>(&content_); }
  const WrittenText* as_text() const { return std::get_if<WrittenText>(&content_); }
  const DateTime* as_date_time() const { return std::get_if<DateTime>(&content_); }
  const Array* as_array() const { return std::get_if<Array>(&content_); }
  const Table* as_table() const { return std::get_if<Table>(&content_); }

  /// "a string", "an integer", ... for messages.
  std::string_view kind_name() const;

 private:
  Content content_;
  Span span_;
};

struct Entry {
  std::string key;
  Span key_span;
  Value value;
};

// Here, since a Table's entries must be complete before one is made.
inline Value::Value() : content_(Table{}) {}

}  // namespace millrace
