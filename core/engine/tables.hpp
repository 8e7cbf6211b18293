#pragma once
#include <map>
#include <string>

#include "core/checkpoint/epoch_records.hpp"
#include "core/observe/log.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

/// The tables of a plan: read at start, and again between epochs when they have changed, which
/// their source tells by where it says that its input ends. All on the planner's thread.
class Tables {
 public:
  Tables(const Plan& plan, observe::Log& log);

  /// Reads every table. Throws Error where one cannot be read.
  void load();
  /// Reads those that have changed. One that cannot be read now stays as it was.
  void refresh();

  /// Writes down which version of each table the epoch sees.
  void note_versions(EpochPlan& plan) const;
  /// Warns where an epoch that runs again saw another version.
  void check_versions(const EpochPlan& plan) const;

 private:
  void read(size_t node, const std::string& version);

  const Plan& plan_;
  observe::Log& log_;
  std::map<size_t, std::string> versions_;  ///< by node
};

}  // namespace millrace
