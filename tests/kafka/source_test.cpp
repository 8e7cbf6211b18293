#include <map>
#include <set>
#include <thread>

#include "tests/kafka/real_kafka.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::read_range;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using RealSource = RealKafka;

// Record i has the timestamp 1000 * i + 1 000 000 milliseconds.
void put_timed(const std::string& brokers, const std::string& topic, int count) {
  const auto client = kafka_tool::make_client(RD_KAFKA_PRODUCER, brokers, {});
  for (int i = 0; i < count; ++i) {
    auto value = std::to_string(i);
    rd_kafka_producev(client.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(0),
                      RD_KAFKA_V_VALUE(value.data(), value.size()),
                      RD_KAFKA_V_TIMESTAMP(int64_t{1'000} * i + 1'000'000),
                      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  }
  ASSERT_EQ(rd_kafka_flush(client.get(), 30'000), RD_KAFKA_RESP_ERR_NO_ERROR);
}

TEST_F(RealSource, BeginsAtATimestamp) {
  create(2);
  put_timed(brokers, topic, 6);
  settings.starting_timestamp = "1970-01-01T00:16:43.500Z";
  millrace::testing::SourceDriver by_text(settings, host);
  EXPECT_THAT(by_text.epoch(), ElementsAre("4", "5"));
  settings.starting_timestamp = "1003000";
  millrace::testing::SourceDriver by_number(settings, host);
  EXPECT_THAT(by_number.epoch(), ElementsAre("3", "4", "5"));
  settings.starting_timestamp = "";
  settings.starting_offsets_by_timestamp = "{\"" + topic + "\":{\"0\":1005000,\"1\":0}}";
  millrace::testing::SourceDriver by_partition(settings, host);
  EXPECT_THAT(by_partition.epoch(), ElementsAre("5"));
}

TEST_F(RealSource, BeginsAtTheEndWhereNoRecordIsLateEnough) {
  create(1);
  put_timed(brokers, topic, 3);
  settings.starting_timestamp = "2000-01-01T00:00:00Z";
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), IsEmpty());
  EXPECT_EQ(driver.position, "{\"" + topic + "\":{\"0\":3}}");
}

TEST_F(RealSource, ReadsNewPartitionsFromTheirBeginning) {
  create(1);
  put_numbers(0, 0, 2);
  settings.starting_offsets = "latest";
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), IsEmpty());
  kafka_tool::add_partitions(brokers, topic, 3);
  put_numbers(2, 10, 13);
  put_numbers(0, 2, 3);
  std::vector<std::string> rows;
  while (rows.size() < 4) {  // The broker may tell of the partitions a moment later.
    pass_time();
    for (auto& row : driver.epoch()) rows.push_back(row);
  }
  EXPECT_THAT(rows, ::testing::UnorderedElementsAre("2", "10", "11", "12"));
}

TEST_F(RealSource, WaitsForATopicThatIsNotThereYetAndDoesNotMakeIt) {
  millrace::testing::SourceDriver driver(settings, host);
  const auto missing = failure([&] { driver.plan(); });
  EXPECT_EQ(missing.blame, Blame::external);
  EXPECT_EQ(missing.retry, Retry::with_backoff);
  EXPECT_THAT(missing.what(), HasSubstr("there is no topic \"" + topic + "\""));
  create(1);  // It would exist already if asking for it had made it.
  put_numbers(0, 0, 1);
  EXPECT_THAT(driver.epoch(), ElementsAre("0"));
}

TEST_F(RealSource, NoticesThatItsTopicWasDeleted) {
  create(1);
  put_numbers(0, 0, 5);
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), SizeIs(5));
  kafka_tool::delete_topic(brokers, topic);
  pass_time();
  const auto deleted = failure([&] { driver.plan(); });
  EXPECT_EQ(deleted.option, "fail_on_data_loss");
  EXPECT_THAT(deleted.what(),
              HasSubstr("does not exist any more; it had been read up to offset 5"));

  create(1);
  put_numbers(0, 100, 102);
  pass_time();
  const auto recreated = failure([&] { driver.plan(); });
  EXPECT_THAT(recreated.what(), HasSubstr("has no offset 5, it has offsets 0 to 2"));
  settings.fail_on_data_loss = false;
  millrace::testing::SourceDriver tolerant(settings, host);
  tolerant.position = driver.position;
  EXPECT_THAT(tolerant.epoch(), ElementsAre("100", "101"));
}

TEST_F(RealSource, CommitsOffsetsToItsGroup) {
  create(2);
  put_numbers(0, 0, 4);
  settings.group_id = topic + ".group";
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), SizeIs(4));
  driver.source.committed(driver.position);
  const auto client =
      kafka_tool::make_client(RD_KAFKA_CONSUMER, brokers, {{"group.id", settings.group_id}});
  const PartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0);
  // The commit is not waited for.
  for (int attempt = 0; attempt < 100 && list->elems[0].offset != 4; ++attempt) {
    ASSERT_EQ(rd_kafka_committed(client.get(), list.get(), 30'000), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_poll(client.get(), 50);
  }
  EXPECT_EQ(list->elems[0].offset, 4);
}

// Reads everything in small epochs, each partition on a thread of its own, and begins again from a
// position in between with a new object.
TEST_F(RealSource, ReadsEveryRecordOnceOverManyEpochs) {
  constexpr int count = 100'000;
  create(3);
  {
    kafka_tool::Producer producer(brokers, {});
    for (int i = 0; i < count; ++i) producer.send(topic, std::to_string(i % 97), std::to_string(i));
    producer.finish();
  }
  settings.max_offsets_per_trigger = 7'001;
  std::vector<int> seen(count);
  std::mutex mutex;
  std::string position;
  for (int life = 0; life < 2; ++life) {
    millrace::testing::SourceDriver driver(settings, host);
    driver.position = position;
    for (int epoch = 0; epoch < 9 || life == 1; ++epoch) {
      const auto plan = driver.plan();
      if (plan.ranges.empty()) break;
      std::vector<std::thread> tasks;
      for (const auto& range : plan.ranges)
        tasks.emplace_back([&, range] {
          const auto rows = read_range(driver.source, range);
          EXPECT_EQ(static_cast<int64_t>(rows.size()), range.end - range.start);
          const std::lock_guard lock(mutex);
          for (const auto& row : rows) ++seen[static_cast<size_t>(std::stoi(row))];
        });
      for (auto& task : tasks) task.join();
    }
    position = driver.position;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), count);
}

}  // namespace
}  // namespace millrace::kafka
