#pragma once
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "plugins/kafka/direct/fetch_protocol.hpp"
#include "tests/unit/kafka/batch_writer.hpp"

namespace millrace::testing {

inline void put_text(std::string& to, const std::string& text) {
  put_number(to, static_cast<int16_t>(text.size()));
  to += text;
}

// What a broker answers to Fetch, version 11 (https://kafka.apache.org/protocol), without its
// length.
struct AnswerWriter {
  int32_t number = 7;
  int16_t error = 0;
  int32_t topics = 1;
  std::string topic = "t";
  int32_t partitions = 1;
  int32_t partition = 0;
  int16_t error_of_partition = 0;
  int64_t high_watermark = 1000;
  int64_t last_stable_offset = 900;
  int32_t aborted_more = 0;  // Than there are.
  std::vector<kafka::AbortedTransaction> aborted = {};
  std::string batches = {};

  std::string bytes() const {
    std::string answer;
    put_number(answer, number);
    put_number(answer, int32_t{0});  // Not held back.
    put_number(answer, error);
    put_number(answer, int32_t{0});  // No session.
    put_number(answer, topics);
    put_text(answer, topic);
    put_number(answer, partitions);
    put_number(answer, partition);
    put_number(answer, error_of_partition);
    put_number(answer, high_watermark);
    put_number(answer, last_stable_offset);
    put_number(answer, int64_t{0});  // Where the log begins.
    put_number(answer, static_cast<int32_t>(aborted.size()) + aborted_more);
    for (const auto& transaction : aborted) {
      put_number(answer, transaction.producer);
      put_number(answer, transaction.first_offset);
    }
    put_number(answer, int32_t{-1});  // No nearer replica.
    put_number(answer, static_cast<int32_t>(batches.size()));
    return answer + batches;
  }
};

// What a broker answers when asked which versions of Fetch it knows, beside others' APIs.
inline std::string versions_answer(int32_t number, int16_t least, int16_t most) {
  std::string answer;
  put_number(answer, number);
  put_number(answer, int16_t{0});  // No error.
  put_number(answer, int32_t{3});
  for (const auto& [key, from, to] :
       {std::tuple<int16_t, int16_t, int16_t>{0, 0, 9}, {1, least, most}, {18, 0, 3}}) {
    put_number(answer, key);
    put_number(answer, from);
    put_number(answer, to);
  }
  return answer;
}

}  // namespace millrace::testing
