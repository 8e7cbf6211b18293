#include "core/cli/build_info.hpp"

#include "millrace/abi.h"

namespace millrace::cli {

std::string build_version() { return MILLRACE_VERSION; }

std::string build_revision() { return MILLRACE_REVISION; }

std::string build_compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

std::string plugin_abi() {
  return std::to_string(MR_ABI_MAJOR) + '.' + std::to_string(MR_ABI_MINOR);
}

}  // namespace millrace::cli
