#include "plugins/file/directory_input.hpp"

#include <nlohmann/json.hpp>

namespace millrace::file {
namespace {

SeenFiles seen_of(const std::string& position) {
  if (position.empty()) return {};
  const auto json = nlohmann::json::parse(position, nullptr, false);
  if (!json.is_object() || !json.contains("seen") || !json["seen"].is_string())
    throw Error::user(
        "the checkpoint holds a position that is not one in a directory; `path` was "
        "another kind of thing before: set it back, or start with a new checkpoint")
        .about("path");
  return SeenFiles::from_text(json["seen"].get<std::string>());
}

std::string position_of(const SeenFiles& seen) { return R"({"seen":")" + seen.to_text() + R"("})"; }

std::vector<uint64_t> hashes_of(const std::vector<ListedFile>& files) {
  std::vector<uint64_t> hashes;
  hashes.reserve(files.size());
  for (const auto& file : files) hashes.push_back(file.hash);
  return hashes;
}

}  // namespace

std::string DirectoryInput::latest(const std::string&) {
  listed_ = list_directory(directory_, pattern_);
  SeenFiles present;
  present.add(hashes_of(listed_));
  return listed_target_ = position_of(present);
}

std::vector<ListedFile> DirectoryInput::files_of(const std::string& target) {
  if (target == listed_target_) return listed_;
  const auto wanted = seen_of(target);
  auto files = list_directory(directory_, pattern_);
  std::erase_if(files, [&](const ListedFile& file) { return !wanted.contains(file.hash); });
  return files;
}

InputPlan DirectoryInput::plan(const std::string& position, const std::string& target,
                               bool without_limit) {
  auto seen = seen_of(position);
  const auto files = files_of(target);
  InputPlan plan;
  std::vector<uint64_t> taken;
  int64_t bytes = 0;
  for (const auto& file : files) {
    if (seen.contains(file.hash)) continue;
    const auto count = static_cast<int64_t>(taken.size());
    if (!without_limit && ((limits_.files > 0 && count == limits_.files) ||
                           (limits_.bytes > 0 && count > 0 && bytes + file.size > limits_.bytes)))
      break;
    plan.ranges.push_back({"0", 0, file.size, file.name});
    taken.push_back(file.hash);
    bytes += file.size;
  }
  if (taken.empty()) {
    plan.position = position;
  } else {
    seen.add(taken);
    // Rarely, so that a file that is gone for a moment only is not read again.
    if (seen.size() > 2 * files.size() + 1000) seen.keep_only(hashes_of(files));
    plan.position = position_of(seen);
  }
  PartitionStatus status;
  status.partition = "0";
  status.next = static_cast<int64_t>(seen.size());
  status.latest = static_cast<int64_t>(files.size());
  status.never_had_records = files.empty();
  plan.partitions.push_back(std::move(status));
  return plan;
}

std::string DirectoryInput::path_of(const Range& range) const {
  return directory_.ends_with('/') ? directory_ + range.detail : directory_ + "/" + range.detail;
}

}  // namespace millrace::file
