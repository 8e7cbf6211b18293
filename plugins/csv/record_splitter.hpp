#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace millrace::csv {

struct Dialect {
  char delimiter = ',';
  char quote = '"';   // 0: none.
  char escape = '"';  // Before a quote inside quotes; 0: none.
  bool trim_leading = false;
  bool trim_trailing = false;
};

struct FieldText {
  std::string_view text;
  bool quoted = false;
};

// Takes one record of RFC 4180 apart. Line breaks inside quotes are text as any other.
class RecordSplitter {
 public:
  explicit RecordSplitter(const Dialect& dialect) : dialect_(dialect) {}

  // False when the record is malformed; fault() tells why. The texts stay valid until the next call
  // and as long as the record.
  bool split(std::string_view record);
  const std::vector<FieldText>& fields() const { return fields_; }
  const std::string& fault() const { return fault_; }

 private:
  bool split_quoted(std::string_view record, size_t& at);
  void split_plain(std::string_view record, size_t& at);

  Dialect dialect_;
  std::vector<FieldText> fields_;
  std::string unescaped_;  // What quoted fields with escapes mean.
  std::string fault_;
};

}  // namespace millrace::csv
