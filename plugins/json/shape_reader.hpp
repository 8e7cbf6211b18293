#pragma once
#include <vector>

#include "millrace/batch.hpp"
#include "millrace/column_builder.hpp"

#include "plugins/json/recent_day.hpp"
#include "plugins/json/record_shape.hpp"
#include "plugins/json/time_rules.hpp"

namespace millrace::json {

// Reads records that have the shape of one before them: compares what is between the values and
// takes the values where they stand, without looking for tokens first. It takes a record only if
// the Decoder would read the same from it without a fault, and leaves any other to it. It knows a
// few shapes at a time, as a stream may hold several kinds of records.
class ShapeReader {
 public:
  ShapeReader(const Schema& rows, TimeRules times);

  // Whether a record that it left may have a shape that is worth learning.
  bool wants_to_learn();
  // Takes the shape of a valid document (RecordShape::of).
  void learn(const Tokens& tokens, uint32_t token, uint32_t begin, uint32_t end);

  // Appends the payloads from `first` on, as long as they have the shape; returns the next one.
  int64_t read(const Column& payloads, int64_t first, std::vector<ColumnBuilder>& to);

 private:
  // The values of one field in a block of records.
  struct Values {
    std::vector<int64_t> numbers;  // As bits, in the low bytes.
    std::vector<std::string_view> texts;
    std::vector<size_t> nulls;  // Records, in order.
  };

  void make_room(size_t rows);
  bool read_record(const char* at, const char* end, size_t row);
  bool read_by(const RecordShape& shape, const char* at, const char* end, size_t row);
  void forget(size_t row);
  // Past the value at `at`; null where it is left to the Decoder.
  const char* read_value(const RecordShape::Member& member, const char* at, const char* end,
                         size_t row);
  const char* read_text(const RecordShape::Member& member, const char* at, const char* end,
                        size_t row);
  const char* read_time(const RecordShape::Member& member, const char* at, const char* end,
                        size_t row);
  const char* read_number(const RecordShape::Member& member, const char* at, const char* end,
                          size_t row);
  const char* read_literal(const RecordShape::Member& member, const char* at, const char* end,
                           size_t row);
  void append_field(size_t field, size_t rows, ColumnBuilder& to);
  void append_structure(size_t field, size_t rows, ColumnBuilder& to);

  WantedFields wanted_;
  TimeRules times_;
  std::vector<RecordShape> shapes_;
  size_t recent_ = 0;  // The shape of the last record.
  size_t oldest_ = 0;
  int fruitless_ = 0;
  RecentDay day_;
  std::vector<Values> values_;
  size_t room_ = 0;  // Records that values_ can hold.
};

}  // namespace millrace::json
