#pragma once

#include <filesystem>

#include "core/checkpoint/checkpoint.hpp"
#include "core/system/file_system.hpp"
#include "core/system/random.hpp"

namespace millrace {

inline constexpr const char* format_file_name = "FORMAT";

// The file FORMAT of a checkpoint, written once.
struct FormatFile {
  CheckpointFormat format;
  Uuid job{};
};

FormatFile read_format_file(const FileSystem& files, const std::filesystem::path& directory);
void write_format_file(FileSystem& files, const std::filesystem::path& directory,
                       const FormatFile& file, const Uuid& run);

}  // namespace millrace
