#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "core/config/component_reader.hpp"
#include "core/config/config.hpp"
#include "core/config/read_trigger.hpp"
#include "core/config/table_reader.hpp"

namespace millrace {
namespace {

template <class T>
void assign(T& target, const std::optional<T>& value) {
  if (value) target = *value;
}

template <class T>
void assign(T& target, const std::optional<Located<T>>& value) {
  if (value) target = value->value;
}

void read_checkpoint(TableReader& reader, const Table& table, Config& config) {
  const WrittenText* checkpoint = reader.text("checkpoint");
  const WrittenText* location = reader.text("checkpoint_location");
  const WrittenText* chosen = checkpoint != nullptr ? checkpoint : location;
  if (chosen != nullptr) config.checkpoint = Located<std::string>{chosen->text, chosen->span};
  const Entry* one = table.find("checkpoint");
  const Entry* other = table.find("checkpoint_location");
  if (one == nullptr || other == nullptr) return;
  reader.diagnostics()
      .error(codes::conflicting_keys, "`checkpoint` and `checkpoint_location` say the same thing")
      .at(other->key_span, "Spark's word for it")
      .at(one->key_span, "already given here");
}

bool is_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view digits = text.substr(colon + 1);
  int port = -1;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size() && port >= 0 &&
         port <= 65535;
}

void read_observability(TableReader& top, Config& config) {
  const Entry* entry = top.take("observability");
  if (entry == nullptr) return;
  Diagnostics& diagnostics = top.diagnostics();
  const Table* table = entry->value.as_table();
  if (table == nullptr) {
    report_wrong_type(entry->value, "`observability`", "a table", diagnostics)
        .help(R"(write observability = { listen = "127.0.0.1:9464" })");
    return;
  }
  TableReader reader(*table, diagnostics);
  if (const WrittenText* listen = reader.text("listen")) {
    config.listen = {listen->text, listen->span};
    if (listen->text != "off" && !is_address(listen->text)) {
      diagnostics.error(codes::bad_value, "`listen` is not an address")
          .at(listen->span, "write \"HOST:PORT\", or \"off\" for no server");
    }
  }
  reader.report_rest("`observability`");
}

void read_query_settings(TableReader& reader, Config& config) {
  assign(config.ansi, reader.boolean("ansi"));
  if (const WrittenText* zone = reader.text("session_time_zone")) {
    config.session_time_zone = {zone->text, zone->span};
  }
  assign(config.watermark_policy, reader.choice<WatermarkPolicy, 2>("watermark_policy"));
  assign(config.no_data_epochs, reader.boolean("no_data_epochs"));
  assign(config.move_filters, reader.boolean("move_filters"));
}

void read_process_settings(TableReader& reader, Config& config) {
  constexpr std::int64_t threads_max = 1024;
  constexpr std::int64_t shards_max = 4096;
  assign(config.threads, reader.integer("threads", 0, threads_max));
  assign(config.shards, reader.integer("shards", 1, shards_max));
  for (const WrittenText* path : reader.texts("plugin_path", "/usr/lib/millrace/plugins")) {
    config.plugin_path.push_back(path->text);
  }
  if (const Entry* entry = reader.take("state_store")) {
    assign(config.state_store, read_plugin_choice(*entry, reader.diagnostics()));
  }
  assign(config.retain_epochs, reader.integer("retain_epochs", 1));
  assign(config.startup_timeout_us, reader.duration_us("startup_timeout"));
  assign(config.stuck_after_us, reader.duration_us("stuck_after"));
  assign(config.memory_limit, reader.byte_size("memory_limit"));
  assign(config.crash_limit, reader.integer("crash_limit", 0));
  read_observability(reader, config);
}

}  // namespace

std::vector<std::string> pipeline_keys() {
  return {"name",
          "checkpoint",
          "checkpoint_location",
          "trigger",
          "threads",
          "shards",
          "plugin_path",
          "state_store",
          "observability",
          "ansi",
          "session_time_zone",
          "watermark_policy",
          "no_data_epochs",
          "move_filters",
          "retain_epochs",
          "startup_timeout",
          "stuck_after",
          "memory_limit",
          "crash_limit",
          "sources",
          "tables",
          "transforms",
          "sinks"};
}

Config read_config(const Value& root, std::string_view default_name, Diagnostics& diagnostics) {
  Config config;
  config.name = default_name;
  const Table* table = root.as_table();
  if (table == nullptr) return config;
  TableReader reader(*table, diagnostics);
  if (const WrittenText* name = reader.text("name")) config.name = name->text;
  read_checkpoint(reader, *table, config);
  if (const Entry* entry = reader.take("trigger")) {
    config.trigger = read_trigger(entry->value, diagnostics);
  }
  read_process_settings(reader, config);
  if (config.trigger.kind == TriggerKind::once && config.memory_limit > 0)
    diagnostics
        .warning(codes::limit_cannot_hold, "`memory_limit` cannot hold with the trigger `once`")
        .at(config.trigger.span, "one epoch takes everything that is there, however much")
        .help(
            "trigger = \"available_now\" takes the same, in as many epochs as the limit asks for");
  read_query_settings(reader, config);
  const ComponentHeaders headers{reader.take("sources"), reader.take("tables"),
                                 reader.take("transforms"), reader.take("sinks")};
  config.components = read_components(headers, diagnostics);
  reader.report_rest("the pipeline");
  return config;
}

}  // namespace millrace
