#pragma once
#include <string>

namespace millrace::cli {

std::string build_version();
/// The commit that was built, where that was known.
std::string build_revision();
std::string build_compiler();
/// The plugin ABI that this program speaks: "1.0".
std::string plugin_abi();

}  // namespace millrace::cli
