#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "millrace/arrow.hpp"

#include "core/plugin/component.hpp"

namespace millrace {

/// One partition's writer. [task]
class WriterHandle {
 public:
  WriterHandle(ComponentParts parts, PluginObject writer)
      : parts_(std::move(parts)), writer_(std::move(writer)) {}
  /// False: the epoch is to be skipped.
  bool open(int64_t epoch);
  void write(const Batch& rows, const Column* payloads);
  void close(const Error* cause);

 private:
  const mr_sink& functions() const { return parts_.functions<mr_sink>(); }

  ComponentParts parts_;
  PluginObject writer_;
};

/// A sink of a pipeline.
class SinkHandle {
 public:
  /// `mode` is one of MR_MODE_*.
  SinkHandle(ComponentParts parts, const Schema& rows, uint32_t mode);

  bool wants_payloads() const { return (flags() & MR_SINK_ENCODED) != 0; }
  bool single_writer() const { return (flags() & MR_SINK_SINGLE_WRITER) != 0; }
  bool transactional() const { return functions().prepare != nullptr; }

  WriterHandle open_writer(int32_t partition) const;
  std::string prepare(int64_t epoch);
  void commit(int64_t epoch, std::string_view receipt);
  void abort(int64_t epoch);

 private:
  uint32_t flags() const { return parts_.type->flags; }
  const mr_sink& functions() const { return parts_.functions<mr_sink>(); }

  ComponentParts parts_;
  arrow::OwnedSchema rows_;
  PluginObject self_{nullptr, [](void*) {}};
};

}  // namespace millrace
