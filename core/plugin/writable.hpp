#pragma once
#include <filesystem>
#include <string>

namespace millrace {

/// Why strangers could put other code into the place of this file: it, or the directory that it is
/// in, may be written by everybody. Empty: they cannot. (A directory such as /tmp, in which files
/// belong to who made them, is no reason.)
std::string writable_by_all(const std::filesystem::path& path);

}  // namespace millrace
