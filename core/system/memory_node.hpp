#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/system/memory_file_system.hpp"

namespace millrace {

// A file or a directory, whatever names lead to it.
struct MemoryFileSystem::Node {
  bool directory = false;
  std::string bytes;
  std::string durable_bytes;
  bool content_lost = false;  // a sync failed: its pages count as clean and are never written
  std::int64_t modified_us = 0;
  std::uint32_t owner = 0;
  std::uint32_t mode = 0600;
};

// One change: `remove` disappears, `add` appears with the node; either may be empty.
struct MemoryFileSystem::NameChange {
  std::string remove;
  std::string add;
  std::shared_ptr<Node> node;

  bool within(const std::string& directory) const {
    const auto inside = [&](const std::string& path) {
      return !path.empty() && Path(path).parent_path().string() == directory;
    };
    return inside(remove) || inside(add);
  }
};

}  // namespace millrace
