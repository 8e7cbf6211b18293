#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

// What is inside of an archive; archive.hpp describes it.
namespace millrace::archive {

inline constexpr std::uint8_t name_record = 1;
inline constexpr std::uint8_t bytes_record = 2;

// Where a file of that name is in a checkpoint. Throws a CheckpointError where a checkpoint has no
// file of that name: a name from an archive is never used as a path.
std::filesystem::path path_of(const std::string& name);

}  // namespace millrace::archive
