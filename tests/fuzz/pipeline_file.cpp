#include <sstream>
#include <string>

#include "core/config/config.hpp"
#include "core/diagnostics/diagnostic.hpp"

namespace millrace {

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Diagnostics diagnostics(
      SourceFile("fuzz.toml", std::string(reinterpret_cast<const char*>(data), size)));
  const Environment environment = [](std::string_view) { return std::string("value"); };
  load_config(environment, diagnostics);
  std::ostringstream shown;
  diagnostics.render(shown);
  return 0;
}

}  // namespace millrace
