// Test's hands on Kafka: topics, seeded events in, results out, and whether they are right.
// `kafka_tool --help` lists the verbs; tests/support/README.md shows them together.
#include <iostream>

#include <CLI/CLI.hpp>

#include "tests/support/kafka_tool/client.hpp"
#include "tests/support/kafka_tool/events.hpp"
#include "tests/support/kafka_tool/follow.hpp"
#include "tests/support/kafka_tool/mock_broker.hpp"
#include "tests/support/kafka_tool/records.hpp"
#include "tests/support/kafka_tool/verify.hpp"

namespace kafka_tool {
namespace {

struct Arguments {
  std::string bootstrap;
  std::string topic;
  std::string file;
  int partitions = 1;
  std::vector<std::string> configuration;
};

Properties properties(const std::vector<std::string>& lines) {
  Properties result;
  for (const auto& line : lines) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) throw Failure("not NAME=VALUE: " + line);
    result[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return result;
}

CLI::App* verb(CLI::App& app, Arguments& arguments, const std::string& name,
               const std::string& help) {
  CLI::App* added = app.add_subcommand(name, help);
  added->add_option("topic", arguments.topic)->required();
  added->add_option("--bootstrap", arguments.bootstrap, "HOST:PORT")->envname("KAFKA_BROKERS");
  return added;
}

void add_topic_verbs(CLI::App& app, Arguments& arguments) {
  auto* create = verb(app, arguments, "create", "create a topic");
  create->add_option("--partitions", arguments.partitions);
  create->add_option("--config", arguments.configuration, "NAME=VALUE of the topic");
  create->callback([&] {
    create_topic(arguments.bootstrap, arguments.topic, arguments.partitions,
                 properties(arguments.configuration));
  });
  auto* grow = verb(app, arguments, "add-partitions", "give a topic more partitions");
  grow->add_option("--partitions", arguments.partitions, "the new number")->required();
  grow->callback(
      [&] { add_partitions(arguments.bootstrap, arguments.topic, arguments.partitions); });
  auto* remove = verb(app, arguments, "delete", "delete a topic");
  remove->callback([&] { delete_topic(arguments.bootstrap, arguments.topic); });
}

void add_workload_options(CLI::App& app, Workload& workload) {
  app.add_option("--events", workload.events);
  app.add_option("--keys", workload.keys);
  app.add_option("--partitions", workload.partitions);
  app.add_option("--seed", workload.seed);
  app.add_option("--start-ms", workload.start_ms);
  app.add_option("--per-second", workload.per_second, "events per second of event time");
  app.add_option("--disorder-ms", workload.disorder_ms,
                 "an event is up to this much older than its place");
  app.add_option("--late-share", workload.late_share, "part of the events that is later still");
  app.add_option("--late-by-ms", workload.late_by_ms);
  app.add_option("--flush-gap-ms", workload.flush_gap_ms, "0: no closing event per partition");
}

void add_produce(CLI::App& app, Arguments& arguments, ProduceOptions& options) {
  auto* produce = verb(app, arguments, "produce", "lines of standard input as records");
  produce->add_option("--key-separator", options.key_separator,
                      "what ends the key in a line; none: no keys");
  produce->add_option("--partition", options.partition);
  produce->add_option("--property", arguments.configuration, "NAME=VALUE of librdkafka");
  produce->callback([&] {
    options.properties = properties(arguments.configuration);
    produce_lines(arguments.bootstrap, arguments.topic, options, std::cin);
  });
}

void add_consume(CLI::App& app, Arguments& arguments, ConsumeOptions& options) {
  auto* consume = verb(app, arguments, "consume",
                       "committed records, from the beginning to the present end, as lines");
  consume->add_option("--count", options.count_max, "stop after so many");
  consume->add_flag("--meta", options.with_metadata,
                    "JSON with partition, offset, timestamp, key, value, headers");
  consume->callback(
      [&] { consume_lines(arguments.bootstrap, arguments.topic, options, std::cout); });
}

void add_follow(CLI::App& app, Arguments& arguments, std::vector<std::string>& topics) {
  auto* follow = app.add_subcommand(
      "follow", "committed records as JSON lines while they come, until standard input ends");
  follow->add_option("topics", topics)->required();
  follow->add_option("--bootstrap", arguments.bootstrap, "HOST:PORT")->envname("KAFKA_BROKERS");
  follow->callback([&] { kafka_tool::follow(arguments.bootstrap, topics, std::cin, std::cout); });
  auto* forget = app.add_subcommand("forget", "delete a consumer group with its offsets");
  forget->add_option("group", arguments.topic)->required();
  forget->add_option("--bootstrap", arguments.bootstrap, "HOST:PORT")->envname("KAFKA_BROKERS");
  forget->callback([&] { forget_group(arguments.bootstrap, arguments.topic); });
}

void add_generate(CLI::App& app, Arguments& arguments, Workload& workload, Pace& pace) {
  auto* generate =
      app.add_subcommand("generate", "seeded events, and one closing event per partition");
  generate->add_option("topic", arguments.topic, "the topic to fill, unless --file is given");
  generate->add_option("--bootstrap", arguments.bootstrap, "HOST:PORT")->envname("KAFKA_BROKERS");
  generate->add_option("--file", arguments.file,
                       "write JSON lines to this file (- for standard output)");
  add_workload_options(*generate, workload);
  generate->add_option("--pace", pace.per_second,
                       "events per second of wall time; 0: as fast as possible");
  generate->add_option("--seconds", pace.seconds, "with --pace, in place of --events");
  generate->callback([&] {
    if (pace.seconds > 0) workload.events = static_cast<int64_t>(pace.per_second * pace.seconds);
    if (!arguments.file.empty()) return generate_file(workload, arguments.file);
    generate_topic(arguments.bootstrap, arguments.topic, workload, pace);
  });
}

void add_verify(CLI::App& app, Arguments& arguments, Workload& workload, Expectation& expectation,
                int& status) {
  auto* verify =
      app.add_subcommand("verify", "compare window counts with what the same numbers generate");
  verify->add_option("topic", arguments.topic, "the topic with results, unless --file is given");
  verify->add_option("--bootstrap", arguments.bootstrap, "HOST:PORT")->envname("KAFKA_BROKERS");
  verify->add_option("--file", arguments.file, "file with JSON lines, or a folder of such files");
  add_workload_options(*verify, workload);
  verify->add_option("--window-ms", expectation.window_ms);
  verify->add_option("--slide-ms", expectation.slide_ms, "0: tumbling");
  verify->add_option("--window-field", expectation.window_field);
  verify->add_option("--count-field", expectation.count_field);
  static const std::map<std::string, Repeats> repeats{
      {"none", Repeats::none}, {"equal", Repeats::equal}, {"last", Repeats::last}};
  verify->add_option("--repeats", expectation.repeats, "may a window come again: none, equal, last")
      ->transform(CLI::CheckedTransformer(repeats));
  verify->callback([&] {
    Verifier verifier(workload, expectation);
    auto take = [&](std::string_view row) { verifier.take(row); };
    arguments.file.empty() ? read_values(arguments.bootstrap, arguments.topic, take)
                           : read_lines(arguments.file, take);
    const auto faults = verifier.faults();
    for (const auto& line : faults) std::cout << "WRONG: " << line << '\n';
    std::cout << (faults.empty() ? "verify: right: " : "verify: wrong: ") << verifier.summary()
              << '\n';
    status = faults.empty() ? 0 : 1;
  });
}

void add_mock_broker(CLI::App& app, std::vector<std::string>& topics, Arguments& arguments) {
  auto* mock = app.add_subcommand("mock-broker", "librdkafka's own small broker, until SIGTERM");
  mock->add_option("--topic", topics, "NAME:PARTITIONS");
  mock->add_option("--bootstrap-file", arguments.file, "write HOST:PORT to this file");
  mock->callback([&] {
    std::vector<MockTopic> wanted;
    for (const auto& text : topics) {
      const auto colon = text.rfind(':');
      if (colon == std::string::npos) throw Failure("not NAME:PARTITIONS: " + text);
      wanted.push_back({text.substr(0, colon), std::stoi(text.substr(colon + 1))});
    }
    run_mock_broker(wanted, arguments.file);
  });
}

int run(int argc, char** argv) {
  CLI::App app{"Topics, events and results for tests."};
  app.require_subcommand(1);
  Arguments arguments;
  ProduceOptions produce;
  ConsumeOptions consume;
  Workload workload;
  Pace pace;
  Expectation expectation;
  std::vector<std::string> mock_topics;
  std::vector<std::string> followed;
  int status = 0;
  add_topic_verbs(app, arguments);
  add_produce(app, arguments, produce);
  add_consume(app, arguments, consume);
  add_follow(app, arguments, followed);
  add_generate(app, arguments, workload, pace);
  add_verify(app, arguments, workload, expectation, status);
  add_mock_broker(app, mock_topics, arguments);
  CLI11_PARSE(app, argc, argv);
  return status;
}

}  // namespace
}  // namespace kafka_tool

int main(int argc, char** argv) {
  try {
    return kafka_tool::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "kafka_tool: " << error.what() << '\n';
    return 1;
  }
}
