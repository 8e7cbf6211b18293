#include "plugins/kafka/direct/fetch_protocol.hpp"

namespace millrace::kafka {
namespace {

constexpr int16_t fetch_key = 1;
constexpr int16_t fetch_version = 11;  // Kafka 2.3 and newer, with everything but topics' ids.
constexpr int16_t versions_key = 18;

WireWriter head(int16_t key, int16_t version, int32_t number, std::string_view client) {
  WireWriter message;
  message.number(key);
  message.number(version);
  message.number(number);
  message.text(client);
  return message;
}

void only_one(int32_t count, const char* what) {
  if (count != 1)
    throw Malformed("it is about " + std::to_string(count) + " " + what + " and not one");
}

}  // namespace

std::string encode(const FetchRequest& request, int32_t number, std::string_view client) {
  constexpr int32_t none = -1;
  auto message = head(fetch_key, fetch_version, number, client);
  message.number(none);  // No replica.
  message.number(request.wait_max_ms);
  message.number(int32_t{1});  // Answer as soon as there is anything.
  message.number(request.bytes_max);
  message.number(static_cast<int8_t>(request.committed_only ? 1 : 0));
  message.number(int32_t{0});  // No session,
  message.number(none);        // and none wanted.
  message.number(int32_t{1});
  message.text(request.topic);
  message.number(int32_t{1});
  message.number(request.partition);
  message.number(none);  // Whatever the leader's epoch is.
  message.number(request.offset);
  message.number(int64_t{-1});  // We have no log that could begin anywhere.
  message.number(request.bytes_max);
  message.number(int32_t{0});  // Of a session nothing is forgotten.
  message.text("");            // No rack.
  return message.framed();
}

std::string ask_for_versions(int32_t number, std::string_view client) {
  return head(versions_key, 0, number, client).framed();
}

int32_t number_of(std::string_view answer) { return WireReader(answer).number<int32_t>(); }

FetchAnswer parse_fetch_answer(std::string_view answer, std::string_view topic, int32_t partition) {
  constexpr size_t bytes_of_aborted = 16;
  WireReader message(answer);
  FetchAnswer result;
  message.number<int32_t>();  // The request's number.
  result.throttle_ms = message.number<int32_t>();
  result.error = message.number<int16_t>();
  message.number<int32_t>();  // The session.
  if (result.error != 0) return result;
  const int32_t topics = message.count(1);
  if (topics == 0) return result;  // A quota is used up.
  only_one(topics, "topics");
  if (message.text() != topic) throw Malformed("it is about another topic");
  only_one(message.count(1), "partitions");
  if (message.number<int32_t>() != partition) throw Malformed("it is about another partition");
  result.error = message.number<int16_t>();
  result.high_watermark = message.number<int64_t>();
  result.last_stable_offset = message.number<int64_t>();
  message.number<int64_t>();  // Where the log begins.
  const int32_t aborted = message.count(bytes_of_aborted);
  result.aborted.reserve(static_cast<size_t>(aborted));
  for (int32_t i = 0; i < aborted; ++i) {
    const auto producer = message.number<int64_t>();
    result.aborted.push_back({producer, message.number<int64_t>()});
  }
  message.number<int32_t>();  // A replica that would be nearer, had we told a rack.
  result.batches = message.bytes();
  return result;
}

bool knows_fetch(std::string_view answer) {
  constexpr size_t bytes_of_api = 6;
  WireReader message(answer);
  message.number<int32_t>();
  if (message.number<int16_t>() != 0) return false;
  for (int32_t left = message.count(bytes_of_api); left > 0; --left) {
    const auto key = message.number<int16_t>();
    const auto least = message.number<int16_t>();
    const auto most = message.number<int16_t>();
    if (key == fetch_key) return least <= fetch_version && fetch_version <= most;
  }
  return false;
}

}  // namespace millrace::kafka
