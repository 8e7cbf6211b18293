#include "plugins/file/directory_input.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "plugins/file/line_ends.hpp"

namespace millrace::file {
namespace {

[[noreturn]] void no_position() {
  throw Error::user(
      "the checkpoint holds a position that is not one in a directory; `path` was another kind of "
      "thing before: set it back, or start with a new checkpoint")
      .about("path");
}

std::vector<uint64_t> hashes_of(const std::vector<ListedFile>& files) {
  std::vector<uint64_t> hashes;
  hashes.reserve(files.size());
  for (const auto& file : files) hashes.push_back(file.hash);
  return hashes;
}

}  // namespace

DirectoryInput::Position DirectoryInput::Position::from(const std::string& text) {
  Position position;
  if (text.empty()) return position;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("seen") || !json["seen"].is_string()) no_position();
  position.seen = SeenFiles::from_text(json["seen"].get<std::string>());
  if (!json.contains("part")) return position;
  try {
    const auto& part = json["part"];
    position.part = {part.at("name"), part.at("hash"), part.at("offset"), part.at("line")};
  } catch (const nlohmann::json::exception&) {
    no_position();
  }
  return position;
}

std::string DirectoryInput::Position::text() const {
  nlohmann::json json{{"seen", seen.to_text()}};
  if (part)
    json["part"] = {
        {"name", part->name}, {"hash", part->hash}, {"offset", part->offset}, {"line", part->line}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string DirectoryInput::latest(const std::string&) {
  listed_ = list_directory(directory_, pattern_);
  Position present;
  present.seen.add(hashes_of(listed_));
  return listed_target_ = present.text();
}

std::vector<ListedFile> DirectoryInput::files_of(const std::string& target) {
  if (target == listed_target_) return listed_;
  const auto wanted = Position::from(target).seen;
  auto files = list_directory(directory_, pattern_);
  std::erase_if(files, [&](const ListedFile& file) { return !wanted.contains(file.hash); });
  return files;
}

bool DirectoryInput::take(const ListedFile& file, const Part& from, Taken& taken,
                          bool without_limit) const {
  const auto count = static_cast<int64_t>(taken.ranges.size());
  int64_t end = file.size;
  if (!without_limit) {
    if (limits_.files > 0 && count == limits_.files) return false;
    if (limits_.bytes > 0 && count > 0 && taken.bytes + end - from.offset > limits_.bytes)
      return false;
    const int64_t room = part_bytes_ - taken.bytes;
    // The last bit of what there is room for is not worth a part of its own.
    if (part_bytes_ > 0 && count > 0 && end - from.offset > room && room < part_bytes_ / 8)
      return false;
    if (part_bytes_ > 0 && end - from.offset > room) {
      const OpenFile open(path_of(file.name));
      end = end_of_lines(open, from.offset, end, room);
      if (count > 0 && end - from.offset > room) return false;
      if (end < file.size)
        taken.part = {file.name, file.hash, end,
                      from.line + count_newlines(open, from.offset, end)};
    }
  }
  taken.ranges.push_back(
      {"0", from.offset, end,
       from.offset == 0 ? file.name : file.name + "/" + std::to_string(from.line)});
  taken.bytes += end - from.offset;
  if (end == file.size) taken.whole.push_back(file.hash);
  return end == file.size;
}

InputPlan DirectoryInput::plan(const std::string& text, const std::string& target,
                               bool without_limit) {
  auto position = Position::from(text);
  auto& seen = position.seen;
  const auto files = files_of(target);
  Taken taken;
  bool go_on = true;
  if (position.part) {
    const auto begun = std::find_if(files.begin(), files.end(), [&](const ListedFile& file) {
      return file.hash == position.part->hash;
    });
    if (begun == files.end())
      throw Error::external(path_of(position.part->name) + " is gone, and only its first " +
                            std::to_string(position.part->offset) + " bytes are read; put it back");
    go_on = take(*begun, *position.part, taken, without_limit);
  }
  for (const auto& file : files) {
    if (!go_on) break;
    if (seen.contains(file.hash) || (position.part && file.hash == position.part->hash)) continue;
    go_on = take(file, {file.name, file.hash}, taken, without_limit);
  }
  InputPlan plan;
  if (taken.ranges.empty()) {
    plan.position = text;
  } else {
    seen.add(taken.whole);
    // Rarely, so that a file that is gone for a moment only is not read again.
    if (seen.size() > 2 * files.size() + 1000) seen.keep_only(hashes_of(files));
    position.part = taken.part;
    plan.position = position.text();
    plan.ranges = std::move(taken.ranges);
  }
  PartitionStatus status;
  status.partition = "0";
  status.next = static_cast<int64_t>(seen.size());
  status.latest = static_cast<int64_t>(files.size());
  status.never_had_records = files.empty();
  plan.partitions.push_back(std::move(status));
  return plan;
}

int64_t DirectoryInput::first_line(const Range& range) const {
  const auto slash = range.detail.find('/');
  return slash == std::string::npos ? 1 : std::stoll(range.detail.substr(slash + 1));
}

std::string DirectoryInput::path_of(const Range& range) const {
  return path_of(range.detail.substr(0, range.detail.find('/')));
}

std::string DirectoryInput::path_of(const std::string& name) const {
  return directory_.ends_with('/') ? directory_ + name : directory_ + "/" + name;
}

}  // namespace millrace::file
