#pragma once
#include <memory>
#include <string>
#include <vector>

#include "millrace/column_builder.hpp"
#include "millrace/source.hpp"

#include "plugins/file/open_file.hpp"

namespace millrace::file {

// What the file source knows of a line.
const Schema& line_schema();
enum LineColumn { value_column, file_column, line_column, offset_column };

struct LineOptions {
  bool header = false;  // The first line of a file is not a record.
  bool skip_blank_lines = true;
};

// Puts out the lines of a piece of a file, from a line's start to a line's end or the file's.
class LineReader final : public Reader {
 public:
  // `first_line` is the number, from 1, of the line at range.start.
  LineReader(const std::string& path, const Range& range, int64_t first_line,
             const LineOptions& options, std::vector<int> columns);
  Read read(int64_t timeout_us, Batch& rows) override;

 private:
  // Reads on; false at the range's end.
  bool fill();
  void add_lines(std::vector<ColumnBuilder>& builders);
  void add(std::string_view line, std::vector<ColumnBuilder>& builders);
  std::string_view without_ending(std::string_view line) const;

  OpenFile file_;
  int64_t end_;
  LineOptions options_;
  std::vector<int> columns_;
  std::shared_ptr<const Schema> schema_;

  std::vector<char> buffer_;
  size_t used_ = 0;      // Bytes of the buffer that are lines already.
  size_t held_ = 0;      // Bytes of the buffer that were read.
  int64_t offset_;       // Of the buffer's first byte in the file.
  int64_t line_;         // Number of the next line.
  int64_t rows_ = 0;     // Of the batch being built,
  int64_t payload_ = 0;  // and its bytes.
};

}  // namespace millrace::file
