#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace millrace {

struct EpochCommit;

// The newest decision, as the decider keeps it.
struct Marker {
  static constexpr std::int64_t before_the_first = -1;

  std::int64_t epoch = before_the_first;
  std::string record;  // hash of the epoch's commit record; empty before the first epoch
  std::string run;     // which process decided

  bool operator==(const Marker&) const = default;
};

// Decides epochs in place of the disk: a transaction elsewhere that holds the rows of an epoch and
// its marker. The commit record then only prepares the epoch, and the marker says whether it is
// committed. A throw of either function leaves open what was decided; only fence() can tell.
class Decider {
 public:
  virtual ~Decider() = default;

  // Where decisions are kept, for people: "Kafka at HOST:PORT".
  virtual std::string place() const = 0;

  // From its return on, no earlier run of the job can decide anything; only then the marker is
  // read. Nothing: there is none, because none was ever written, or because it was forgotten.
  virtual std::optional<Marker> fence(const std::string& job, const std::string& run) = 0;

  // Makes the epoch's rows and the marker visible, both or neither. `record` is null where a marker
  // is written without an epoch of its own.
  virtual void decide(const Marker& marker, const EpochCommit* record) = 0;
};

}  // namespace millrace
