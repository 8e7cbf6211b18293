#include "plugins/file/followed_input.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <nlohmann/json.hpp>

#include "plugins/file/line_ends.hpp"
#include "plugins/file/seen_files.hpp"

namespace millrace::file {
namespace {

constexpr int64_t head_bytes = 1024;
constexpr int64_t rest_us = 1'000'000;

uint64_t hash_of_head(const OpenFile& file, int64_t size) {
  std::string head(static_cast<size_t>(size), '\0');
  head.resize(file.read_at(0, head.data(), head.size()));
  return SeenFiles::hash_of(head);
}

// The newline that has come for a line that was read without one.
int64_t length_of_newline(const OpenFile& file, int64_t at, int64_t end) {
  char bytes[2] = {};
  const auto count = file.read_at(at, bytes, static_cast<size_t>(std::min<int64_t>(2, end - at)));
  if (count >= 1 && bytes[0] == '\n') return 1;
  return count == 2 && bytes[0] == '\r' && bytes[1] == '\n' ? 2 : 0;
}

}  // namespace

struct FollowedInput::Position {
  int64_t offset = 0;
  int64_t line = 1;
  bool open = false;
  uint64_t head = 0;
  int64_t head_size = 0;

  std::string text() const {
    return nlohmann::json{{"offset", offset},
                          {"line", line},
                          {"open", open},
                          {"head", head},
                          {"head_size", head_size}}
        .dump();
  }
};

struct FollowedInput::Target {
  int64_t complete = 0;  // Behind the last newline.
  int64_t size = 0;
  int64_t look = 0;
  int64_t file = 0;
  int64_t modified_us = 0;

  std::string text() const {
    return nlohmann::json{{"complete", complete},
                          {"size", size},
                          {"look", look},
                          {"file", file},
                          {"modified_us", modified_us}}
        .dump();
  }
  static Target from(const std::string& text) {
    const auto json = nlohmann::json::parse(text);
    return {json.at("complete"), json.at("size"), json.at("look"), 0, 0};
  }
};

FollowedInput::Position FollowedInput::read_position(const std::string& text) const {
  if (text.empty()) return {};
  try {
    const auto json = nlohmann::json::parse(text);
    return {json.at("offset"), json.at("line"), json.at("open"), json.at("head"),
            json.at("head_size")};
  } catch (const nlohmann::json::exception&) {
    throw Error::user(
        "the checkpoint holds a position that is not one in a followed file; `path` "
        "or `follow` was another before: set it back, or start with a new checkpoint")
        .about("path");
  }
}

void FollowedInput::check_same_file(const OpenFile& file, const Position& position) const {
  const int64_t size = file.size();
  if (size < position.offset)
    throw Error::data(path_ + " has become shorter: " + std::to_string(position.offset) +
                      " bytes of it are read, and it has " + std::to_string(size) +
                      "; restore it, or start with a new checkpoint");
  if (hash_of_head(file, position.head_size) != position.head && position.head_size > 0)
    throw Error::data(path_ +
                      " is not the file that was read before: it begins differently; "
                      "restore it, or start with a new checkpoint");
}

std::string FollowedInput::latest(const std::string& text) {
  const auto position = read_position(text);
  const OpenFile file(path_);
  check_same_file(file, position);
  const int64_t size = file.size();
  // Nothing is planned from the beginning twice, so that look needs no number, and the same file
  // gives the same text: a table is read again when this changes.
  const int64_t look = text.empty() ? 0 : ++looks_;
  return Target{end_of_last_line(file, position.offset, size), size, look, file.identity(),
                file.modified_us()}
      .text();
}

bool FollowedInput::takes_open_line(const OpenFile& file, int64_t start, const Target& target,
                                    bool is_first, bool without_limit) const {
  if (target.size <= target.complete || file.size() != target.size) return false;
  const bool nothing_else = start >= target.complete;
  return without_limit || (nothing_else && (is_first || planned_look_ == target.look)) ||
         now_us_() - file.modified_us() >= rest_us;
}

InputPlan FollowedInput::plan(const std::string& text, const std::string& target_text,
                              bool without_limit) {
  const auto position = read_position(text);
  const auto target = Target::from(target_text);
  const OpenFile file(path_);
  check_same_file(file, position);
  int64_t start = position.offset;
  if (position.open) start += length_of_newline(file, start, target.size);
  int64_t end = std::max(target.complete, start);
  if (takes_open_line(file, start, target, text.empty(), without_limit)) end = target.size;
  planned_look_ = target.look;
  if (!without_limit && limit_ > 0) end = end_of_lines(file, start, end, limit_);
  InputPlan plan;
  plan.position = text;
  if (end > start) {
    const int64_t newlines = count_newlines(file, start, end);
    const bool open = end > target.complete;
    const int64_t head_size = std::min(end, head_bytes);
    plan.ranges.push_back({"0", start, end, path_ + ":" + std::to_string(position.line)});
    plan.position = Position{end, position.line + newlines + open, open,
                             hash_of_head(file, head_size), head_size}
                        .text();
  }
  PartitionStatus status;
  status.partition = "0";
  status.next = end;
  status.latest = target.size;
  status.never_had_records = target.size == 0;
  plan.partitions.push_back(std::move(status));
  return plan;
}

int64_t FollowedInput::first_line(const Range& range) const {
  const auto colon = range.detail.rfind(':');
  int64_t line = 1;
  if (colon != std::string::npos)
    std::from_chars(range.detail.data() + colon + 1, range.detail.data() + range.detail.size(),
                    line);
  return line;
}

}  // namespace millrace::file
