#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/format.hpp"

#include "plugins/json/document_walker.hpp"
#include "plugins/json/token_index.hpp"
#include "plugins/json/value_reader.hpp"

namespace millrace::json {

// Decodes JSON objects, one per payload, to columns.
//
// Payloads lie behind one another in memory. So a run of them is indexed in one go, which costs a
// fifth of indexing each. A malformed document may spoil the tokens of those behind it (its last
// string may never end): then it is decoded alone, and runs grow again as long as all goes well.
class Decoder {
 public:
  Decoder(const Schema& rows, int64_t timestamp_unit);
  Batch decode(const Column& payloads, const Rejects& rejects);

 private:
  // Decodes payloads from `first` on, as many as one run holds; returns the next.
  int64_t decode_run(int64_t first);
  int64_t end_of_run(int64_t first) const;
  // Finds the values of each payload of the run; returns `last`, or the first bad one of several.
  int64_t walk_run(int64_t first, int64_t last);
  void read_column(size_t column, int64_t first, int64_t last);

  void reject(int64_t row, std::string reason);
  void reject_fault(int64_t row, uint32_t run_start);
  void reject_mismatch(int64_t row, size_t column, uint32_t run_start);
  void report(const Rejects& rejects);

  std::shared_ptr<const Schema> schema_;
  TokenIndex index_;
  DocumentWalker walker_;
  ValueReader reader_;
  std::vector<ColumnBuilder> builders_;

  const Column* payloads_ = nullptr;
  int64_t run_bytes_;
  std::vector<uint32_t> values_;  // Of each row of the run, of each column: the token; 0: absent.
  std::vector<std::pair<int64_t, std::string>> rejected_;
  std::vector<bool> is_rejected_;
};

}  // namespace millrace::json
