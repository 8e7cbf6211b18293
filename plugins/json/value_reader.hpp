#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "millrace/column_builder.hpp"

#include "plugins/json/time_rules.hpp"
#include "plugins/json/token_index.hpp"

namespace millrace::json {

// A value that does not have the type of its column.
struct Mismatch {
  std::string path;  // Below the column: ".address.city", "[3]"; empty for the column itself.
  std::string wanted;
  uint32_t token = 0;
  bool partial = false;  // Parts of the value fit, and only what does not fit is null.
};

// Appends values of documents, which a DocumentWalker has been over, to columns.
//
// A value that does not fit is appended as a null and reported, so that columns keep their length.
// An object keeps its other fields; a list of which an item does not fit at all should be null as a
// whole (Spark), which only the caller can do.
class ValueReader {
 public:
  explicit ValueReader(TimeRules times) : times_(times) {}

  void start(const Tokens& tokens) { tokens_ = tokens; }

  // False if the value does not fit; mismatch() then tells more.
  bool append(uint32_t token, ColumnBuilder& to);
  const Mismatch& mismatch() const { return mismatch_; }

 private:
  bool append_boolean(uint32_t token, ColumnBuilder& to);
  bool append_integer(uint32_t token, ColumnBuilder& to);
  bool append_real(uint32_t token, ColumnBuilder& to);
  bool append_decimal(uint32_t token, ColumnBuilder& to);
  bool append_string(uint32_t token, ColumnBuilder& to);
  bool append_binary(uint32_t token, ColumnBuilder& to);
  bool append_time(uint32_t token, ColumnBuilder& to);
  bool append_list(uint32_t token, ColumnBuilder& to);
  bool append_structure(uint32_t token, ColumnBuilder& to);

  void nested(const std::string& place);
  bool is_null(uint32_t token) const;
  bool refuse(uint32_t token, ColumnBuilder& to);
  // What a string token means, without its quotes; no data pointer for a bad escape.
  std::string_view text_of(uint32_t token);

  Tokens tokens_;
  TimeRules times_;
  std::string plain_;
  Mismatch mismatch_;
};

}  // namespace millrace::json
