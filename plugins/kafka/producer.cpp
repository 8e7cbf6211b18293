#include "plugins/kafka/producer.hpp"

#include <chrono>
#include <string>

namespace millrace::kafka {
namespace {

constexpr auto step = std::chrono::milliseconds(20);
constexpr int look_up_ms = 1'000;
// How long records may wait before it is worth a line, and how long until the next one.
constexpr auto silence = std::chrono::milliseconds(2'000);
constexpr int64_t warning_interval_us = 30'000'000;

// Says when a wait has gone on for too long after the pipeline was told to stop.
class Patience {
 public:
  explicit Patience(const Context& context) : context_(context) {}
  bool over() {
    if (!context_.stop_requested()) return false;
    const auto now = std::chrono::steady_clock::now();
    if (deadline_ == Time()) deadline_ = now + std::chrono::milliseconds(1'500);
    return now > deadline_;
  }

 private:
  using Time = std::chrono::steady_clock::time_point;

  const Context& context_;
  Time deadline_;  // None until the pipeline is told to stop.
};

// Runs on a thread of librdkafka's.
void take_deliveries(rd_kafka_t*, rd_kafka_event_t* raw_event, void*) {
  const Event event(raw_event);
  if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_DR) return;
  std::vector<const rd_kafka_message_t*> messages(rd_kafka_event_message_count(event.get()));
  messages.resize(rd_kafka_event_message_array(event.get(), messages.data(), messages.size()));
  for (size_t first = 0, last = 0; first < messages.size(); first = last) {
    // Most often all are of one writer.
    void* const owner = messages[first]->_private;
    while (last < messages.size() && messages[last]->_private == owner) ++last;
    static_cast<Deliveries*>(owner)->settle({&messages[first], last - first});
  }
}

PropertyLayers layers_of(const Destination& to, bool continuous) {
  PropertyLayers layers{{{"linger.ms", continuous ? "0" : "5"},
                         // What comes while a request is on its way makes up the next one: small
                         // requests when it is quiet, large ones when it is not.
                         {"max.in.flight.requests.per.connection", continuous ? "1" : "5"},
                         // The Java client's choice of partition by key.
                         {"partitioner", "murmur2_random"},
                         {"queue.buffering.max.kbytes", "65536"},
                         {"message.timeout.ms", "120000"},
                         {"reconnect.backoff.max.ms", "1000"}},
                        to.properties,
                        {{"bootstrap.servers", to.brokers}, {"enable.idempotence", "true"}}};
  if (!to.linger_ms.empty()) layers.defaults["linger.ms"] = to.linger_ms;
  if (!to.transactional_id.empty()) {
    layers.fixed["transactional.id"] = to.transactional_id;
    // A transaction that nobody ends stops readers for that long; one that takes longer than that
    // fails, and its epoch runs again.
    layers.defaults["transaction.timeout.ms"] = "60000";
    layers.defaults["message.timeout.ms"] = to.properties.contains("transaction.timeout.ms")
                                                ? to.properties.at("transaction.timeout.ms")
                                                : "60000";
  }
  return layers;
}

}  // namespace

Producer::Producer(Destination destination, std::shared_ptr<ClientLog> log)
    : destination_(std::move(destination)), log_(std::move(log)) {
  auto configuration =
      make_configuration(layers_of(destination_, log_->context().continuous()), *log_);
  message_bytes_max_ = std::stoll(value_of(configuration.get(), "message.max.bytes"));
  rd_kafka_conf_set_events(configuration.get(), RD_KAFKA_EVENT_DR);
  rd_kafka_conf_set_background_event_cb(configuration.get(), take_deliveries);
  client_ = make_client(RD_KAFKA_PRODUCER, std::move(configuration));
  for (const auto& name : destination_.topics) topics_.push_back(make_topic(client_.get(), name));
  const Queue main(rd_kafka_queue_get_main(client_.get()));
  const Queue background(rd_kafka_queue_get_background(client_.get()));
  rd_kafka_queue_forward(main.get(), background.get());
  look_up_topics();
}

// Left to itself, this version looks for the leaders of a new topic a second after the first
// record.
void Producer::look_up_topics() {
  for (size_t i = 0; i < topics_.size(); ++i) {
    if (log_->context().stop_requested()) return;
    // Not an error here: librdkafka goes on trying for as long as a record may take.
    if (const auto code = look_up(i); code != RD_KAFKA_RESP_ERR_NO_ERROR)
      log_->context().debug("topic \"" + destination_.topics[i] +
                            "\" was not found at once: " + rd_kafka_err2str(code));
  }
}

rd_kafka_resp_err_t Producer::look_up(size_t topic) const {
  const rd_kafka_metadata_t* answer = nullptr;
  auto code = rd_kafka_metadata(client_.get(), 0, topics_[topic].get(), &answer, look_up_ms);
  const Metadata owner(answer);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR && answer->topic_cnt == 1) code = answer->topics[0].err;
  return code;
}

Producer::~Producer() {
  // What is still on its way belongs to a failed epoch. Its records must be settled while those who
  // count them exist.
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush(client_.get(), 1'000);
  topics_.clear();
  client_.reset();
}

std::shared_ptr<Deliveries> Producer::begin(size_t topic) {
  const std::lock_guard lock(mutex_);
  std::erase_if(kept_, [](const auto& each) { return each.use_count() == 1 && each->done(); });
  return kept_.emplace_back(std::make_shared<Deliveries>(topic));
}

rd_kafka_resp_err_t Producer::produce(const Outgoing& record, Deliveries& deliveries) {
  Headers headers(record.headers == nullptr ? nullptr : rd_kafka_headers_copy(record.headers));
  deliveries.sent();
  // librdkafka's macros cast constness away. It copies the bytes.
  auto* value = const_cast<char*>(record.value.data());
  auto* key = const_cast<char*>(record.has_key ? record.key.data() : nullptr);
  const auto code = rd_kafka_producev(
      client_.get(), RD_KAFKA_V_RKT(topics_[record.topic].get()),
      RD_KAFKA_V_PARTITION(record.partition), RD_KAFKA_V_VALUE(value, record.value.size()),
      RD_KAFKA_V_KEY(key, record.has_key ? record.key.size() : 0),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers.get()),
      RD_KAFKA_V_OPAQUE(&deliveries), RD_KAFKA_V_END);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
    static_cast<void>(headers.release());  // Owned by the message now.
  else
    deliveries.withdrawn();
  return code;
}

bool Producer::send(const Outgoing& record, Deliveries& deliveries) {
  Patience patience(log_->context());
  for (;;) {
    const auto code = produce(record, deliveries);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) return false;
    const std::string what = "write to topic \"" + destination_.topics[record.topic] + "\"";
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || patience.over())
      throw unreachable(destination_.brokers, what, code, *log_);
    check(deliveries);  // An epoch that has lost a record already need not wait for the others.
    deliveries.wait_for_any(step);
  }
}

std::string Producer::title_of(size_t topic) const {
  return "Kafka at " + destination_.brokers + ": topic \"" + destination_.topics[topic] + "\": ";
}

std::string Producer::why_waiting(size_t topic) {
  const auto code = look_up(topic);
  if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return "there is no such topic; create it";
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return rd_kafka_err2str(code);
  return log_->last_failure();
}

void Producer::tell_waiting(const Deliveries& deliveries) {
  {
    const std::lock_guard lock(mutex_);
    const auto now = log_->context().now_us();
    if (now < next_warning_us_) return;
    next_warning_us_ = now + warning_interval_us;
  }
  const auto why = why_waiting(deliveries.topic());
  if (deliveries.done()) return;
  log_->context().warn(title_of(deliveries.topic()) + std::to_string(deliveries.outstanding()) +
                       " records wait to be acknowledged" + (why.empty() ? "" : ": " + why));
}

void Producer::finish(Deliveries& deliveries) {
  Patience patience(log_->context());
  const auto begun = std::chrono::steady_clock::now();
  while (!deliveries.done() && !patience.over()) {
    // Ends the linger time, and returns as soon as nothing of any writer is left.
    rd_kafka_flush(client_.get(), static_cast<int>(step.count()));
    const bool done = deliveries.wait_until_done(std::chrono::milliseconds(1));
    if (!done && std::chrono::steady_clock::now() - begun > silence) tell_waiting(deliveries);
  }
  auto failure = deliveries.failure();
  if (failure.empty() && !deliveries.done())
    failure = "stopped while " + std::to_string(deliveries.outstanding()) +
              " records were not acknowledged";
  if (failure.empty()) return log_->answered();
  if (const auto reason = log_->last_failure(); !reason.empty()) failure += " (" + reason + ")";
  throw Error::external(title_of(deliveries.topic()) + failure);
}

void Producer::check(const Deliveries& deliveries) const {
  if (const auto failure = deliveries.failure(); !failure.empty())
    throw Error::external(title_of(deliveries.topic()) + failure);
}

bool Producer::broken() const {
  return rd_kafka_fatal_error(client_.get(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace millrace::kafka
