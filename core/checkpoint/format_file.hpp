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
  Uuid job{};  // in the headers of all its files; an import gives it another job_id outside
};

FormatFile read_format_file(const FileSystem& files, const std::filesystem::path& directory);
FormatFile read_format_file_at(const FileSystem& files, const std::filesystem::path& path);
void write_format_file(FileSystem& files, const std::filesystem::path& directory,
                       const FormatFile& file, const Uuid& run);

}  // namespace millrace
