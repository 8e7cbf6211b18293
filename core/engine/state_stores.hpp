#pragma once
#include <memory>
#include <optional>
#include <string>

#include "core/checkpoint/checkpoint.hpp"
#include "core/plan/plan.hpp"
#include "core/plugin/store_handle.hpp"

namespace millrace {

/// Opens the stores of a pipeline's shards, with what the checkpoint holds, whichever type of store
/// wrote it; and hands the checkpoint the files of those that keep files.
class StateStores {
 public:
  StateStores(const Plan& plan, Checkpoint& checkpoint);

  StoreHandle open(const PlannedNode& node, uint32_t shard);
  /// After the last open().
  void opened() { former_.reset(); }

  StateForm form() const { return form_; }
  void keep_files(StateWriter& writer);
  /// Names the type of store that the files belong to.
  void describe(EpochCommit& commit) const;

 private:
  void open_spaces(const Plan& plan, Checkpoint& checkpoint);

  const Checkpoint& checkpoint_;
  StateForm form_ = StateForm::pieces;
  std::string type_;
  std::filesystem::path directory_;
  std::optional<SpaceHandle> space_;
  std::optional<ComponentParts> former_parts_;
  std::optional<SpaceHandle> former_;  ///< of the type that wrote the checkpoint, if it is another
};

}  // namespace millrace
