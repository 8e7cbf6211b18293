#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/engine/counts.hpp"
#include "core/engine/step.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

/// Makes the rows of a source, or of a table, of what its readers put out: payloads become columns,
/// undecodable ones go where `on_error` says.
class RecordDecoder {
 public:
  explicit RecordDecoder(const PlannedNode& node);

  /// `first` is how many records of the range came before; for messages.
  Batch decode(const Batch& raw, const SourceRange& range, int64_t first, const Fan& dead_letters,
               NodeCounts& counts);

 private:
  struct From {
    bool decoded;
    size_t column;
  };

  void reject(const Batch& raw, const SourceRange& range, int64_t first, const Fan& dead_letters,
              NodeCounts& counts);
  std::string describe(const SourceRange& range, int64_t record) const;
  Batch dead_letter_rows(const Batch& raw) const;

  const PlannedNode& node_;
  const SourceNode& source_;
  std::optional<FormatHandle> format_;
  std::vector<From> columns_;              // of the output
  std::vector<RejectedPayload> rejected_;  // of the batch at hand
};

}  // namespace millrace
