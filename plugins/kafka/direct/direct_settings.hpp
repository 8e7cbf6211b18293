#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "millrace/settings.hpp"

namespace millrace::kafka {

struct DirectSettings {
  std::string client_id;
  int32_t wait_max_ms = 500;    ///< How long a broker may wait for the first record.
  int32_t bytes_max = 4 << 20;  ///< Of an answer, unless a single batch is larger.
  bool committed_only = true;
  bool check_crcs = true;
};

/// What librdkafka's properties mean for reading directly, by `partitions` at once; none where one
/// of them asks for something that only librdkafka does, such as TLS.
std::optional<DirectSettings> direct_settings(const StringMap& properties, size_t partitions);

}  // namespace millrace::kafka
