#include "plugins/kafka/transactional_producer.hpp"

#include <algorithm>
#include <thread>

#include "plugins/kafka/dangers.hpp"

namespace millrace::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using ClientError = Owned<rd_kafka_error_t, rd_kafka_error_destroy>;

// Calls are short, so that the pipeline can stop in between; one that ran out of time goes on when
// it is made again.
constexpr int attempt_ms = 1'000;
constexpr int abort_ms = 1'000;
constexpr auto pause = std::chrono::milliseconds(100);
constexpr auto patience_when_stopping = std::chrono::milliseconds(1'500);
// Longer than a broker takes to come back; a transaction that is older than its timeout fails by
// itself.
constexpr auto end_patience = std::chrono::milliseconds(60'000);

Error explained(const Destination& to, const std::string& what, const rd_kafka_error_t* error) {
  const std::string text = "Kafka at " + to.brokers + ": cannot " + what + ": ";
  switch (rd_kafka_error_code(error)) {
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
      return Error::external(
          text +
          "the transaction took longer than transaction.timeout.ms and the cluster ended it, or "
          "another process uses the same checkpoint; raise transaction.timeout.ms in `kafka`, or "
          "give the source a limit per epoch");
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
      return Error::user(text +
                         "transaction.timeout.ms is larger than the cluster allows; lower it in "
                         "`kafka`, or raise transaction.max.timeout.ms of the brokers")
          .about("kafka.transaction.timeout.ms");
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return {Blame::external, Retry::never,
              text + rd_kafka_error_string(error) +
                  "; exactly once needs the rights to write and describe transactional ids, and to "
                  "read groups, that begin with \"millrace.\""};
    default:
      return Error::external(text + rd_kafka_error_string(error));
  }
}

}  // namespace

TransactionalProducer::~TransactionalProducer() {
  if (!open_ || undone_) return;
  // Otherwise its readers would wait until it has timed out.
  const ClientError ignored(rd_kafka_abort_transaction(client(), abort_ms));
}

void TransactionalProducer::retry(const std::string& what, std::chrono::milliseconds patience,
                                  const Attempt& attempt) {
  auto deadline = Clock::now() + patience;
  bool stopping = false;
  for (;;) {
    const ClientError error(attempt(attempt_ms));
    undone_ = error && rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (!error) return log().answered();
    if (!stopping && log().context().stop_requested()) {
      stopping = true;
      deadline = std::min(deadline, Clock::now() + patience_when_stopping);
    }
    const bool over = Clock::now() >= deadline;
    if (over && is_refused_access(log().last_failure()))
      throw unreachable(destination().brokers, what, RD_KAFKA_RESP_ERR__AUTHENTICATION, log());
    if (rd_kafka_error_is_retriable(error.get()) == 0 || over)
      throw explained(destination(), what, error.get());
    if (!undone_) std::this_thread::sleep_for(pause);
  }
}

void TransactionalProducer::require_topics(Clock::time_point deadline) {
  for (size_t i = 0; i < destination().topics.size();) {
    const auto code = look_up(i);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++i;
      continue;
    }
    if (Clock::now() >= deadline || log().context().stop_requested())
      throw unreachable(destination().brokers, "find topic \"" + destination().topics[i] + "\"",
                        code, log());
    std::this_thread::sleep_for(pause);
  }
}

void TransactionalProducer::init(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  retry("begin transactions", patience,
        [&](int timeout_ms) { return rd_kafka_init_transactions(client(), timeout_ms); });
  require_topics(deadline);
}

void TransactionalProducer::begin() {
  const ClientError error(rd_kafka_begin_transaction(client()));
  if (error) throw explained(destination(), "begin a transaction", error.get());
  open_ = true;
}

void TransactionalProducer::send_offsets(const rd_kafka_topic_partition_list_t* offsets,
                                         const std::string& group) {
  const Owned<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy> owner(
      rd_kafka_consumer_group_metadata_new(group.c_str()));
  retry("add offsets to a transaction", end_patience, [&](int timeout_ms) {
    return rd_kafka_send_offsets_to_transaction(client(), offsets, owner.get(), timeout_ms);
  });
}

void TransactionalProducer::commit() {
  retry("commit a transaction", end_patience,
        [&](int timeout_ms) { return rd_kafka_commit_transaction(client(), timeout_ms); });
  open_ = false;
}

int TransactionalProducer::partitions_of(const std::string& topic) const {
  const auto handle = make_topic(client(), topic);
  const rd_kafka_metadata_t* answer = nullptr;
  const auto code = rd_kafka_metadata(client(), 0, handle.get(), &answer, attempt_ms);
  const Metadata owner(answer);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR || answer->topic_cnt != 1) return 0;
  return answer->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR ? answer->topics[0].partition_cnt : 0;
}

}  // namespace millrace::kafka
