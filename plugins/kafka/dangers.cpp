#include "plugins/kafka/dangers.hpp"

#include <algorithm>
#include <array>

#include "millrace/error.hpp"

namespace millrace::kafka {
namespace {

constexpr const char* loads_code = "it loads code into this process; Millrace loads plugins only";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return result;
}

std::string value_of(const StringMap& given, const char* name, const char* otherwise) {
  const auto found = given.find(name);
  return found == given.end() ? otherwise : lower(found->second);
}

bool is_off(const std::string& value) { return value == "false" || value == "f" || value == "0"; }

void refuse(const StringMap& given, const char* name, const char* why) {
  if (given.contains(name))
    throw Error::user("\"" + std::string(name) + "\" is refused: " + why)
        .about("kafka." + std::string(name));
}

bool is_loopback(std::string_view broker) {
  while (broker.starts_with(' ')) broker.remove_prefix(1);
  if (const auto scheme = broker.find("://"); scheme != std::string_view::npos)
    broker.remove_prefix(scheme + 3);
  return std::ranges::any_of(std::array{"localhost", "127.", "[::1]", "::1"},
                             [&](const char* each) { return broker.starts_with(each); });
}

bool all_are_loopback(std::string_view brokers) {
  while (!brokers.empty()) {
    const auto comma = brokers.find(',');
    if (!is_loopback(brokers.substr(0, comma))) return false;
    brokers.remove_prefix(comma == std::string_view::npos ? brokers.size() : comma + 1);
  }
  return true;
}

}  // namespace

void refuse_dangers(const StringMap& given) {
  refuse(given, "plugin.library.paths", loads_code);
  refuse(given, "ssl.engine.location", loads_code);
  if (!is_off(value_of(given, "enable.sasl.oauthbearer.unsecure.jwt", "false")))
    refuse(given, "enable.sasl.oauthbearer.unsecure.jwt",
           "its tokens are not signed, so that anybody can be anybody");
}

std::vector<std::string> dangers(const std::string& brokers, const StringMap& given) {
  std::vector<std::string> found;
  const auto protocol = value_of(given, "security.protocol", "plaintext");
  const bool is_encrypted = protocol.ends_with("ssl");
  if (!is_encrypted && !all_are_loopback(brokers))
    found.push_back("the connection to Kafka at " + brokers +
                    " is not encrypted: others on the network can read and change records" +
                    (protocol.starts_with("sasl") ? ", and with SASL PLAIN the password" : "") +
                    "; see kafka.\"security.protocol\"");
  if (is_encrypted && value_of(given, "ssl.endpoint.identification.algorithm", "https") == "none")
    found.push_back(
        "kafka.\"ssl.endpoint.identification.algorithm\" = \"none\": any server with a "
        "certificate of that authority passes for Kafka at " +
        brokers);
  if (is_encrypted && is_off(value_of(given, "enable.ssl.certificate.verification", "true")))
    found.push_back(
        "kafka.\"enable.ssl.certificate.verification\" = \"false\": any server passes "
        "for Kafka at " +
        brokers);
  if (given.contains("debug"))
    found.emplace_back(
        "kafka.\"debug\": librdkafka's lines for debugging may show parts of records "
        "and of what it says to prove who it is");
  return found;
}

bool is_refused_access(std::string_view failure) {
  return std::ranges::any_of(
      std::array{"Authentication failed", "certificate verify failed", "alert bad certificate",
                 "alert unknown ca", "alert certificate expired", "certificate required",
                 "nsupported SASL mechanism"},
      [&](std::string_view each) { return failure.find(each) != std::string_view::npos; });
}

}  // namespace millrace::kafka
