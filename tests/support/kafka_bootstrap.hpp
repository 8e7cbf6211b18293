#pragma once
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace millrace::test {

// HOST:PORT of the broker that ctest started for the tests with MILLRACE_KAFKA_TEST_PROPERTIES.
inline std::string kafka_bootstrap() {
  const char* build = std::getenv("MILLRACE_BUILD");
  std::string address;
  if (build == nullptr || !(std::ifstream(build + std::string("/kafka/bootstrap")) >> address))
    throw std::runtime_error("no Kafka broker: run this test by ctest, which starts one");
  return address;
}

}  // namespace millrace::test
