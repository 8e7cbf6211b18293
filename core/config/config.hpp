#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/duration.hpp"
#include "core/config/read_toml.hpp"
#include "core/config/value.hpp"
#include "core/diagnostics/diagnostic.hpp"
#include "core/diagnostics/span.hpp"

namespace millrace {

enum class ComponentKind { source, transform, sink, table };
enum class OnError { fail, drop, dead_letter };
enum class OutputMode { append, update, complete };
enum class Delivery { at_least_once, exactly_once };
/// How several partitions, or several inputs, make one watermark.
enum class WatermarkPolicy { min, max };

std::string_view name_of(ComponentKind kind);
std::string_view name_of(OnError choice);
std::string_view name_of(OutputMode mode);
std::string_view name_of(Delivery delivery);
std::string_view name_of(WatermarkPolicy policy);

enum class TriggerKind { default_, processing_time, once, available_now, continuous };
std::string_view name_of(TriggerKind kind);

/// When epochs run. The interval belongs to processing_time and continuous.
struct Trigger {
  TriggerKind kind = TriggerKind::default_;
  std::int64_t interval_us = 0;
  Span span;
};

/// A plugin chosen by name with options of its own: a format, a state store. Written as "json" or
/// { type = "json", ... }.
struct PluginChoice {
  Located<std::string> type;
  Value options;  // a table, without `type`
};

/// watermark = { column = "ts", delay = "10 seconds", idle_after = "1 minute", across = "min" }
struct WatermarkConfig {
  Located<std::string> column;
  Located<std::int64_t> delay_us;
  std::optional<std::int64_t> idle_after_us;
  WatermarkPolicy across = WatermarkPolicy::min;  // over the partitions of a source
  std::optional<std::int64_t> max_ahead_us;       // of the wall clock
  Span span;
};

/// retry = { attempts = 10, backoff = "100 ms", max_backoff = "10 seconds" }
struct RetryConfig {
  std::int64_t attempts = 10;  // the first one counts
  std::int64_t backoff_us = 100'000;
  std::int64_t max_backoff_us = 10'000'000;
  Span span;
};

/// An input as written: "views", "counts.late", "app-*".
struct InputConfig {
  std::string text;
  Span span;
};

/// What an input means: an output of a component. The main output has no name.
struct Edge {
  std::size_t component = 0;  // index in Config::components
  std::string output;         // "", "dead_letter", "late"
  Span span;                  // of the input as written
};

/// A column of a schema: its type is text for the plan to read.
struct SchemaColumn {
  std::string name;
  Span name_span;
  WrittenText type;
};

struct Component {
  ComponentKind kind = ComponentKind::source;
  std::string name;
  Span name_span;
  Located<std::string> type;

  std::vector<InputConfig> inputs;  // transforms, sinks
  Span inputs_span;                 // of the key
  std::vector<Edge> edges;          // inputs resolved by check_graph

  std::optional<PluginChoice> format;               // sources, sinks, tables
  std::optional<std::vector<SchemaColumn>> schema;  // sources, tables
  Span schema_span;
  std::optional<WatermarkConfig> watermark;  // sources, transforms
  bool watermark_refused = false;            // one is written, and reported
  Located<OnError> on_error;                 // sources, sinks
  std::optional<RetryConfig> retry;          // sinks
  Located<OutputMode> output_mode;           // sinks; no place: not written, append
  Located<Delivery> delivery;                // sinks; no place: not written, at_least_once

  Value options;  // a table: every key that is not the engine's

  /// "source `views` (type `kafka`)".
  std::string title() const;
};

/// A whole pipeline file.
struct Config {
  std::string name;
  std::optional<Located<std::string>> checkpoint;
  Trigger trigger;
  Located<std::int64_t> threads;  // 0: as many as there are cores
  Located<std::int64_t> shards{16, {}};
  std::vector<std::string> plugin_path;
  PluginChoice state_store{{"memory", {}}, {}};
  Located<std::string> listen{"127.0.0.1:9464", {}};  // "off": no server
  bool ansi = true;
  Located<std::string> session_time_zone{"UTC", {}};
  WatermarkPolicy watermark_policy = WatermarkPolicy::min;  // over the inputs of a transform
  bool no_data_epochs = true;
  bool move_filters = false;
  std::int64_t retain_epochs = 100;
  std::int64_t startup_timeout_us = 60'000'000;
  std::int64_t stuck_after_us = 60'000'000;  // a plugin's call is told of; 0: never
  std::int64_t memory_limit = 0;             // bytes that the process may hold; 0: any number
  std::int64_t crash_limit = 3;              // deaths that one record may cause; 0: any number

  std::vector<Component> components;  // in the order of the file

  const Component* find(std::string_view component_name) const;
};

/// The keys that the engine takes in a component of that kind; all others belong to its plugin.
std::vector<std::string> engine_keys(ComponentKind kind);
/// The keys at the top of the file.
std::vector<std::string> pipeline_keys();

/// Turns a tree into structs. `default_name` is used where the file gives no name.
Config read_config(const Value& root, std::string_view default_name, Diagnostics& diagnostics);

/// Resolves inputs to edges, and checks the graph as far as that needs no plugin.
void check_graph(Config& config, Diagnostics& diagnostics);

/// All of it: text to checked configuration. The file is that of `diagnostics`; a configuration is
/// returned even with errors (unless the file is no TOML), so that later checks can go on.
std::optional<Config> load_config(const Environment& environment, Diagnostics& diagnostics);

}  // namespace millrace
