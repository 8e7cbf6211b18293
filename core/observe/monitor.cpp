#include "core/observe/monitor.hpp"

#include <charconv>
#include <ostream>

#include <nlohmann/json.hpp>

namespace millrace::observe {
namespace {

constexpr size_t kept_epochs = 1000;
constexpr size_t kept_bytes = 16 << 20;
constexpr size_t default_progress = 100;
constexpr const char* json_type = "application/json";
constexpr const char* exposition_type = "text/plain; version=0.0.4; charset=utf-8";

HttpResponse probe(const ProbeResult& result, PipelineState state) {
  nlohmann::ordered_json body = {{"status", result.ok() ? "ok" : "unavailable"},
                                 {"state", name_of(state)}};
  if (!result.ok()) {
    auto reasons = nlohmann::ordered_json::array();
    for (const auto& [component, reason] : result.reasons) {
      nlohmann::ordered_json entry;
      if (!component.empty()) entry["component"] = component;
      entry["reason"] = reason;
      reasons.push_back(std::move(entry));
    }
    body["reasons"] = std::move(reasons);
  }
  return {result.ok() ? 200 : 503, json_type,
          body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"};
}

/// The value of `last` in a query such as "last=10".
size_t asked_progress(std::string_view query) {
  constexpr std::string_view key = "last=";
  size_t count = default_progress;
  if (query.starts_with(key)) {
    std::from_chars(query.data() + key.size(), query.data() + query.size(), count);
  }
  return count;
}

std::string json_array(const std::vector<EpochProgress>& epochs) {
  std::string array = "[";
  for (const auto& epoch : epochs) array += (array.size() > 1 ? ",\n" : "") + to_json_line(epoch);
  return array + "]\n";
}

}  // namespace

Monitor::Monitor(const PipelineIdentity& pipeline, MonitorOptions options, const Clock& clock,
                 Log& log)
    : options_(std::move(options)),
      clock_(clock),
      log_(log),
      metrics_(pipeline),
      health_(pipeline.trigger_interval_us),
      history_(kept_epochs, kept_bytes),
      printer_(log) {
  metrics_.started(clock_.now_us());
  log_.count_with(metrics_.log_counters());
  if (options_.http) serve(*options_.http);
}

void Monitor::serve(const HttpAddress& address) {
  try {
    http_ = std::make_unique<HttpServer>(
        address, options_.http_option, routes(),
        [this](std::string_view handler, int status) { metrics_.http_request(handler, status); });
  } catch (const Error& error) {
    if (options_.http_required) {
      log_.count_with({});  // The metrics end here, and the log goes on.
      throw;
    }
    log_.warning(error.what(), {{"goes_on", "without metrics"}});
  }
}

Monitor::~Monitor() {
  // The log outlives the metrics that it counts with.
  log_.count_with({});
}

std::vector<HttpRoute> Monitor::routes() {
  return {
      {"/metrics", "metrics",
       [this](std::string_view) {
         return HttpResponse{200, exposition_type, metrics_.expose()};
       }},
      {"/livez", "livez", [this](std::string_view) { return probe({}, health_.state()); }},
      {"/readyz", "readyz",
       [this](std::string_view) { return probe(health_.ready(), health_.state()); }},
      {"/healthz", "healthz",
       [this](std::string_view) {
         return probe(health_.healthy(clock_.steady_us()), health_.state());
       }},
      {"/api/v1/progress", "progress",
       [this](std::string_view query) {
         return HttpResponse{200, json_type, json_array(history_.last(asked_progress(query)))};
       }},
  };
}

void Monitor::set_state(PipelineState state) {
  health_.set_state(state);
  metrics_.set_state(state);
}

void Monitor::epoch_started() {
  const int64_t now_us = clock_.now_us();
  health_.epoch_started(clock_.steady_us());
  metrics_.epoch_started(now_us);
}

void Monitor::publish(const EpochProgress& progress) {
  const int64_t now_us = clock_.now_us();
  health_.epoch_ended();
  health_.caught_up();
  metrics_.publish(progress, now_us);
  history_.add(progress);
  if (options_.json_progress != nullptr)
    *options_.json_progress << to_json_line(progress) << std::endl;
  printer_.epoch(progress, now_us);
}

void Monitor::epoch_failed(const std::string& reason) {
  health_.epoch_ended();
  health_.failed(reason);
  metrics_.epoch_failed();
  metrics_.set_state(PipelineState::failed);
}

void Monitor::component_waits(const std::string& component, ErrorStage stage, const Error& error) {
  health_.component_waits(component, error.what());
  metrics_.component_error(component, stage, error.blame);
}

void Monitor::component_goes_on(const std::string& component) {
  health_.component_ready(component);
}

void Monitor::component_stuck(const std::string& component, std::string_view function,
                              int64_t waited_us) {
  health_.component_stuck(component, "its plugin has been in " + std::string(function) + "() for " +
                                         std::to_string(waited_us / 1'000'000) + " s");
  metrics_.component_stuck(component, waited_us);
}

void Monitor::component_came_back(const std::string& component) {
  health_.component_came_back(component);
  metrics_.component_stuck(component, 0);
}

void Monitor::finished() {
  set_state(PipelineState::finished);
  printer_.finished(clock_.now_us());
}

}  // namespace millrace::observe
