#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/column_builder.hpp"
#include "millrace/format.hpp"
#include "millrace/settings.hpp"

#include "plugins/csv/record_splitter.hpp"

namespace millrace::csv {

struct CsvSettings {
  std::string delimiter = ",";
  std::string quote = "\"";
  std::string escape = "\"";
  std::string null_value;
  StringList columns = {};
  bool ignore_leading_white_space = false;
  bool ignore_trailing_white_space = false;
};

// One record of comma-separated values per payload. A field without quotes that is empty, or
// spelled as `null_value`, is null; "" in quotes is an empty string. A blank payload is a row of
// nulls.
class CsvFormat final : public Format {
 public:
  CsvFormat(CsvSettings settings, Context context, const Schema& rows);
  Batch decode(const Column& payloads, const Rejects& rejects) override;
  Column encode(const Batch& rows) override;

 private:
  void place_columns();
  // Appends a field to each column; the reason if the record is to be rejected, else empty.
  std::string decode_record(std::string_view record);
  void append_value(const Column& column, int64_t row);
  void append_text(std::string_view text);

  CsvSettings settings_;
  SessionZone zone_;
  std::shared_ptr<const Schema> schema_;
  Dialect dialect_;
  RecordSplitter splitter_;
  std::vector<size_t> places_;  // Of each column among a record's fields.
  size_t field_count_ = 0;
  std::vector<ColumnBuilder> builders_;
  std::string record_;
  std::string nested_;
};

}  // namespace millrace::csv
