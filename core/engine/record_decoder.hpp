#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/counts.hpp"
#include "core/engine/step.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

/// A range that is being read, and how many of its records came before the batch at hand.
struct RangeInHand {
  const SourceRange& range;
  std::optional<ReaderHandle> reader;
  int64_t records = 0;
};

/// Makes the rows of a source, or of a table, of what its readers put out: payloads become columns,
/// undecodable ones go where `on_error` says.
class RecordDecoder {
 public:
  explicit RecordDecoder(const PlannedNode& node);

  /// Closes the reader before it throws: to say where a record came from the range is read again.
  Batch decode(const Batch& raw, RangeInHand& from, const Fan& dead_letters, NodeCounts& counts);
  /// What is not to be decoded, for a reason that `on_error` is told.
  void set_aside(const Batch& raw, const std::string& reason, RangeInHand& from,
                 const Fan& dead_letters, NodeCounts& counts);

 private:
  struct From {
    bool decoded;
    size_t column;
  };

  void reject(const Batch& raw, std::string_view what, RangeInHand& from, const Fan& dead_letters,
              NodeCounts& counts);
  std::string_view payload_of(const Batch& raw, int64_t row) const;
  std::string describe(const SourceRange& range, int64_t record) const;
  Batch dead_letter_rows(const Batch& raw) const;

  const PlannedNode& node_;
  const SourceNode& source_;
  std::optional<FormatHandle> format_;
  std::vector<From> columns_;              // of the output
  std::vector<RejectedPayload> rejected_;  // of the batch at hand
};

}  // namespace millrace
