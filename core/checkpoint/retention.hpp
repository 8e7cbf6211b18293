#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/checkpoint/epoch_records.hpp"
#include "core/checkpoint/recovery.hpp"

namespace millrace {

// Which files are needed: plan and commit record of the newest epochs, every state file that one of
// their commit records names, and the rows that sinks have not got yet. Anything else of the
// checkpoint's own files may go.
class Retention {
 public:
  explicit Retention(std::uint64_t retain_epochs);

  void committed(std::uint64_t epoch, const std::vector<StateFile>& chain);

  // The files of rows for sinks, and of their delivery, that are needed.
  void undelivered(const std::set<std::string>& names) { undelivered_ = names; }

  bool retains(std::uint64_t epoch) const;

  // Of the checkpoint's own files, those that are not needed. A plan after the newest commit
  // is needed.
  std::vector<EpochFileName> removable(const std::vector<EpochFileName>& files) const;

 private:
  const std::uint64_t retain_epochs_;
  std::uint64_t newest_ = 0;
  std::set<std::string> undelivered_;
  std::map<std::string, std::uint64_t> needed_by_;  // state file to the newest epoch that names it
};

}  // namespace millrace
