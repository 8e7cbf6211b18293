#include "core/checkpoint/record_file.hpp"

#include "core/checkpoint/durable_file.hpp"

namespace millrace {
namespace {

constexpr std::uint8_t text_record = 1;

}  // namespace

ContainerSummary write_record_file(FileSystem& files, const std::filesystem::path& directory,
                                   const std::string& name, const ContainerHeader& header,
                                   const std::string& text) {
  DurableFile file(files, directory, name);
  ContainerWriter writer(file.content(), header);
  writer.append(text_record, text);
  ContainerSummary summary = writer.finish();
  file.publish();
  return summary;
}

std::string read_record(const ContainerReader& file) {
  std::string text;
  bool found = false;
  file.read({}, [&](RecordPlace, std::uint8_t type, std::string_view record) {
    found = type == text_record;
    text = record;
    return !found;
  });
  if (!found) file.refuse("it holds no record");
  return text;
}

}  // namespace millrace
