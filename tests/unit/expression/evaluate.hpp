#pragma once
#include <string>
#include <vector>

#include "millrace/batch.hpp"

#include "core/expression/program.hpp"

// Expressions evaluated for tests, with values spelled as value_text spells them.
namespace millrace::test {

/// A batch from the spelling of its rows: "7, 'a', NULL" for the columns "x long, s string".
class Table {
 public:
  void set_columns(const std::string& text);
  void add_row(const std::string& text);
  void clear_rows() { rows_.clear(); }
  const Schema& schema() const { return schema_; }
  Batch batch() const;

 private:
  Schema schema_;
  std::vector<std::string> rows_;
};

/// The value of an expression without columns.
std::string evaluate(const std::string& text, const Options& options = {});

/// The type and the values of an expression, a value for each row.
struct Evaluated {
  std::string type;
  std::vector<std::string> values;
};
Evaluated evaluate(const std::string& text, const Batch& batch, const Options& options = {});

/// A batch of `rows` rows without columns.
Batch empty_batch(int64_t rows);

}  // namespace millrace::test
