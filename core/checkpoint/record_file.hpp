#pragma once

#include <filesystem>
#include <string>

#include "core/checkpoint/container.hpp"
#include "core/system/file_system.hpp"

namespace millrace {

// A container file that holds one text: FORMAT, plans, commit records.

ContainerSummary write_record_file(FileSystem& files, const std::filesystem::path& directory,
                                   const std::string& name, const ContainerHeader& header,
                                   const std::string& text);

// The text of a verified file.
std::string read_record(const ContainerReader& file);

}  // namespace millrace
