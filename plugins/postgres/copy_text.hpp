#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/batch.hpp"

namespace millrace::postgres {

/// Rows as COPY reads them: a line for each, values between tabs, \N for NULL.
class CopyText {
 public:
  /// How lists are spelled: as '{1,2}' for an array, else as JSON.
  enum class Lists { json, array };

  struct Column {
    size_t at;  ///< in the batches
    std::string name;
    Lists lists = Lists::json;
  };

  /// `numbered`: each line ends with the number of its row in the epoch.
  CopyText(std::vector<Column> columns, bool numbered);

  /// Forgets the epoch so far.
  void restart();
  /// What was added is on its way.
  void clear();
  /// Rows of the epoch so far, and those of them that are on their way.
  int64_t rows() const { return rows_; }
  int64_t rows_before() const { return rows_before_; }
  void add(const Batch& rows);

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  /// A line, counted from 1, for messages: "key=ann, n=5".
  std::string in_words(int64_t line) const;

 private:
  bool append_value(const millrace::Column& column, int64_t row, Lists lists);
  void append_list(const millrace::Column& column, int64_t row);
  void append_item(const millrace::Column& items, int64_t at);

  std::vector<Column> columns_;
  bool numbered_;
  int64_t rows_ = 0;
  int64_t rows_before_ = 0;
  std::string text_;
  std::string scratch_;  // A value before its special characters are escaped.
};

}  // namespace millrace::postgres
