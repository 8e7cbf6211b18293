#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "plugins/file/part_files.hpp"

namespace millrace::file {

// Appends the parts of an epoch to the one file `path`, exactly once: it is cut back to `length`,
// which it had before, then the parts follow, and they are removed once the file is on disk. A new
// file begins with `head`. With `replaces` the file may have any length before.
void append_parts(const std::string& path, int64_t length, std::string_view head,
                  const std::vector<Part>& parts, const PartDirectory& directory, bool replaces);

// Of the file, 0 if it is not there.
int64_t length_of(const std::string& path);

}  // namespace millrace::file
