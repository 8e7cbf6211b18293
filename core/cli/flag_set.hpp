#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the name is CLI11's
class App;
}

namespace millrace::cli {

/// What a verb may be called with. Each value that is declared here has been set when the verb's
/// action runs, or is as it was; it must live until then. `variable` names what of the environment
/// stands for a flag that is not given. CLI11 stays behind this: it takes longer to compile than
/// any verb.
class FlagSet {
 public:
  explicit FlagSet(CLI::App& app) : app_(app) {}

  /// A word without a flag, which must be there.
  void word(const std::string& name, std::string& value, const std::string& help);
  void flag(const std::string& name, bool& value, const std::string& help,
            const std::string& variable = {});
  void text(const std::string& name, std::string& value, const std::string& help,
            const std::string& variable = {});
  /// One word each time that it is given.
  void texts(const std::string& name, std::vector<std::string>& values, const std::string& help);
  /// One of `choices`.
  void choice(const std::string& name, std::string& value, const std::vector<std::string>& choices,
              const std::string& help);
  void number(const std::string& name, std::optional<std::uint64_t>& value,
              const std::string& help);
  /// From 0 to `most`.
  void number(const std::string& name, std::optional<std::int64_t>& value, std::int64_t most,
              const std::string& help, const std::string& variable);
  /// A number or a word that must be there.
  void needed_number(const std::string& name, std::uint64_t& value, const std::string& help);
  void needed_text(const std::string& name, std::string& value, const std::string& help);

 private:
  CLI::App& app_;
};

}  // namespace millrace::cli
