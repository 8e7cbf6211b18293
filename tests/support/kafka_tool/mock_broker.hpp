#pragma once
#include <string>
#include <vector>

namespace kafka_tool {

struct MockTopic {
  std::string name;
  int partitions;
};

// Runs the broker that librdkafka brings for its own tests, in this process, until SIGTERM or
// SIGINT. It keeps about 5 MB per partition, in memory, and drops the oldest beyond that.
// Prints its address, and writes it to a file unless that is empty.
void run_mock_broker(const std::vector<MockTopic>& topics, const std::string& bootstrap_file);

}  // namespace kafka_tool
