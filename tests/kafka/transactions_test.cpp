#include "tests/kafka/real_kafka.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::read_range;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Writes numbers in transactions.
class Transactions {
 public:
  Transactions(const std::string& brokers, const std::string& topic)
      : topic_(topic),
        client_(kafka_tool::make_client(RD_KAFKA_PRODUCER, brokers,
                                        {{"transactional.id", topic}, {"linger.ms", "0"}})) {
    check(rd_kafka_init_transactions(client_.get(), timeout_ms));
  }
  void begin() { check(rd_kafka_begin_transaction(client_.get())); }
  void put(int from, int to) {
    for (int i = from; i < to; ++i) {
      auto value = std::to_string(i);
      rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_PARTITION(0),
                        RD_KAFKA_V_VALUE(value.data(), value.size()),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    }
    if (rd_kafka_flush(client_.get(), timeout_ms) != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw kafka_tool::Failure("flush");
  }
  void commit() { check(rd_kafka_commit_transaction(client_.get(), timeout_ms)); }
  void abort() { check(rd_kafka_abort_transaction(client_.get(), timeout_ms)); }

 private:
  static constexpr int timeout_ms = 30'000;
  static void check(rd_kafka_error_t* error) {
    if (error == nullptr) return;
    const std::string text = rd_kafka_error_string(error);
    rd_kafka_error_destroy(error);
    throw kafka_tool::Failure(text);
  }

  std::string topic_;
  kafka_tool::Client client_;
};

class TransactionalTopic : public RealKafka {
 protected:
  // The marks that end a transaction are written some time after the producer was told.
  void wait_for_end(millrace::testing::SourceDriver& driver, int64_t end) {
    const std::string expected = "{\"" + topic + "\":{\"0\":" + std::to_string(end) + "}}";
    while (driver.source.latest(driver.position) != expected) {
    }
  }
};

TEST_F(TransactionalTopic, IsReadUpToWhatIsCommitted) {
  create(1);
  Transactions transactions(brokers, topic);
  transactions.begin();
  transactions.put(0, 3);
  transactions.commit();
  transactions.begin();
  transactions.put(100, 105);
  transactions.abort();
  millrace::testing::SourceDriver driver(settings, host);
  wait_for_end(driver, 10);
  // The range ends with records that are not handed out: two marks and an aborted transaction.
  EXPECT_THAT(driver.epoch(), ElementsAre("0", "1", "2"));
  EXPECT_EQ(driver.position, "{\"" + topic + "\":{\"0\":10}}");

  transactions.begin();
  transactions.put(3, 5);
  EXPECT_THAT(driver.epoch(), IsEmpty()) << "the transaction is open";
  transactions.commit();
  transactions.begin();
  transactions.put(200, 201);
  transactions.abort();
  wait_for_end(driver, 15);
  EXPECT_THAT(driver.epoch(), ElementsAre("3", "4"));

  // A range without a single record to hand out.
  transactions.begin();
  transactions.put(300, 303);
  transactions.abort();
  wait_for_end(driver, 19);
  EXPECT_THAT(driver.epoch(), IsEmpty());
  EXPECT_THAT(driver.ranges, ::testing::SizeIs(1));
  transactions.begin();
  transactions.put(5, 6);
  transactions.commit();
  wait_for_end(driver, 21);
  EXPECT_THAT(driver.epoch(), ElementsAre("5"));
  EXPECT_THAT(read_range(driver.source, {topic + "/0", 2, 15, ""}), ElementsAre("2", "3", "4"));
}

TEST_F(TransactionalTopic, MayBeReadBeforeItIsCommitted) {
  create(1);
  Transactions transactions(brokers, topic);
  transactions.begin();
  transactions.put(0, 2);
  settings.kafka = {{"isolation.level", "read_uncommitted"}};
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), ElementsAre("0", "1"));
  transactions.abort();
}

}  // namespace
}  // namespace millrace::kafka
