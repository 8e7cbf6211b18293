#pragma once
// What the engine updates while a component works: per batch or per epoch, never per row. What is
// observed per row or per batch in many threads comes as a Tally.

#include <string>

#include "core/observe/instruments.hpp"

namespace millrace::observe {

enum class ComponentKind { source, transform, sink };

/// What a component was doing when it failed.
enum class ErrorStage { read, decode, process, write, commit };

struct ComponentIdentity {
  std::string id;  ///< Name in the TOML.
  ComponentKind kind = ComponentKind::source;
  std::string type;                 ///< Component type, as `type = "kafka"`.
  bool stateful = false;            ///< Has state and drops late records.
  bool declares_watermark = false;  ///< Sees how late records are.
};

/// Records and bytes that left a component by one output.
struct OutputMetrics {
  Counter sent_records;
  Counter sent_bytes;
};

/// Handles of one component, made once by `Metrics::component`. Handles that do not apply to the
/// component's kind do nothing.
struct ComponentMetrics {
  Counter received_records;  ///< For a source: records read, before decoding.
  Counter received_bytes;

  OutputMetrics sent;              ///< Main output; for a sink, what the destination accepted.
  OutputMetrics sent_late;         ///< The `.late` output.
  OutputMetrics sent_dead_letter;  ///< The `.dead_letter` output.

  Counter filtered_records;        ///< Left out by `where`: intended.
  Counter late_discarded_records;  ///< Behind the watermark and no `.late` output is read.
  Counter undecodable_records;     ///< Bad records with `on_error = "drop"`.
  Counter dead_letter_records;     ///< Bad records with `on_error = "dead_letter"`.

  Counter decode_errors;  ///< Bad records, whatever becomes of them.

  Histogram batch_duration;  ///< Seconds for one batch, without what other components did with it.

  // Stateful transforms.
  Counter late_dropped;         ///< All windows of the record were closed.
  Counter late_partly_dropped;  ///< Some windows of the record were closed.
  Counter late_side_output;     ///< Sent to the `.late` output.

  // Components that declare a watermark.
  Histogram lateness;  ///< Seconds behind the largest event time seen.

  // Sinks.
  Counter retries;           ///< Attempts to write that were made again.
  Counter refused_records;   ///< Refused rows with `on_error = "drop"`.
  Histogram write_duration;  ///< Seconds of one write, or of closing an epoch's part.
};

}  // namespace millrace::observe
