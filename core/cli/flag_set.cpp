#include "core/cli/flag_set.hpp"

#include <CLI/CLI.hpp>

namespace millrace::cli {

void FlagSet::word(const std::string& name, std::string& value, const std::string& help) {
  app_.add_option(name, value, help)->required();
}

void FlagSet::flag(const std::string& name, bool& value, const std::string& help,
                   const std::string& variable) {
  app_.add_flag(name, value, help)->envname(variable);
}

void FlagSet::text(const std::string& name, std::string& value, const std::string& help,
                   const std::string& variable) {
  app_.add_option(name, value, help)->envname(variable);
}

void FlagSet::texts(const std::string& name, std::vector<std::string>& values,
                    const std::string& help) {
  app_.add_option(name, values, help)->allow_extra_args(false);
}

void FlagSet::choice(const std::string& name, std::string& value,
                     const std::vector<std::string>& choices, const std::string& help) {
  app_.add_option(name, value, help)->check(CLI::IsMember(choices));
}

void FlagSet::number(const std::string& name, std::optional<std::uint64_t>& value,
                     const std::string& help) {
  app_.add_option(name, value, help);
}

void FlagSet::number(const std::string& name, std::optional<std::int64_t>& value, std::int64_t most,
                     const std::string& help, const std::string& variable) {
  app_.add_option(name, value, help)->check(CLI::Range(std::int64_t{0}, most))->envname(variable);
}

void FlagSet::needed_number(const std::string& name, std::uint64_t& value,
                            const std::string& help) {
  app_.add_option(name, value, help)->required();
}

void FlagSet::needed_text(const std::string& name, std::string& value, const std::string& help) {
  app_.add_option(name, value, help)->required();
}

}  // namespace millrace::cli
