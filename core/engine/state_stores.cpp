#include "core/engine/state_stores.hpp"

#include <algorithm>

namespace millrace {

StateStores::StateStores(const Plan& plan, Checkpoint& checkpoint) : checkpoint_(checkpoint) {
  if (!plan.state_store) return;
  const ComponentType& type = *plan.state_store->type;
  type_ = type.name;
  if (SpaceHandle::serves(type))
    form_ = StateForm::files;
  else if (writes_parts(type))
    form_ = StateForm::parts;
  open_spaces(plan, checkpoint);
}

void StateStores::open_spaces(const Plan& plan, Checkpoint& checkpoint) {
  const std::string writer =
      checkpoint.keeps_files() ? checkpoint.recovered().last->state_store : "";
  if (form_ == StateForm::files) {
    directory_ = checkpoint.work_directory(type_, writer == type_);
    space_.emplace(*plan.state_store, directory_.string());
  }
  if (writer.empty() || writer == type_) return;
  const auto found = std::find_if(plan.other_stores.begin(), plan.other_stores.end(),
                                  [&](const auto& parts) { return parts.type->name == writer; });
  if (found == plan.other_stores.end() || !SpaceHandle::serves(*found->type))
    throw Error::user("the checkpoint's state was written by the state store `" + writer +
                      "`, and no plugin has it. Put its plugin into plugin_path, or start with a "
                      "new `checkpoint` directory");
  former_parts_ = *found;
  former_.emplace(*found, checkpoint.work_directory(writer, true).string());
}

StoreHandle StateStores::open(const PlannedNode& node, uint32_t shard) {
  const ComponentParts& parts = *node.transform->store;
  StoreHandle store = space_ ? space_->open(parts, shard) : StoreHandle(parts);
  const auto read = [&](std::string_view piece) { store.read(piece); };
  if (former_) {
    ComponentParts former = *former_parts_;
    former.host = parts.host;  // Whose state it is.
    former_->open(former, shard).write_snapshot(read);
  } else {
    checkpoint_.load_state(node.name, shard, read);
  }
  return store;
}

void StateStores::keep_files(StateWriter& writer) {
  space_->list_files([&](std::string_view name, uint64_t bytes, bool grows) {
    writer.keep(directory_ / name, bytes, grows);
  });
}

void StateStores::describe(EpochCommit& commit) const { commit.state_store = type_; }

}  // namespace millrace
