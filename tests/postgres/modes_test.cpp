#include "tests/postgres/real_postgres.hpp"

namespace millrace::postgres {
namespace {

class PostgresModes : public RealPostgres {};

TEST_F(PostgresModes, AppendAddsRows) {
  const auto sink = writer(OutputMode::append);
  EXPECT_TRUE(write(*sink, 0, {totals({{"ann", 1}, {"-", 2}})}));
  EXPECT_TRUE(write(*sink, 1, {totals({{"ann", 3}}), totals({{"bob", 4}})}));
  EXPECT_EQ(rows(), "ann|1\nann|3\nbob|4\nNULL|2\n");
}

TEST_F(PostgresModes, UpdateKeepsTheLastRowOfAKey) {
  settings.key = {"key"};
  const auto sink = writer(OutputMode::update);
  write(*sink, 0, {totals({{"ann", 1}, {"bob", 1}, {"-", 1}, {"ann", 2}})});
  write(*sink, 1, {totals({{"ann", 3}}), totals({{"-", 7}, {"ann", 4}})});
  EXPECT_EQ(rows(), "ann|4\nbob|1\nNULL|7\n");
}

TEST_F(PostgresModes, UpdateOfNothingButTheKeyKeepsOneRowEach) {
  settings.key = {"n", "key"};
  const auto sink = writer(OutputMode::update);
  write(*sink, 0, {totals({{"ann", 1}, {"ann", 1}, {"ann", 2}})});
  write(*sink, 1, {totals({{"ann", 1}})});
  EXPECT_EQ(rows(), "ann|1\nann|2\n");
}

TEST_F(PostgresModes, CompleteReplacesWhatIsThere) {
  const auto sink = writer(OutputMode::complete);
  write(*sink, 0, {totals({{"ann", 1}, {"bob", 1}})});
  write(*sink, 1, {totals({{"ann", 2}})});
  EXPECT_EQ(rows(), "ann|2\n");
  write(*sink, 2, {});
  EXPECT_EQ(rows(), "");
}

TEST_F(PostgresModes, AReaderSeesAnEpochOrNothingOfIt) {
  settings.batch_size = {1};  // Each row is sent at once.
  const auto sink = writer(OutputMode::complete);
  write(*sink, 0, {totals({{"ann", 1}})});
  sink->open(1);
  sink->write(totals({{"ann", 2}}), nullptr);
  sink->write(totals({{"bob", 2}}), nullptr);
  EXPECT_EQ(rows(), "ann|1\n");
  sink->close(nullptr);
  EXPECT_EQ(rows(), "ann|2\nbob|2\n");
}

TEST_F(PostgresModes, AnEpochLargerThanABatchIsOneTransaction) {
  settings.batch_size = {64};
  settings.key = {"key"};
  const auto sink = writer(OutputMode::update);
  std::vector<Batch> batches;
  for (int64_t i = 0; i < 500; ++i)
    batches.push_back(totals({{"key" + std::to_string(i % 10), i}, {"key0", i}}));
  write(*sink, 0, batches);
  EXPECT_EQ(
      sql("SELECT count(*), sum(n), count(DISTINCT xmin::text) FROM " + settings.table),
      "10|" + std::to_string(499 + 491 + 492 + 493 + 494 + 495 + 496 + 497 + 498 + 499) + "|1\n");
}

TEST_F(PostgresModes, AFailedEpochLeavesNothing) {
  settings.batch_size = {1};
  const auto sink = writer(OutputMode::append);
  sink->open(0);
  sink->write(totals({{"ann", 1}}), nullptr);
  const auto cause = Error::external("somebody else failed");
  sink->close(&cause);
  EXPECT_EQ(rows(), "");
  EXPECT_TRUE(write(*sink, 0, {totals({{"ann", 2}})}));
  EXPECT_EQ(rows(), "ann|2\n");
}

TEST_F(PostgresModes, AnEpochWithoutRowsIsNoTransaction) {
  const auto sink = writer(OutputMode::append);
  write(*sink, 0, {});
  EXPECT_EQ(sql("SELECT count(*) FROM " + space + ".millrace_epochs"), "0\n");
}

class PostgresEpochs : public RealPostgres {};

TEST_F(PostgresEpochs, AnEpochThatComesAgainIsSkipped) {
  write(*writer(OutputMode::append), 7, {totals({{"ann", 1}})});
  const auto restarted = writer(OutputMode::append);
  EXPECT_FALSE(write(*restarted, 7, {totals({{"ann", 1}})}));
  EXPECT_FALSE(write(*restarted, 6, {totals({{"ann", 1}})}));
  EXPECT_TRUE(write(*restarted, 8, {totals({{"ann", 2}})}));
  EXPECT_EQ(rows(), "ann|1\nann|2\n");
  EXPECT_EQ(sql("SELECT job, sink, epoch FROM " + space + ".millrace_epochs"),
            "job-1|component|8\n");
}

TEST_F(PostgresEpochs, AProcessThatIsBelievedDeadWritesNothing) {
  settings.batch_size = {1};
  const auto believed_dead = writer(OutputMode::append);
  believed_dead->open(7);
  const auto restarted = writer(OutputMode::append);
  restarted->open(7);
  restarted->write(totals({{"ann", 1}}), nullptr);
  restarted->close(nullptr);
  believed_dead->write(totals({{"ann", 1}}), nullptr);
  believed_dead->write(totals({{"bob", 1}}), nullptr);
  believed_dead->close(nullptr);
  EXPECT_EQ(rows(), "ann|1\n");
}

TEST_F(PostgresEpochs, AnotherJobHasEpochsOfItsOwn) {
  write(*writer(OutputMode::append), 0, {totals({{"ann", 1}})});
  host.set_job("job-2");
  EXPECT_TRUE(write(*writer(OutputMode::append), 0, {totals({{"ann", 1}})}));
  EXPECT_EQ(rows(), "ann|1\nann|1\n");
}

TEST_F(PostgresEpochs, WithoutACheckpointNothingIsNoted) {
  host.set_job("");
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(write(*writer(OutputMode::append), 0, {totals({{"ann", 1}})}));
  EXPECT_EQ(rows(), "ann|1\nann|1\n");
  EXPECT_EQ(sql("SELECT to_regclass('" + space + ".millrace_epochs')"), "NULL\n");
}

TEST_F(PostgresEpochs, AreNotedWhereTold) {
  settings.epochs_table = space + R"(."What is Written")";
  write(*writer(OutputMode::append), 3, {totals({{"ann", 1}})});
  EXPECT_EQ(sql("SELECT epoch FROM " + space + R"(."What is Written")"), "3\n");
}

}  // namespace
}  // namespace millrace::postgres
