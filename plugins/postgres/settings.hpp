#pragma once
#include <string>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/sink.hpp"

namespace millrace::postgres {

struct SinkSettings {
  std::string dsn;
  std::string table;
  StringList key;
  bool create_table = false;
  std::string epochs_table = "millrace_epochs";
  Duration connect_timeout{10'000'000};
  Duration statement_timeout{300'000'000};
  Duration retry_timeout{60'000'000};
  ByteSize batch_size{16LL << 20};

  static std::vector<Setting<SinkSettings>> list();
};

/// Throws what is wrong with the settings as far as they can tell, without asking a server.
void check(const SinkSettings& settings, const Schema& rows, OutputMode mode);

}  // namespace millrace::postgres
