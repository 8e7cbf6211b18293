// An archive of any records: checksums keep damaged files out, so this one is sound, and what it
// holds is not.

#include "core/checkpoint/archive.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"

namespace millrace {
namespace {

// The input is records: a byte of type, a byte of length, and so many bytes.
void write_archive(MemoryFileSystem& files, std::string_view input) {
  const auto file = files.create("/archive");
  ContainerWriter writer(*file, {ContainerKind::archive, 0, {}, {}});
  while (input.size() >= 2) {
    const auto type = static_cast<std::uint8_t>(input[0]) % 4U;
    const auto size = std::min<std::size_t>(static_cast<std::uint8_t>(input[1]), input.size() - 2);
    writer.append(static_cast<std::uint8_t>(std::max(type, 1U)), input.substr(2, size));
    input.remove_prefix(2 + size);
  }
  writer.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  MemoryFileSystem files;
  Rng rng(1);
  write_archive(files, {reinterpret_cast<const char*>(data), size});
  try {
    import_epoch(files, rng, "/archive", "/checkpoint", true);
  } catch (const CheckpointError&) {
    // Refused. Nothing may be anywhere else than in the directory.
    for (const auto& name : files.list("/"))
      if (name != "archive" && name != "checkpoint") std::abort();
  }
  return 0;
}

}  // namespace millrace
