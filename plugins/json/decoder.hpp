#pragma once
#include <memory>
#include <string>
#include <vector>

#include "millrace/batch.hpp"

#include "plugins/json/document_walker.hpp"
#include "plugins/json/shape_reader.hpp"
#include "plugins/json/token_index.hpp"
#include "plugins/json/value_reader.hpp"

namespace millrace::json {

// Decodes JSON objects, one per payload, to columns.
//
// Payloads lie behind one another in memory. So a run of them is indexed in one go, which costs a
// fifth of indexing each. A malformed document may spoil the tokens of those behind it (its last
// string may never end): then it is decoded alone, and runs grow again as long as all goes well.
//
// That is for any JSON. Records that look like those before them do not come so far: the
// ShapeReader has taken them.
class Decoder {
 public:
  // What a value of the wrong type costs: the whole row, or itself.
  enum class Mismatched { row, value };

  // What text behind an object is: Spark's from_json does not look at it.
  enum class Behind { refused, ignored };

  // Whether records that look alike are read by their shape; the result is the same.
  enum class Shapes { learned, ignored };

  // A payload that could not be read, or not in full.
  struct Fault {
    int64_t row;
    std::string reason;
    bool whole;  // Nothing of the row is left.

    bool operator==(const Fault&) const = default;
  };

  Decoder(const Schema& rows, TimeRules times, Mismatched mismatched = Mismatched::row,
          Behind behind = Behind::refused, Shapes shapes = Shapes::learned);
  Batch decode(const Column& payloads);
  // Of the last batch, by row, one for a row at most.
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  // Decodes payloads from `first` on, by their shape or as many as one run holds; returns the next.
  int64_t decode_some(int64_t first);
  int64_t decode_run(int64_t first);
  void learn(int64_t first, int64_t row);
  int64_t end_of_run(int64_t first) const;
  // Finds the values of each payload of the run; returns `last`, or the first bad one of several.
  int64_t walk_run(int64_t first, int64_t last);
  void read_column(size_t column, int64_t first, int64_t last);

  void reject(int64_t row, std::string reason, bool whole);
  void reject_fault(int64_t row, uint32_t run_start);
  void reject_mismatch(int64_t row, size_t column, uint32_t run_start);

  std::shared_ptr<const Schema> schema_;
  TokenIndex index_;
  DocumentWalker walker_;
  ValueReader reader_;
  ShapeReader shapes_;
  bool learns_shapes_;
  std::vector<ColumnBuilder> builders_;

  const Column* payloads_ = nullptr;
  int64_t run_bytes_;
  std::vector<uint32_t> values_;  // Of each row of the run, of each column: the token; 0: absent.
  int64_t first_document_row_ = -1;  // Of the run; -1 where it has none. Its first token is 0.
  Mismatched mismatched_;
  std::vector<Fault> faults_;
  std::vector<bool> has_fault_;
  std::vector<std::vector<int64_t>> broken_;  // Of each column: rows whose value does not fit.
};

}  // namespace millrace::json
