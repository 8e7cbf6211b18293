// The pipeline file of a job.
#include "tests/simulation/scenario.hpp"

namespace millrace::simulation {
namespace {

std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string duration(int64_t microseconds) {
  return quoted(std::to_string(microseconds / 1000) + " milliseconds");
}

std::string mode_text(ModeChoice mode) {
  return mode == ModeChoice::append ? "append" : mode == ModeChoice::update ? "update" : "complete";
}

std::string trigger_text(const Job& job) {
  switch (job.trigger) {
    case TriggerChoice::processing_time:
      return "{ processing_time = " + duration(job.interval_us) + " }";
    case TriggerChoice::continuous:
      return "{ continuous = " + duration(job.interval_us) + " }";
    case TriggerChoice::once:
      return quoted("once");
    case TriggerChoice::available_now:
      return quoted("available_now");
    case TriggerChoice::default_:
      break;
  }
  return quoted("default");
}

std::string source_text(const Job& job, const std::string& name, int input,
                        const std::string& time_column) {
  std::string text =
      "[sources." + name +
      "]\ntype = " + quoted(job.announces ? "simulated_announced" : "simulated") +
      "\ninput = " + std::to_string(input) + "\nbatch = " + std::to_string(job.batch) +
      "\nwatermark = { column = " + quoted(time_column) + ", delay = " + duration(job.delay_us);
  if (job.idle_after_us) text += ", idle_after = " + duration(*job.idle_after_us);
  if (job.across_max) text += ", across = \"max\"";
  return text + " }\n";
}

std::string transform(const std::string& name, const std::string& type, const std::string& input,
                      const std::string& keys) {
  return "[transforms." + name + "]\ntype = " + quoted(type) + "\ninputs = [" + quoted(input) +
         "]\n" + keys;
}

const std::string by_key =
    "group_by = [\"key\"]\n"
    "aggregates = { n = 'count(*)', total = 'sum(value)', least = 'min(value)', "
    "most = 'max(value)' }\n";

std::string distinct_text(const Query& query, const std::string& name) {
  return transform(name + "_rows", "select", "events", "columns = [\"key\", \"value\", \"ts\"]\n") +
         transform(name, "deduplicate", name + "_rows",
                   query.distinct_in_time ? "columns = [\"key\", \"value\", \"ts\"]\n"
                                          : "columns = [\"key\", \"value\"]\n");
}

std::string query_text(const Query& query) {
  const std::string& name = query.name;
  switch (query.kind) {
    case QueryKind::filter:
      return transform(name, "select", "events",
                       "where = 'value > 5'\ncolumns = { id = 'id', twice = 'value * 2' }\n");
    case QueryKind::tumbling:
      return transform(name, "tumbling_window", "events",
                       "size = " + duration(query.size_us) + "\n" + by_key);
    case QueryKind::sliding:
      return transform(name, "sliding_window", "events",
                       "size = " + duration(query.size_us) +
                           "\nslide = " + duration(query.slide_us) + "\n" + by_key);
    case QueryKind::session:
      return transform(name, "session_window", "events",
                       "gap = " + duration(query.size_us) + "\n" + by_key);
    case QueryKind::running:
      return transform(name, "aggregate", "events", by_key);
    case QueryKind::distinct:
      return distinct_text(query, name + "_all") +
             transform(name, "select", name + "_all",
                       query.distinct_in_time ? "columns = [\"key\", \"value\", \"ts\"]\n"
                                              : "columns = [\"key\", \"value\"]\n");
    case QueryKind::windows_of_distinct:
      return distinct_text(query, name + "_all") +
             transform(name, "tumbling_window", name + "_all",
                       "size = " + duration(query.size_us) + "\n" + by_key);
    case QueryKind::join:
      break;
  }
  return "[transforms." + name + "_pairs]\ntype = \"join\"\ninputs = [\"events\", \"others\"]\n" +
         "on = \"key = other_key AND other_ts >= ts AND other_ts <= ts + interval '" +
         std::to_string(query.size_us / 1'000'000) + " seconds'\"\n" +
         transform(name, "select", name + "_pairs", "columns = [\"id\", \"other_id\"]\n");
}

std::string sink_text(const Query& query, const SinkChoice& sink) {
  std::string text = "[sinks." + sink.name + "]\ninputs = [" + quoted(query.name) +
                     "]\noutput_mode = " + quoted(mode_text(sink.mode)) + "\n";
  switch (sink.kind) {
    case SinkKind::rows:
      return text + "type = \"simulated_rows\"\n";
    case SinkKind::parts:
      return text + "type = \"simulated_parts\"\n";
    case SinkKind::log:
      break;
  }
  return text + "type = \"simulated_log\"\ndelivery = \"exactly_once\"\n";
}

}  // namespace

std::string Job::toml() const {
  std::string text =
      "name = \"simulated\"\ncheckpoint = \"/disk/checkpoint\"\ntrigger = " + trigger_text(*this) +
      "\nshards = " + std::to_string(shards) +
      "\nretain_epochs = " + std::to_string(retain_epochs) +
      "\n[observability]\nlisten = \"off\"\n" + source_text(*this, "events", 0, "ts");
  if (has(QueryKind::join)) text += source_text(*this, "others", 1, "other_ts");
  for (const auto& query : queries) {
    text += query_text(query);
    for (const auto& sink : query.sinks) text += sink_text(query, sink);
  }
  return text;
}

}  // namespace millrace::simulation
