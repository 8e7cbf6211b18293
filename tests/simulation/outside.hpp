#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/broker.hpp"
#include "tests/simulation/fault.hpp"
#include "tests/simulation/input.hpp"
#include "tests/simulation/sabotage.hpp"

namespace millrace::simulation {

/// Where a sink of parts keeps them: safe from the death of the process.
struct PartStore {
  std::map<int64_t, std::vector<std::string>> prepared;
  std::map<int64_t, std::vector<std::string>> visible;
};

/// The world as the plugin of simulated components reaches it.
class Outside {
 public:
  virtual ~Outside() = default;

  enum class Side { source, sink };
  /// A component is called: faults strike here. Throws where the call fails.
  virtual void call(Side side) = 0;
  virtual void violated(const std::string& what) = 0;
  virtual void note(const std::string& event) = 0;
  virtual Sabotage sabotage() const = 0;

  virtual const Input& input(size_t index) const = 0;
  /// How many rows of the partition are there by now.
  virtual int64_t arrived(size_t input, size_t partition) const = 0;
  /// Of virtual time, since the simulation began.
  virtual int64_t elapsed_us() const = 0;

  /// Whether nothing can undo the epoch any more.
  virtual bool decided(int64_t epoch) const = 0;
  virtual void show(const std::string& sink, int64_t epoch, const std::string& row) = 0;
  virtual PartStore& parts(const std::string& sink) = 0;

  virtual Broker& broker() = 0;
  /// The fault that befalls this decision of the broker.
  virtual std::optional<FaultKind> decision_fault() = 0;
  virtual int64_t decision_kept_us() const = 0;
};

}  // namespace millrace::simulation
