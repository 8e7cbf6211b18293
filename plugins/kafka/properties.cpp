#include "plugins/kafka/properties.hpp"

#include <array>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "millrace/error.hpp"

namespace millrace::kafka {
namespace {

struct Owner {
  std::string_view property;
  const char* instead;
};

constexpr Owner of_both[] = {
    {"bootstrap.servers", "use the option `bootstrap_servers`"},
    {"metadata.broker.list", "use the option `bootstrap_servers`"},
};
constexpr Owner of_sources[] = {
    {"group.id", "use the option `group_id`"},
    {"group.instance.id", "Millrace assigns partitions itself and joins no group"},
    {"enable.auto.commit", "Millrace commits offsets once an epoch is durable"},
    {"auto.commit.enable", "Millrace commits offsets once an epoch is durable"},
    {"enable.auto.offset.store", "Millrace commits offsets once an epoch is durable"},
    {"auto.offset.reset", "use the options `starting_offsets` and `fail_on_data_loss`"},
    {"enable.partition.eof", "Millrace needs it to know where a partition ends"},
};
constexpr Owner of_sinks[] = {
    {"transactional.id", "Millrace names its transactions itself"},
    {"enable.idempotence", "Millrace always writes with an idempotent producer"},
    {"delivery.report.only.error", "Millrace needs every acknowledgement to end an epoch"},
};

// Whether a value of this property must not show up in a message.
bool is_private(std::string_view name) {
  for (const std::string_view part : {"password", "secret", "key", "pem", "token", "oauth", "jaas",
                                      "username", "credential", "config"})
    if (name.find(part) != std::string_view::npos) return true;
  return false;
}

template <size_t N>
void refuse(const StringMap& given, const Owner (&owners)[N]) {
  for (const auto& [property, instead] : owners)
    if (given.contains(std::string(property)))
      throw Error::user("Millrace sets \"" + std::string(property) + "\" itself; " + instead)
          .about("kafka." + std::string(property));
}

}  // namespace

void set_property(rd_kafka_conf_t* configuration, const std::string& name,
                  const std::string& value) {
  std::array<char, 512> reason{};
  const auto result =
      rd_kafka_conf_set(configuration, name.c_str(), value.c_str(), reason.data(), reason.size());
  if (result == RD_KAFKA_CONF_OK) return;
  std::string message;
  if (result == RD_KAFKA_CONF_UNKNOWN)
    message = "librdkafka has no property \"" + name +
              "\" (its names differ from the Java client's in places: see its CONFIGURATION.md)";
  else if (is_private(name))
    message = "librdkafka does not take this value of \"" + name + "\"";
  else
    message = std::string("librdkafka: ") + reason.data();
  throw Error::user(message).about("kafka." + name);
}

void check_properties(const StringMap& given, Side side) {
  refuse(given, of_both);
  if (side == Side::source)
    refuse(given, of_sources);
  else
    refuse(given, of_sinks);
  const std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)> scratch(
      rd_kafka_conf_new(), rd_kafka_conf_destroy);
  for (const auto& [name, value] : given) set_property(scratch.get(), name, value);
}

}  // namespace millrace::kafka
