#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/container.hpp"
#include "core/checkpoint/epoch_records.hpp"
#include "core/checkpoint/record_file.hpp"
#include "core/checkpoint/state_files.hpp"
#include "core/system/memory_file_system.hpp"

namespace millrace {
namespace {

// As what it says it is, and as what it need not be.
void read_container(const std::string& bytes) {
  MemoryFileSystem files;
  files.create("/file");
  files.replace_content("/file", bytes);
  const auto said = static_cast<ContainerKind>(bytes.size() > 8 ? bytes[8] : 0);
  for (const auto kind : {said, ContainerKind::format}) {
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
    const EpochCommit commit = epoch_commit_from_json(text);
    to_json(commit);
    if (!commit.state_files.empty() && commit.state_files.back().in_record())
      StateChain(MemoryFileSystem(), "/", {}, {commit.state_files.back()}).sizes();
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
