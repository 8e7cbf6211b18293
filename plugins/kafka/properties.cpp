#include "plugins/kafka/properties.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <numeric>
#include <string_view>
#include <vector>

#include "millrace/error.hpp"

#include "plugins/kafka/dangers.hpp"

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

// How many letters have to change.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (const char letter : a) {
    size_t corner = row[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = corner + (letter == b[j] ? 0 : 1);
      corner = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

// The name that was meant, among those that have a value; or nothing.
std::string nearest(rd_kafka_conf_t* configuration, const std::string& name) {
  size_t count = 0;
  const char** pairs = rd_kafka_conf_dump(configuration, &count);
  std::string best;
  size_t least = 3;
  for (size_t i = 0; i + 1 < count; i += 2) {
    const auto letters = distance(name, pairs[i]);
    if (letters >= least) continue;
    least = letters;
    best = pairs[i];
  }
  rd_kafka_conf_dump_free(pairs, count);
  return best;
}

std::string unknown_property(rd_kafka_conf_t* configuration, const std::string& name) {
  const auto meant = nearest(configuration, name);
  return "librdkafka has no property \"" + name + "\"" +
         (meant.empty() ? " (its names differ from the Java client's in places: see its "
                          "CONFIGURATION.md)"
                        : "; did you mean \"" + meant + "\"?");
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
    message = unknown_property(configuration, name);
  else if (is_private(name))
    message = "librdkafka does not take this value of \"" + name + "\"";
  else
    message = std::string("librdkafka: ") + reason.data();
  throw Error::user(message).about("kafka." + name);
}

std::string value_of(const rd_kafka_conf_t* configuration, const char* name) {
  std::array<char, 512> text{};
  size_t size = text.size();
  rd_kafka_conf_get(configuration, name, text.data(), &size);
  return text.data();
}

bool has_property(const char* name) {
  const std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)> defaults(
      rd_kafka_conf_new(), rd_kafka_conf_destroy);
  size_t size = 0;
  return rd_kafka_conf_get(defaults.get(), name, nullptr, &size) == RD_KAFKA_CONF_OK;
}

void check_properties(const StringMap& given, Side side) {
  refuse(given, of_both);
  refuse_dangers(given);
  if (side == Side::source)
    refuse(given, of_sources);
  else
    refuse(given, of_sinks);
  const std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)> scratch(
      rd_kafka_conf_new(), rd_kafka_conf_destroy);
  for (const auto& [name, value] : given) set_property(scratch.get(), name, value);
}

}  // namespace millrace::kafka
