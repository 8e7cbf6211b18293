#include "plugins/file/whole_file_input.hpp"

#include <nlohmann/json.hpp>

#include "plugins/file/line_ends.hpp"
#include "plugins/file/open_file.hpp"

namespace millrace::file {
namespace {

using Json = nlohmann::json;

Json read_position(const std::string& text) {
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("read") || !json["read"].is_number_integer())
    throw Error::user(
        "the checkpoint holds a position that is not one in a single file; `path` or "
        "`follow` was another before: set it back, or start with a new checkpoint")
        .about("path");
  return json;
}

}  // namespace

std::string WholeFileInput::latest(const std::string& position) {
  if (!position.empty()) {
    auto json = read_position(position);
    json.erase("offset");
    json.erase("line");
    return json.dump();
  }
  const OpenFile file(path_);
  return Json{{"read", file.size()}, {"file", file.identity()}, {"modified_us", file.modified_us()}}
      .dump();
}

InputPlan WholeFileInput::plan(const std::string& text, const std::string& target,
                               bool without_limit) {
  auto next = read_position(target);
  const auto size = next["read"].get<int64_t>();
  InputPlan plan;
  plan.position = target;
  const auto position = text.empty() ? Json{{"offset", 0}} : read_position(text);
  if (position.contains("offset")) {
    const auto start = position["offset"].get<int64_t>();
    const auto line = position.value("line", int64_t{1});
    auto end = size;
    if (!without_limit && limit_ > 0 && size - start > limit_) {
      const OpenFile file(path_);
      end = end_of_lines(file, start, size, limit_);
      next["offset"] = end;
      next["line"] = line + count_newlines(file, start, end);
      if (end < size) plan.position = next.dump();
    }
    plan.ranges.push_back(
        {"0", start, end, start == 0 ? path_ : path_ + ":" + std::to_string(line)});
  }
  PartitionStatus status;
  status.partition = "0";
  status.next = size;
  status.latest = size;
  status.never_had_records = size == 0;
  plan.partitions.push_back(std::move(status));
  return plan;
}

int64_t WholeFileInput::first_line(const Range& range) const {
  if (range.start == 0) return 1;
  return std::stoll(range.detail.substr(range.detail.rfind(':') + 1));
}

}  // namespace millrace::file
