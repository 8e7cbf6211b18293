#pragma once
#include <string>
#include <vector>

#include "millrace/arrow.hpp"

#include "core/plugin/component.hpp"

namespace millrace {

/// A payload that could not be decoded.
struct RejectedPayload {
  int64_t row = 0;
  std::string reason;
};

/// A format for rows of one schema. [task]
class FormatHandle {
 public:
  FormatHandle(ComponentParts parts, std::shared_ptr<const Schema> rows);

  /// One row for each payload; rejected ones come out as nulls and are appended to `rejected`.
  Batch decode(const Column& payloads, std::vector<RejectedPayload>& rejected);
  Column encode(const Batch& rows);

 private:
  ComponentParts parts_;
  std::shared_ptr<const Schema> rows_;
  arrow::OwnedSchema crossing_rows_;
  PluginObject self_;
};

}  // namespace millrace
