#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/kafka/real_kafka.hpp"
#include "tests/unit/kafka/sink_driver.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::read_range;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A broker of its own, which a test may kill.
class MortalBroker {
 public:
  MortalBroker() : folder_(std::filesystem::temp_directory_path() / "millrace-mortal-XXXXXX") {
    auto name = folder_.string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    run("start");
    std::ifstream(folder_ / "bootstrap") >> address;
  }
  ~MortalBroker() {
    if (std::system(command("stop").c_str()) != 0) std::filesystem::remove_all(folder_);
  }
  MortalBroker(const MortalBroker&) = delete;
  MortalBroker& operator=(const MortalBroker&) = delete;

  void kill() { run("kill"); }
  void revive() { run("start", address.substr(address.find(':') + 1)); }

  std::string address;

 private:
  std::string command(const std::string& verb, const std::string& argument = "") const {
    return std::string(MILLRACE_BROKER_SCRIPT) + " " + verb + " " + folder_.string() + " " +
           argument + " >/dev/null";
  }
  void run(const std::string& verb, const std::string& argument = "") const {
    if (std::system(command(verb, argument).c_str()) != 0)
      throw std::runtime_error("broker.sh " + verb + " failed");
  }

  std::filesystem::path folder_;
};

TEST(BrokerDeath, CostsNothingButTime) {
  constexpr size_t count = 20'000;
  MortalBroker broker;
  kafka_tool::create_topic(broker.address, "counts", 1, {});
  millrace::testing::ThreadedHost host;

  SinkSettings sink_settings;
  sink_settings.bootstrap_servers = broker.address;
  sink_settings.topic = "counts";
  KafkaSink sink(sink_settings, host.context(), millrace::testing::result_schema(),
                 OutputMode::append);
  const auto writer = sink.open_writer(0);
  const std::vector<millrace::testing::Result> results(count, {"payload"});
  write_epoch(*writer, 0, results);

  SourceSettings settings;
  settings.bootstrap_servers = broker.address;
  settings.subscribe = {"counts"};
  settings.starting_offsets = "earliest";
  settings.max_offsets_per_trigger = count / 2;
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), SizeIs(count / 2));

  broker.kill();
  host.stopping = true;  // One attempt.
  try {
    driver.plan();
    ADD_FAILURE() << "there is no broker";
  } catch (const Error& error) {
    EXPECT_EQ(error.retry, Retry::with_backoff);
    EXPECT_THAT(error.what(), HasSubstr("Kafka at " + broker.address));
  }
  host.stopping = false;
  writer->open(1);
  const millrace::testing::ResultBatch batch(results);
  writer->write(batch.rows, &batch.payloads);

  broker.revive();
  writer->close(nullptr);
  settings.max_offsets_per_trigger = 0;
  // What the first object had read ahead, and what was written without a broker.
  EXPECT_THAT(driver.epoch(), SizeIs(count / 2));
  EXPECT_THAT(driver.epoch(), SizeIs(count / 2));
  EXPECT_THAT(driver.epoch(), SizeIs(count / 2));
  EXPECT_TRUE(driver.plan().ranges.empty());
  KafkaSource fresh(settings, host.context());
  EXPECT_THAT(read_range(fresh, {"counts/0", 0, 2 * count, ""}), SizeIs(2 * count));
}

}  // namespace
}  // namespace millrace::kafka
