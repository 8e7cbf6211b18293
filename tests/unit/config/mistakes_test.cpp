// Every file mistakes/NAME.toml is a pipeline with mistakes, and NAME.txt is what a person is told
// about it. With MILLRACE_UPDATE_GOLDEN=1 in the environment the answers are written anew; read
// the difference before it is committed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/config/config.hpp"
#include "core/config/option.hpp"

namespace millrace {
namespace {

namespace fs = std::filesystem;

OptionSpec option(const std::string& name, OptionType type, bool required = false) {
  OptionSpec spec;
  spec.name = name;
  spec.type = type;
  spec.required = required;
  return spec;
}

/// Component types for these tests, declared as a plugin would.
const std::map<std::string, std::vector<OptionSpec>>& known_types() {
  static const std::map<std::string, std::vector<OptionSpec>> types = [] {
    OptionSpec servers = option("bootstrap_servers", OptionType::string, true);
    servers.help = "brokers to begin with";
    OptionSpec offsets = option("starting_offsets", OptionType::string);
    offsets.choices = {"earliest", "latest"};
    const std::vector<OptionSpec> kafka = {servers,
                                           option("subscribe", OptionType::string_list, true),
                                           offsets,
                                           option("max_offsets_per_trigger", OptionType::integer),
                                           option("fail_on_data_loss", OptionType::boolean),
                                           option("kafka", OptionType::string_map)};
    const std::vector<OptionSpec> window = {option("size", OptionType::duration, true),
                                            option("offset", OptionType::duration),
                                            option("group_by", OptionType::expressions),
                                            option("aggregates", OptionType::aggregates, true),
                                            option("types", OptionType::columns),
                                            option("kafka", OptionType::string_map)};
    const std::vector<OptionSpec> console = {option("num_rows", OptionType::integer),
                                             option("truncate", OptionType::boolean),
                                             option("flush_bytes", OptionType::size)};
    return std::map<std::string, std::vector<OptionSpec>>{
        {"kafka", kafka}, {"tumbling_window", window}, {"console", console}};
  }();
  return types;
}

std::optional<std::string> environment(std::string_view name) {
  if (name == "LIMIT") return "a lot";
  if (name == "WORD") return "${LIMIT}";  // what comes out of a variable is not looked into
  return std::nullopt;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string answer_to(const fs::path& path) {
  Diagnostics diagnostics(SourceFile(path.filename().string(), read_file(path)));
  const std::optional<Config> config = load_config(environment, diagnostics);
  const std::vector<Component> none;
  for (const Component& component : config ? config->components : none) {
    const auto type = known_types().find(component.type.value);
    if (type == known_types().end()) continue;
    const OptionOwner owner{component.title(), component.type.span, component.type.value,
                            engine_keys(component.kind)};
    check_options(component.options, type->second, owner, diagnostics);
  }
  EXPECT_TRUE(diagnostics.has_errors()) << path;
  std::ostringstream out;
  diagnostics.render(out);
  return out.str();
}

std::vector<std::string> mistake_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(MISTAKES_FOLDER)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Mistakes : public testing::TestWithParam<std::string> {};

TEST_P(Mistakes, AreToldAsRecorded) {
  const fs::path folder = MISTAKES_FOLDER;
  const std::string answer = answer_to(folder / (GetParam() + ".toml"));
  const fs::path recorded = folder / (GetParam() + ".txt");
  if (std::getenv("MILLRACE_UPDATE_GOLDEN") != nullptr) std::ofstream(recorded) << answer;
  EXPECT_EQ(answer, read_file(recorded));
}

INSTANTIATE_TEST_SUITE_P(Files, Mistakes, testing::ValuesIn(mistake_names()),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace millrace
