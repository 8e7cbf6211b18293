#include "core/plugin/writable.hpp"

#include <system_error>

namespace millrace {

std::string writable_by_all(const std::filesystem::path& path) {
  using std::filesystem::perms;
  std::error_code error;
  const auto file =
      std::filesystem::canonical(path, error);  // what a link leads to is what is loaded
  if (error) return "";
  const auto may = [&](const std::filesystem::path& of) {
    return std::filesystem::status(of, error).permissions();
  };
  if ((may(file) & perms::others_write) != perms::none)
    return "everybody may write to it; chmod o-w " + file.string();
  const auto directory = may(file.parent_path());
  if ((directory & perms::others_write) != perms::none &&
      (directory & perms::sticky_bit) == perms::none)
    return "everybody may put another file into its place; chmod o-w " +
           file.parent_path().string();
  return "";
}

}  // namespace millrace
