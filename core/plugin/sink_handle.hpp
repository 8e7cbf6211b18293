#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  /// An error of this or of close() says which row it is about, where that is known, counted from 0
  /// since open().
  void write(const Batch& rows, const Column* payloads);
  /// A round is over that does not end its epoch.
  void flush();
  void close(const Error* cause);
  /// Closes after a failure. What that throws would hide the first reason.
  void give_up(const Error& cause) noexcept;

 private:
  const mr_sink& functions() const { return parts_.functions<mr_sink>(); }
  void check_rows(mr_result result, const mr_error& error);

  ComponentParts parts_;
  PluginObject writer_;
};

/// That an epoch is committed, as a sink that decides keeps it.
struct SinkDecision {
  int64_t epoch = -1;  ///< -1: none is yet
  std::string record;
  std::string run;
};

struct SinkFenced {
  std::optional<SinkDecision> newest;
  int64_t kept_us = 0;  ///< 0: for ever
};

struct NamedPosition {
  std::string source;
  std::string type;
  std::string position;
};

/// A sink of a pipeline.
class SinkHandle {
 public:
  /// `mode` is one of MR_MODE_*.
  SinkHandle(ComponentParts parts, const Schema& rows, uint32_t mode);

  bool wants_payloads() const { return (flags() & MR_SINK_ENCODED) != 0; }
  bool single_writer() const { return (flags() & MR_SINK_SINGLE_WRITER) != 0; }
  bool idempotent() const { return (flags() & MR_SINK_IDEMPOTENT) != 0; }
  bool transactional() const { return functions().prepare != nullptr; }
  /// The id of the checkpoint; before a writer is opened.
  void set_job(std::string job) { parts_.host->set_job(std::move(job)); }

  /// Whether it can decide epochs by transactions of its own; see mr_decider for what follows.
  bool can_decide() const;
  void join(const SinkHandle* first);
  std::string place() const;
  SinkFenced fence(std::string_view job, std::string_view run);
  void begin(int64_t epoch);
  void decide(const SinkDecision& decision, const std::vector<NamedPosition>& positions);

  WriterHandle open_writer(int32_t partition) const;
  std::string prepare(int64_t epoch);
  void commit(int64_t epoch, std::string_view receipt);
  void abort(int64_t epoch);

 private:
  uint32_t flags() const { return parts_.type->flags; }
  const mr_sink& functions() const { return parts_.functions<mr_sink>(); }
  const mr_decider& decider() const { return *functions().decider; }

  ComponentParts parts_;
  arrow::OwnedSchema rows_;
  PluginObject self_{nullptr, [](void*) {}};
};

}  // namespace millrace
