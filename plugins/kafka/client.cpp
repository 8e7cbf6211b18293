#include "plugins/kafka/client.hpp"

#include <array>

#include "plugins/kafka/dangers.hpp"

namespace millrace::kafka {

Configuration make_configuration(const PropertyLayers& properties, ClientLog& log) {
  Configuration configuration(rd_kafka_conf_new());
  for (const auto* layer : {&properties.defaults, &properties.given, &properties.fixed})
    for (const auto& [name, value] : *layer) set_property(configuration.get(), name, value);
  rd_kafka_conf_set_opaque(configuration.get(), &log);
  rd_kafka_conf_set_log_cb(configuration.get(), [](const rd_kafka_t* client, int level,
                                                   const char* facility, const char* text) {
    static_cast<ClientLog*>(rd_kafka_opaque(client))->take(level, facility, text);
  });
  return configuration;
}

Handle make_client(rd_kafka_type_t type, Configuration configuration) {
  std::array<char, 512> reason{};
  Handle client(rd_kafka_new(type, configuration.get(), reason.data(), reason.size()));
  if (!client)
    throw Error::user(std::string("librdkafka refuses these properties: ") + reason.data())
        .about("kafka");
  static_cast<void>(configuration.release());  // The client's now.
  return client;
}

Topic make_topic(rd_kafka_t* client, const std::string& name) {
  Topic topic(rd_kafka_topic_new(client, name.c_str(), nullptr));
  if (!topic)
    throw Error::user("\"" + name +
                      "\" cannot be a topic: " + rd_kafka_err2str(rd_kafka_last_error()));
  return topic;
}

Error unreachable(const std::string& brokers, const std::string& what, rd_kafka_resp_err_t code,
                  const ClientLog& log) {
  std::string message = "Kafka at " + brokers + ": cannot " + what + ": " + rd_kafka_err2str(code);
  const auto reason = log.last_failure();
  if (!reason.empty()) message += " (" + reason + ")";
  // https://github.com/confluentinc/librdkafka/pull/4895
  constexpr int scram_mended = 0x02'06'01'ff;
  if (reason.find("SASL mechanism SCRAM") != std::string::npos && rd_kafka_version() < scram_mended)
    return Error::user(
        message + "; to brokers of Kafka 4 librdkafka " + rd_kafka_version_str() +
        " cannot log in by SCRAM, whatever the password: take librdkafka 2.6.1 or newer, or "
        "`kafka.\"sasl.mechanism\" = \"PLAIN\"` over TLS");
  if (is_refused_access(reason))
    return Error::user(message + "; see the properties in `kafka` that say who is who");
  return Error::external(message);
}

}  // namespace millrace::kafka
