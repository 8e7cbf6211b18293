#pragma once
#include <memory>
#include <string>

#include <librdkafka/rdkafka.h>

#include "millrace/error.hpp"

#include "plugins/kafka/client_log.hpp"
#include "plugins/kafka/properties.hpp"

// librdkafka's objects with their ends, and its errors as ours.
namespace millrace::kafka {

template <auto destroy>
struct Destroyer {
  template <class T>
  void operator()(T* object) const {
    destroy(object);
  }
};
template <class T, auto destroy>
using Owned = std::unique_ptr<T, Destroyer<destroy>>;

using Handle = Owned<rd_kafka_t, rd_kafka_destroy>;
using Configuration = Owned<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using Topic = Owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using PartitionList = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using Metadata = Owned<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;
using Headers = Owned<rd_kafka_headers_t, rd_kafka_headers_destroy>;
using Event = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;

/// A configuration whose log lines go to `log`, which must outlive the client.
Configuration make_configuration(const PropertyLayers& properties, ClientLog& log);

/// Throws Error::user where librdkafka refuses the combination of properties.
Handle make_client(rd_kafka_type_t type, Configuration configuration);

/// A handle on a topic; it has the client's topic properties.
Topic make_topic(rd_kafka_t* client, const std::string& name);

/// "Kafka at HOST:PORT: cannot <what>: <reason>", retryable; not so, and blamed on the
/// configuration, where one side refuses the other for who it is.
Error unreachable(const std::string& brokers, const std::string& what, rd_kafka_resp_err_t code,
                  const ClientLog& log);

}  // namespace millrace::kafka
