#pragma once
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "core/checkpoint/epoch_records.hpp"

// What the verbs on checkpoints say of what the engine wrote into its records.
namespace millrace::cli {

/// Text that is not the engine's JSON is shown as it is.
nlohmann::ordered_json parsed(const std::string& text);

/// By source: the watermark in the watermark state of a commit record.
nlohmann::ordered_json watermarks_of(const EpochCommit& commit);

/// A sink of the pipeline as it was.
struct SinkNote {
  std::string type;
  std::string output_mode;
  bool exactly_once = false;
};

/// By name.
std::map<std::string, SinkNote> sinks_in(const EpochCommit& commit);
nlohmann::ordered_json sinks_of(const EpochCommit& commit);

/// "12.3 KiB"
std::string size_text(std::uint64_t bytes);

}  // namespace millrace::cli
