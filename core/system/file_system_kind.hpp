#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace millrace {

// What files live on where that is no disk of this machine.
struct FileSystemKind {
  enum class Place { disk, memory, network };

  Place place = Place::disk;  // or not known
  std::string_view name;      // "tmpfs"
};

// Of the number that the kernel gives a kind of file system.
FileSystemKind file_system_kind(std::int64_t number);
FileSystemKind file_system_kind(const std::filesystem::path& directory);

}  // namespace millrace
