#include "core/checkpoint/format_file.hpp"

#include <nlohmann/json.hpp>

#include "core/checkpoint/record_file.hpp"
#include "core/checkpoint/whole_numbers.hpp"

namespace millrace {
namespace {

std::string to_json(const CheckpointFormat& format) {
  return nlohmann::json{{"job_id", format.job_id},
                        {"pipeline", format.pipeline},
                        {"shards", format.shards},
                        {"created_us", format.created_us}}
      .dump();
}

CheckpointFormat from_json(const std::string& text) {
  const nlohmann::json record = parse_whole_numbers(text);
  CheckpointFormat format;
  record.at("job_id").get_to(format.job_id);
  record.at("pipeline").get_to(format.pipeline);
  record.at("shards").get_to(format.shards);
  record.at("created_us").get_to(format.created_us);
  return format;
}

}  // namespace

FormatFile read_format_file(const FileSystem& files, const std::filesystem::path& directory) {
  return read_format_file_at(files, directory / format_file_name);
}

FormatFile read_format_file_at(const FileSystem& files, const std::filesystem::path& path) {
  const ContainerReader file(files, path, ContainerKind::format);
  try {
    return {from_json(read_record(file)), file.header().job};
  } catch (const nlohmann::json::exception& problem) {
    file.refuse(std::string("its record cannot be understood: ") + problem.what());
  }
}

void write_format_file(FileSystem& files, const std::filesystem::path& directory,
                       const FormatFile& file, const Uuid& run) {
  write_record_file(files, directory, format_file_name, {ContainerKind::format, 0, file.job, run},
                    to_json(file.format));
}

}  // namespace millrace
