#pragma once
// What the probes answer. The engine writes, the HTTP server reads; both from their own threads.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::observe {

enum class PipelineState { starting, running, idle, stopping, finished, failed };

std::string_view name_of(PipelineState state);

struct ProbeReason {
  std::string component;  ///< Empty: the pipeline as a whole.
  std::string reason;
};

/// A probe holds when it gives no reason against it.
struct ProbeResult {
  std::vector<ProbeReason> reasons;
  bool ok() const { return reasons.empty(); }
};

/// Read by the HTTP server.
class HealthView {
 public:
  virtual ~HealthView() = default;
  virtual ProbeResult ready() const = 0;
  virtual ProbeResult healthy(int64_t now_us) const = 0;
  virtual PipelineState state() const = 0;
};

class HealthBoard : public HealthView {
 public:
  explicit HealthBoard(std::optional<int64_t> trigger_interval_us);

  void set_state(PipelineState state);
  void failed(std::string reason);  ///< Also sets the state.

  /// A component that has something to connect to is not ready until it says so.
  void component_waits(std::string component, std::string reason);
  void component_ready(const std::string& component);

  /// The pipeline is not healthy while a plugin does not come back.
  void component_stuck(std::string component, std::string reason);
  void component_came_back(const std::string& component);

  void epoch_started(int64_t now_us);
  void epoch_ended();
  void caught_up();  ///< The first epoch committed, or there is nothing to read yet.

  ProbeResult ready() const override;
  ProbeResult healthy(int64_t now_us) const override;
  PipelineState state() const override;

 private:
  int64_t stuck_after_us_;
  mutable std::mutex mutex_;
  PipelineState state_ = PipelineState::starting;
  std::string failure_;
  std::map<std::string, std::string> waiting_;
  std::map<std::string, std::string> stuck_;
  std::optional<int64_t> epoch_started_us_;
  bool caught_up_ = false;
};

}  // namespace millrace::observe
