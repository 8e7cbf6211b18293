#include "tests/support/kafka_tool/mock_broker.hpp"

#include <csignal>
#include <fstream>
#include <iostream>
#include <pthread.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "tests/support/kafka_tool/client.hpp"

namespace kafka_tool {
namespace {

struct ClusterDestroyed {
  void operator()(rd_kafka_mock_cluster_t* cluster) const {
    rd_kafka_mock_cluster_destroy(cluster);
  }
};

sigset_t end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void run_mock_broker(const std::vector<MockTopic>& topics, const std::string& bootstrap_file) {
  // Blocked before librdkafka starts its threads, so that they inherit it and sigwait gets the
  // signal.
  const sigset_t signals = end_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // The client is only the cluster's owner; it connects nowhere.
  Client owner = make_client(RD_KAFKA_PRODUCER, "127.0.0.1:1", {{"log_level", "0"}});
  const std::unique_ptr<rd_kafka_mock_cluster_t, ClusterDestroyed> cluster(
      rd_kafka_mock_cluster_new(owner.get(), 1));
  if (!cluster) throw Failure("librdkafka could not start its broker");
  for (const auto& topic : topics) {
    const auto code =
        rd_kafka_mock_topic_create(cluster.get(), topic.name.c_str(), topic.partitions, 1);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw Failure("create topic " + topic.name + ": " + rd_kafka_err2str(code));
  }
  const std::string bootstrap = rd_kafka_mock_cluster_bootstraps(cluster.get());
  if (!bootstrap_file.empty()) std::ofstream(bootstrap_file) << bootstrap << '\n';
  std::cout << bootstrap << std::endl;
  int received = 0;
  sigwait(&signals, &received);
}

}  // namespace kafka_tool
