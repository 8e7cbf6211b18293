#include "plugins/file/whole_file_input.hpp"

#include <nlohmann/json.hpp>

#include "plugins/file/open_file.hpp"

namespace millrace::file {

std::string WholeFileInput::latest(const std::string& position) {
  if (!position.empty()) return position;
  const OpenFile file(path_);
  return nlohmann::json{
      {"read", file.size()}, {"file", file.identity()}, {"modified_us", file.modified_us()}}
      .dump();
}

InputPlan WholeFileInput::plan(const std::string& position, const std::string& target, bool) {
  const auto json = nlohmann::json::parse(target, nullptr, false);
  if (!json.is_object() || !json.contains("read") || !json["read"].is_number_integer())
    throw Error::user(
        "the checkpoint holds a position that is not one in a single file; `path` or "
        "`follow` was another before: set it back, or start with a new checkpoint")
        .about("path");
  const auto size = json["read"].get<int64_t>();
  InputPlan plan;
  plan.position = target;
  if (position.empty()) plan.ranges.push_back({"0", 0, size, path_});
  PartitionStatus status;
  status.partition = "0";
  status.next = size;
  status.latest = size;
  status.never_had_records = size == 0;
  plan.partitions.push_back(std::move(status));
  return plan;
}

}  // namespace millrace::file
