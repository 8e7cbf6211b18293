#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::simulation {

/// What goes wrong. To add one: a line here, its name below, and the place where it strikes.
enum class FaultKind : uint8_t {
  // At an operation of the disk.
  kill_at_disk,
  power_loss,
  io_error,
  disk_full,
  read_only,
  // At a call of a source, a sink or the broker.
  kill_at_call,
  stop,
  clock_jump,
  source_error,
  sink_error,
  // At a decision of the broker.
  decision_lost,
  decision_unanswered,
  decision_delayed,
  decision_sent_twice,
  // Before the process starts.
  marker_forgotten,
  bit_rot,
};

inline constexpr std::array<std::string_view, 16> fault_names{"kill_at_disk",
                                                              "power_loss",
                                                              "io_error",
                                                              "disk_full",
                                                              "read_only",
                                                              "kill_at_call",
                                                              "stop",
                                                              "clock_jump",
                                                              "source_error",
                                                              "sink_error",
                                                              "decision_lost",
                                                              "decision_unanswered",
                                                              "decision_delayed",
                                                              "decision_sent_twice",
                                                              "marker_forgotten",
                                                              "bit_rot"};

/// Strikes once: in that start of the process, at the event of that number.
struct Fault {
  FaultKind kind = FaultKind::kill_at_disk;
  int life = 0;
  uint64_t at = 0;
  uint64_t detail = 0;  ///< what is random about it

  std::string text() const {
    return std::string(fault_names[static_cast<size_t>(kind)]) + " life=" + std::to_string(life) +
           " at=" + std::to_string(at) + " detail=" + std::to_string(detail);
  }
};

}  // namespace millrace::simulation
