#pragma once
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>

#include "tests/support/kafka_tool/events.hpp"

// Records in and out of topics, as lines.
namespace kafka_tool {

struct Record;
// What is known of a record, with its topic if one is given.
std::string json_of(const Record& record, const std::string& topic = "");

struct ProduceOptions {
  std::string key_separator;
  int32_t partition = -1;                              // -1: chosen by the key
  std::map<std::string, std::string> properties = {};  // of librdkafka
};
void produce_lines(const std::string& bootstrap, const std::string& topic,
                   const ProduceOptions& options, std::istream& in);

struct ConsumeOptions {
  int64_t count_max = -1;  // -1: all
  bool with_metadata = false;
};
void consume_lines(const std::string& bootstrap, const std::string& topic,
                   const ConsumeOptions& options, std::ostream& out);

struct Pace {
  double per_second = 0;  // of wall time; 0: as fast as possible
  double seconds = 0;
};
void generate_topic(const std::string& bootstrap, const std::string& topic,
                    const Workload& workload, const Pace& pace);
void generate_file(const Workload& workload, const std::string& file);

void read_values(const std::string& bootstrap, const std::string& topic,
                 const std::function<void(std::string_view)>& take);
// The lines of a file, or of the files below a folder in the order of their names. Names that begin
// with a dot or an underscore are not results.
void read_lines(const std::string& path, const std::function<void(std::string_view)>& take);

}  // namespace kafka_tool
