#pragma once
#include <functional>
#include <string_view>

#include "core/plugin/component.hpp"

namespace millrace {

/// The state of one shard of one transform. [task]
class StoreHandle {
 public:
  using Append = std::function<void(std::string_view)>;

  explicit StoreHandle(ComponentParts parts);

  mr_state state() const { return {&parts_.functions<mr_store>(), self_.get()}; }
  mr_store_size measure() const;
  /// Calls `append` with the pieces of what changed since the last call, or of everything.
  void write_changes(const Append& append);
  void write_snapshot(const Append& append);
  void read(std::string_view piece);

 private:
  ComponentParts parts_;
  PluginObject self_;
};

}  // namespace millrace
