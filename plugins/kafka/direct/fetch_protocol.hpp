#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/kafka/direct/wire.hpp"

// The two requests that reading takes (https://kafka.apache.org/protocol), of one partition.
namespace millrace::kafka {

struct FetchRequest {
  std::string_view topic;
  int32_t partition = 0;
  int64_t offset = 0;
  int32_t wait_max_ms = 0;  ///< How long the broker may wait for the first record.
  int32_t bytes_max = 0;
  bool committed_only = true;
};

/// Records of this producer from this offset on, up to its next mark, were not committed.
struct AbortedTransaction {
  int64_t producer = 0;
  int64_t first_offset = 0;
};

/// What a broker answers. Its bytes are only borrowed.
struct FetchAnswer {
  int16_t error = 0;
  int32_t throttle_ms = 0;  ///< How long the broker takes no request, to keep to a quota.
  int64_t high_watermark = -1;
  int64_t last_stable_offset = -1;
  std::vector<AbortedTransaction> aborted;
  std::string_view batches;
};

/// Requests with their length in front. `number` is what the answer begins with.
std::string encode(const FetchRequest& request, int32_t number, std::string_view client);
std::string ask_for_versions(int32_t number, std::string_view client);

/// The number of the request that an answer is to.
int32_t number_of(std::string_view answer);

/// Throws Malformed where an answer is none, or one about another partition.
FetchAnswer parse_fetch_answer(std::string_view answer, std::string_view topic, int32_t partition);

/// Whether the broker understands encode(). Throws Malformed.
bool knows_fetch(std::string_view answer);

}  // namespace millrace::kafka
