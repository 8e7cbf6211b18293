#include "plugins/kafka/rdkafka_fetcher.hpp"

#include <algorithm>
#include <chrono>

namespace millrace::kafka {
namespace {

// Few enough that what was taken is still in the cache when it is copied.
constexpr size_t messages_max = 512;
// How long an empty queue may stay empty before the client is reminded of it.
constexpr auto reminder = std::chrono::milliseconds(20);

}  // namespace

RdKafkaFetcher::RdKafkaFetcher(std::shared_ptr<FetchClient> client, std::string topic,
                               int32_t partition)
    : client_(std::move(client)),
      topic_name_(std::move(topic)),
      partition_(partition),
      topic_(make_topic(client_->get(), topic_name_)),
      arrival_{client_->log().context(), {}, {}, false},
      queue_(rd_kafka_queue_new(client_->get())),
      self_(rd_kafka_topic_partition_list_new(1)),
      messages_(messages_max) {
  rd_kafka_topic_partition_list_add(self_.get(), topic_name_.c_str(), partition_);
  rd_kafka_queue_cb_event_enable(
      queue_.get(),
      [](rd_kafka_t*, void* opaque) {
        auto& arrival = *static_cast<Arrival*>(opaque);
        {
          const std::lock_guard lock(arrival.mutex);
          arrival.any = true;
        }
        arrival.changed.notify_one();
        arrival.context.input_arrived();
      },
      &arrival_);
}

RdKafkaFetcher::~RdKafkaFetcher() {
  stop();
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
}

void RdKafkaFetcher::stop() {
  drop_messages();
  if (started_) rd_kafka_consume_stop(topic_.get(), partition_);
  started_ = false;
}

void RdKafkaFetcher::drop_messages() {
  for (; next_ < count_; ++next_) rd_kafka_message_destroy(messages_[next_]);
}

void RdKafkaFetcher::seek(int64_t offset) {
  if (started_ && !out_of_range_ && handed_out_ <= offset && offset <= position_) return;
  stop();
  if (rd_kafka_consume_start_queue(topic_.get(), partition_, offset, queue_.get()) != 0)
    throw unreachable(client_->brokers(), "read " + partition_name(topic_name_, partition_),
                      rd_kafka_last_error(), client_->log());
  started_ = true;
  was_full_ = false;
  out_of_range_ = false;
  position_ = offset;
  handed_out_ = offset;
}

Fetch RdKafkaFetcher::fetch(int64_t end, int64_t timeout_us, RecordRows& rows) {
  bool waited = false;
  for (;;) {
    const bool reached = hand_out(end, rows);
    if (rows.full()) return Fetch::rows;
    if (reached || out_of_range_ || position_ >= end) break;
    if (refill()) continue;
    skip_control_records();
    if (position_ >= end || !rows.empty() || waited) break;
    if (!wait(timeout_us)) break;
    waited = true;
  }
  if (!rows.empty()) return Fetch::rows;
  if (out_of_range_) return Fetch::out_of_range;
  return position_ >= end ? Fetch::end : Fetch::idle;
}

// Marks and errors in front are taken at once, so that the queue is empty, and announces what comes
// next, when only they were there.
int64_t RdKafkaFetcher::arrived() {
  while (!out_of_range_ && (next_ < count_ || refill())) {
    if (messages_[next_]->err == RD_KAFKA_RESP_ERR_NO_ERROR) break;
    take_error(*messages_[next_]);
    ++next_;
  }
  for (size_t last = count_; last > next_; --last) {
    const rd_kafka_message_t& message = *messages_[last - 1];
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR)
      return std::max(position_, message.offset + 1) + at_least_queued();
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return std::max(position_, message.offset);
  }
  return position_;
}

// How many more messages are certainly in the queue, in which there are marks too.
int64_t RdKafkaFetcher::at_least_queued() const {
  constexpr int64_t few = 1'000;
  const auto queued = static_cast<int64_t>(rd_kafka_queue_length(queue_.get()));
  return queued < few ? 0 : queued / 2;
}

int64_t RdKafkaFetcher::log_end() const {
  int64_t first = -1;
  int64_t end = -1;
  rd_kafka_get_watermark_offsets(client_->get(), topic_name_.c_str(), partition_, &first, &end);
  return end;
}

// Appends the messages at hand. Returns whether one at or behind `end` is next.
bool RdKafkaFetcher::hand_out(int64_t end, RecordRows& rows) {
  for (; next_ < count_ && !rows.full(); ++next_) {
    rd_kafka_message_t& message = *messages_[next_];
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (!take_error(message)) continue;
      ++next_;
      return false;
    }
    if (message.offset >= end) {
      position_ = std::max(position_, end);
      return true;
    }
    if (message.offset >= position_) {
      append(message, rows);
      position_ = message.offset + 1;
      handed_out_ = position_;
    }
    rd_kafka_message_destroy(&message);
  }
  return false;
}

void RdKafkaFetcher::append(const rd_kafka_message_t& message, RecordRows& rows) {
  Record record;
  record.value = {static_cast<const char*>(message.payload), message.len};
  record.has_value = message.payload != nullptr;
  record.offset = message.offset;
  if (rows.wants_key()) {
    record.key = {static_cast<const char*>(message.key), message.key_len};
    record.has_key = message.key != nullptr;
  }
  if (rows.wants_timestamp()) {
    rd_kafka_timestamp_type_t type{};
    record.timestamp_ms = rd_kafka_message_timestamp(&message, &type);
    record.timestamp_type = static_cast<int32_t>(type) - 1;  // Spark counts from -1.
  }
  rows.append(record);
}

// Takes what librdkafka reports in between messages. Returns whether reading cannot go on.
bool RdKafkaFetcher::take_error(const rd_kafka_message_t& message) {
  const Owned<rd_kafka_message_t, rd_kafka_message_destroy> owner(messages_[next_]);
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      // Control records and what compaction has removed may lie before it: there are no records
      // up to this offset.
      position_ = std::max(position_, message.offset);
      return false;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      out_of_range_ = true;
      return true;
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      return false;  // It connects again by itself.
    default:
      break;
  }
  const char* detail = rd_kafka_message_errstr(&message);
  auto error = unreachable(
      client_->brokers(),
      "read " + partition_name(topic_name_, partition_) + " at offset " + std::to_string(position_),
      message.err, client_->log());
  if (detail != nullptr) error = Error::external(std::string(error.what()) + ": " + detail);
  ++next_;
  throw error;
}

// Takes what is in the queue, without waiting. Returns whether there was anything.
bool RdKafkaFetcher::refill() {
  keep_fetching();
  {
    const std::lock_guard lock(arrival_.mutex);
    arrival_.any = false;
  }
  const auto taken =
      rd_kafka_consume_batch_queue(queue_.get(), 0, messages_.data(), messages_.size());
  next_ = 0;
  count_ = taken > 0 ? static_cast<size_t>(taken) : 0;
  if (count_ == 0) return false;
  const rd_kafka_message_t& last = *messages_[count_ - 1];
  if (last.err == RD_KAFKA_RESP_ERR_NO_ERROR)
    bytes_per_message_ = static_cast<int64_t>(last.len + last.key_len) + 1;
  return true;
}

// librdkafka stops fetching at its limits, and this version looks again only when something wakes
// its thread, or after a second. So it is woken once there is room again.
void RdKafkaFetcher::keep_fetching() {
  const auto& prefetch = client_->prefetch();
  const auto queued = static_cast<int64_t>(rd_kafka_queue_length(queue_.get()));
  const auto full_at =
      std::max<int64_t>(std::min(prefetch.messages, prefetch.bytes / bytes_per_message_), 1);
  if (queued >= full_at - full_at / 8) {
    was_full_ = true;
  } else if (was_full_ && queued < full_at / 2) {
    was_full_ = false;
    wake_client();
  }
}

// Any request wakes the thread of the partition's broker. Nobody waits for the answer of this one.
void RdKafkaFetcher::wake_client() {
  self_->elems[0].offset = RD_KAFKA_OFFSET_END;
  rd_kafka_offsets_for_times(client_->get(), self_.get(), 0);
}

bool RdKafkaFetcher::wait(int64_t timeout_us) {
  const auto limit = std::chrono::microseconds(std::max<int64_t>(timeout_us, 0));
  std::unique_lock lock(arrival_.mutex);
  const auto arrived = [&] { return arrival_.any; };
  if (arrival_.changed.wait_for(lock, std::min<std::chrono::microseconds>(limit, reminder),
                                arrived))
    return true;
  if (limit <= reminder) return false;
  lock.unlock();
  wake_client();
  lock.lock();
  return arrival_.changed.wait_for(lock, limit - reminder, arrived);
}

// The marks at the end of a transaction take up offsets but are not handed out. librdkafka counts
// them, so the position tells whether nothing else is left before the end.
void RdKafkaFetcher::skip_control_records() {
  self_->elems[0].offset = RD_KAFKA_OFFSET_INVALID;
  rd_kafka_position(client_->get(), self_.get());
  if (self_->elems[0].err == RD_KAFKA_RESP_ERR_NO_ERROR)
    position_ = std::max(position_, self_->elems[0].offset);
}

}  // namespace millrace::kafka
