#include "plugins/kafka/direct/direct_fetcher.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <librdkafka/rdkafka.h>

#include "plugins/kafka/direct/fetch_protocol.hpp"

namespace millrace::kafka {
namespace {

using std::chrono::milliseconds;

constexpr int connect_timeout_ms = 3'000;
constexpr auto answer_timeout = milliseconds(30'000);
constexpr auto pause_between_tries = milliseconds(50);

bool is_about_the_leader(int16_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR:
    case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_UNKNOWN:
      return true;
    default:
      return false;
  }
}

}  // namespace

DirectFetcher::DirectFetcher(DirectParts parts, TopicPartition partition)
    : parts_(std::move(parts)),
      partition_(std::move(partition)),
      member_(parts_.watch->join([this] { notice(); })),
      at_hand_(parts_.settings.committed_only, parts_.settings.check_crcs) {}

DirectFetcher::~DirectFetcher() { parts_.watch->leave(member_); }

int64_t DirectFetcher::position() const {
  const std::lock_guard lock(mutex_);
  return progress_.position;
}

int64_t DirectFetcher::log_end() const {
  const std::lock_guard lock(mutex_);
  return log_end_;
}

bool DirectFetcher::is_lost() const {
  const std::lock_guard lock(mutex_);
  return out_of_range_;
}

void DirectFetcher::seek(int64_t offset) {
  const std::lock_guard lock(mutex_);
  const auto& [position, handed_out] = progress_;
  if (position >= 0 && !out_of_range_ && handed_out <= offset && offset <= position) return;
  if (asked_) connection_.reset();  // Its answer is not wanted any more.
  asked_ = false;
  out_of_range_ = false;
  failure_ = nullptr;
  progress_ = {offset, offset};
  next_offset_ = offset;
  at_hand_.forget();
}

int64_t DirectFetcher::arrived() {
  const std::lock_guard lock(mutex_);
  while (!out_of_range_ && !at_hand_.any(progress_) && receive_answer()) {
  }
  if (at_hand_.any(progress_)) return end_at_once();
  if (!out_of_range_) announce_next();
  return progress_.position;
}

// Where the broker has more than it sent, it sends that as soon as it is asked: rounds that are as
// long as an answer would wait for each.
int64_t DirectFetcher::end_at_once() const {
  constexpr int64_t answers_ahead = 3;
  const int64_t arrived = std::max(progress_.position, at_hand_.end());
  return std::max(arrived, std::min(log_end_, arrived + answers_ahead * answer_records_));
}

// Has the engine told of what comes next.
void DirectFetcher::announce_next() {
  if (asked_)
    parts_.watch->when_readable(member_, connection_->descriptor());
  else
    parts_.watch->soon(member_);
}

// On the watch's thread. Whoever is in here at the moment may have looked just before: the engine
// looks again.
void DirectFetcher::notice() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return parts_.log->context().input_arrived();
  if (at_hand_.any(progress_) || out_of_range_) return;
  bool is_told = false;
  try {
    // Connecting may wait, which the engine's own threads do.
    while (asked_ && !is_told && receive_from_broker()) {
      is_told = at_hand_.any(progress_) || out_of_range_;
      // Its threads wake up while the next question goes out.
      if (is_told) parts_.log->context().input_arrived();
      ask_ahead();
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
  if (is_told) return;
  if (asked_ && !failure_) return announce_next();
  parts_.log->context().input_arrived();
}

Fetch DirectFetcher::fetch(int64_t end, int64_t timeout_us, RecordRows& rows) {
  const std::lock_guard lock(mutex_);
  const auto until = Clock::now() + std::chrono::microseconds(std::max<int64_t>(timeout_us, 0));
  for (;;) {
    try {
      at_hand_.hand_out(end, rows, progress_);
    } catch (const Malformed& reason) {
      refuse(reason);
    }
    if (rows.full()) return Fetch::rows;
    if (progress_.position >= end || out_of_range_) break;
    if (receive_answer()) continue;
    if (!rows.empty() || !wait(until)) break;
  }
  if (!rows.empty()) return Fetch::rows;
  if (out_of_range_) return Fetch::out_of_range;
  return progress_.position >= end ? Fetch::end : Fetch::idle;
}

// Waits for something to receive, or to try again. False: the time is over.
bool DirectFetcher::wait(Clock::time_point until) {
  const auto now = Clock::now();
  if (now >= until) return false;
  if (asked_) {
    const auto left = std::chrono::ceil<milliseconds>(until - now);
    return connection_->wait(static_cast<int>(left.count()));
  }
  std::this_thread::sleep_until(std::min(until, next_try_));
  return Clock::now() < until;
}

// Takes the next answer if it is here, without waiting for it. Says whether one was taken.
bool DirectFetcher::receive_answer() {
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  try {
    if (!ask() || !receive_from_broker()) return false;
  } catch (const Disconnected& reason) {
    lose_connection(reason.what());
    return false;
  }
  ask_ahead();
  return true;
}

// Asks for what follows the answer that was taken.
void DirectFetcher::ask_ahead() {
  try {
    if (connection_ && !out_of_range_) ask();
  } catch (const Disconnected& reason) {
    lose_connection(reason.what());
  }
}

bool DirectFetcher::receive_from_broker() {
  at_hand_.forget();  // What comes takes its memory.
  try {
    const auto before = connection_->bytes_received();
    if (connection_->receive()) {
      take_answer();
      return true;
    }
    const auto now = Clock::now();
    if (connection_->bytes_received() != before)
      patience_ends_ = now + answer_timeout;
    else if (now >= patience_ends_)
      throw Disconnected(connection_->address().text() + ": it does not answer");
  } catch (const Disconnected& reason) {
    lose_connection(reason.what());
  } catch (const Malformed& reason) {
    refuse(reason);
  }
  return false;
}

// Whoever leads the partition is asked for again.
void DirectFetcher::lose_connection(const std::string& why) {
  connection_.reset();
  leader_.reset();
  asked_ = false;
  next_offset_ = progress_.position;
  at_hand_.forget();
  next_try_ = Clock::now() + pause_between_tries;
  parts_.log->context().debug("Kafka at " + why);
}

void DirectFetcher::refuse(const Malformed& reason) {
  const auto from = leader_ ? leader_->text() : "its leader";
  const auto offset = progress_.position;
  lose_connection(reason.what());
  throw Error::external("Kafka at " + from + ": what it has of partition " +
                        partition_name(partition_.topic, partition_.partition) + " from offset " +
                        std::to_string(offset) + " on cannot be read: " + reason.what());
}

// Asks for what follows, if that has not been done. False: not before a while.
bool DirectFetcher::ask() {
  if (asked_) return true;
  if (!connection_) {
    if (Clock::now() < next_try_) return false;
    connect();
  }
  const auto& settings = parts_.settings;
  connection_->send(encode({partition_.topic, partition_.partition, next_offset_,
                            settings.wait_max_ms, settings.bytes_max, settings.committed_only},
                           ++request_, settings.client_id));
  asked_ = true;
  patience_ends_ = Clock::now() + milliseconds(settings.wait_max_ms) + throttled_ + answer_timeout;
  return true;
}

void DirectFetcher::connect() {
  try {
    if (!leader_) leader_ = parts_.leader(partition_);
  } catch (const Error& error) {
    if (error.retry == Retry::never) throw;
    throw Disconnected(error.what());
  }
  auto made = std::make_unique<BrokerConnection>(*leader_, connect_timeout_ms);
  connection_ = std::move(made);
  check_versions();
}

void DirectFetcher::check_versions() {
  const auto until = Clock::now() + milliseconds(connect_timeout_ms);
  connection_->send(ask_for_versions(++request_, parts_.settings.client_id));
  while (!connection_->receive()) {
    if (Clock::now() >= until)
      throw Disconnected(connection_->address().text() + ": it does not answer");
    connection_->wait(connect_timeout_ms);
  }
  bool known = false;
  try {
    known = knows_fetch(connection_->answer());
  } catch (const Malformed& reason) {
    throw Disconnected(connection_->address().text() + ": " + reason.what());
  }
  if (!known) throw Unsupported("the broker is older than Kafka 2.3");
}

// The answer to what was asked for is here: looks what it is. What follows is to be asked for next.
void DirectFetcher::take_answer() {
  asked_ = false;
  if (number_of(connection_->answer()) != request_) throw Malformed("it is to another question");
  auto answer = parse_fetch_answer(connection_->answer(), partition_.topic, partition_.partition);
  if (answer.error != 0) return take_error(answer.error);
  parts_.log->answered();
  const auto log_end =
      parts_.settings.committed_only ? answer.last_stable_offset : answer.high_watermark;
  if (log_end >= 0) log_end_ = log_end;
  throttled_ = milliseconds(std::max(answer.throttle_ms, 0));
  at_hand_.take(std::move(answer), next_offset_);
  answer_records_ = at_hand_.end() - next_offset_;
  next_offset_ = at_hand_.end();
}

void DirectFetcher::take_error(int16_t code) {
  const auto reason = static_cast<rd_kafka_resp_err_t>(code);
  if (reason == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
    out_of_range_ = true;
    return;
  }
  const auto from = connection_->address().text();
  lose_connection(from + ": " + rd_kafka_err2str(reason));
  if (is_about_the_leader(code)) return;
  if (reason == RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE ||
      reason == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION)
    throw Unsupported(rd_kafka_err2str(reason));
  const auto message = "Kafka at " + from + ": cannot read " +
                       partition_name(partition_.topic, partition_.partition) + " at offset " +
                       std::to_string(progress_.position) + ": " + rd_kafka_err2str(reason);
  throw reason == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ? Error::user(message)
                                                               : Error::external(message);
}

}  // namespace millrace::kafka
