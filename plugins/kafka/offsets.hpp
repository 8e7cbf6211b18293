#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace millrace::kafka {

/// An offset for each partition of some topics: a position in the input, its end, or whatever else
/// is known per partition. The order is fixed, so that equal offsets have equal texts.
using Offsets = std::map<std::string, std::map<int32_t, int64_t>, std::less<>>;

/// Spark's spelling: {"views":{"0":23,"1":345}}.
std::string to_json(const Offsets& offsets);

/// Throws Error::user, naming `what`, where the text is not of that shape.
Offsets parse_offsets(std::string_view text, const std::string& what);

/// The offset of a partition, or null.
const int64_t* find(const Offsets& offsets, std::string_view topic, int32_t partition);

/// "views/3", as partitions are called outside of this plugin. Topic names have no slash.
std::string partition_name(const std::string& topic, int32_t partition);

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;
};
TopicPartition parse_partition_name(const std::string& name);

}  // namespace millrace::kafka
