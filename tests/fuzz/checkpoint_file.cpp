#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/container.hpp"
#include "core/checkpoint/epoch_records.hpp"
#include "core/checkpoint/record_file.hpp"
#include "core/system/memory_file_system.hpp"

namespace millrace {
namespace {

void read_container(const std::string& bytes) {
  MemoryFileSystem files;
  files.create("/file");
  files.replace_content("/file", bytes);
  for (const auto kind :
       {ContainerKind::format, ContainerKind::plan, ContainerKind::commit, ContainerKind::state}) {
    try {
      read_record(ContainerReader(files, "/file", kind));
    } catch (const CheckpointError&) {
      // Damaged, and named.
    }
  }
}

// Checksums keep most inputs out of the records, so they are tried by themselves too.
void read_records(const std::string& text) {
  try {
    to_json(epoch_plan_from_json(text));
  } catch (const std::exception&) {
    // The caller knows the file.
  }
  try {
    to_json(epoch_commit_from_json(text));
  } catch (const std::exception&) {
    // As above.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read_container(bytes);
  read_records(bytes);
  return 0;
}

}  // namespace millrace
