#pragma once
// The one object by which the engine tells how it is doing. It owns the metrics, the health board,
// the HTTP server and the progress outputs, and feeds them all from the same calls.

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millrace/error.hpp"

#include "core/observe/health.hpp"
#include "core/observe/http_server.hpp"
#include "core/observe/log.hpp"
#include "core/observe/metrics.hpp"
#include "core/observe/progress_history.hpp"
#include "core/observe/progress_printer.hpp"
#include "core/system/clock.hpp"

namespace millrace::observe {

struct MonitorOptions {
  std::optional<HttpAddress> http;                   ///< None: no server.
  std::string http_option = "observability.listen";  ///< Named when the address cannot be had.
  bool http_required = true;              ///< Otherwise an address that cannot be had is a warning.
  std::ostream* json_progress = nullptr;  ///< With `--json`: one line per epoch goes here.
};

class Monitor {
 public:
  Monitor(const PipelineIdentity& pipeline, MonitorOptions options, const Clock& clock, Log& log);
  ~Monitor();

  Metrics& metrics() { return metrics_; }
  HealthBoard& health() { return health_; }
  Log& log() { return log_; }
  const HttpServer* http() const { return http_.get(); }
  /// What is served, or would be.
  std::vector<HttpRoute> routes();

  void set_state(PipelineState state);
  void epoch_started();
  void publish(const EpochProgress& progress);  ///< After the commit of an epoch.
  void epoch_failed(const std::string& reason);
  /// A component cannot go on for now and will try again: it is not ready until it can.
  void component_waits(const std::string& component, ErrorStage stage, const Error& error);
  void component_goes_on(const std::string& component);
  /// Its plugin has been in one of its functions for longer than it should; and is out of it.
  void component_stuck(const std::string& component, std::string_view function, int64_t waited_us);
  void component_came_back(const std::string& component);
  void finished();  ///< Prints the summary; the state becomes finished.

 private:
  void serve(const HttpAddress& address);

  MonitorOptions options_;
  const Clock& clock_;
  Log& log_;
  Metrics metrics_;
  HealthBoard health_;
  ProgressHistory history_;
  ProgressPrinter printer_;
  std::unique_ptr<HttpServer> http_;  // Last, so that it stops before what it reads goes.
};

}  // namespace millrace::observe
