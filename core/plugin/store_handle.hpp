#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "core/plugin/component.hpp"

namespace millrace {

/// The state of one shard of one transform. [task]
class StoreHandle {
 public:
  using Append = std::function<void(std::string_view)>;

  explicit StoreHandle(ComponentParts parts);
  /// One that a space made.
  StoreHandle(ComponentParts parts, PluginObject store)
      : parts_(std::move(parts)), self_(std::move(store)) {}

  mr_state state() const { return {&parts_.functions<mr_store>(), self_.get()}; }
  mr_store_size measure() const;
  /// Calls `append` with the pieces of what changed since the last call, or of everything.
  void write_changes(const Append& append);
  void write_snapshot(const Append& append);
  /// About `bytes_max` more of a snapshot that spans several calls, the first of which `begins`.
  /// True once it is whole.
  bool write_part(bool begins, int64_t bytes_max, const Append& append);
  void read(std::string_view piece);

 private:
  ComponentParts parts_;
  PluginObject self_;
};

/// Whether such stores write their snapshots in parts.
bool writes_parts(const ComponentType& store);

/// The stores of a pipeline where they keep files. [planner]
class SpaceHandle {
 public:
  using VisitFile = std::function<void(std::string_view name, uint64_t bytes, bool grows)>;

  /// Whether such stores live in a space.
  static bool serves(const ComponentType& store);

  /// Touches the directory when the first store is opened.
  SpaceHandle(ComponentParts parts, const std::string& directory);

  /// `parts` are those of the component whose state it is.
  StoreHandle open(const ComponentParts& parts, uint32_t shard);
  void list_files(const VisitFile& visit);

 private:
  ComponentParts parts_;
  PluginObject self_;
};

}  // namespace millrace
