#include "core/config/substitute.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

#include "core/diagnostics/string_place.hpp"

namespace millrace {
namespace {

bool is_variable_name(std::string_view name) {
  const auto fits = [](unsigned char letter) { return std::isalnum(letter) != 0 || letter == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(), fits);
}

/// What stands between `${` and `}`.
struct Reference {
  std::string_view name;
  std::string_view operation;  // "", ":-", ":?"
  std::string_view argument;
};

Reference split(std::string_view body) {
  const std::size_t colon = body.find(':');
  if (colon == std::string_view::npos) return {body, {}, {}};
  return {body.substr(0, colon), body.substr(colon, 2),
          body.substr(std::min(colon + 2, body.size()))};
}

class Replacing {
 public:
  Replacing(WrittenText& text, const Environment& environment, Diagnostics& diagnostics)
      : text_(text), environment_(environment), diagnostics_(diagnostics) {}

  void run() {
    const std::string_view raw = text_.raw;
    std::size_t at = 0;
    while (at < raw.size()) {
      const std::string_view two = raw.substr(at, 2);
      if (two == "$$") {
        replace(at, at + 2, "$");
        at += 2;
      } else if (two == "${") {
        const std::size_t close = raw.find('}', at);
        const std::size_t end = close == std::string_view::npos ? raw.size() : close + 1;
        replace(at, end, value_of(at, end, close != std::string_view::npos));
        at = end;
      } else {
        text_.text += raw[at++];
      }
    }
  }

 private:
  void replace(std::size_t raw_begin, std::size_t raw_end, std::string_view value) {
    const std::size_t begin = text_.text.size();
    text_.text += value;
    text_.substitutions.push_back({begin, text_.text.size(), raw_begin, raw_end});
  }

  Diagnostic& error(const Code& code, std::string message, std::size_t begin, std::size_t end,
                    std::string label) {
    return diagnostics_.error(code, std::move(message))
        .at(place_in_string(diagnostics_.file(), text_.span, begin, end), std::move(label));
  }

  /// The value of the reference at raw [begin, end); what is written if there is none.
  std::string value_of(std::size_t begin, std::size_t end, bool closed) {
    const std::string_view written = std::string_view(text_.raw).substr(begin, end - begin);
    if (!closed) {
      error(codes::bad_variable, "`${` is never closed", begin, end, "a `}` is missing")
          .help("write `$$` for a dollar sign before a brace");
      return std::string(written);
    }
    const Reference reference = split(written.substr(2, written.size() - 3));
    const bool known =
        reference.operation.empty() || reference.operation == ":-" || reference.operation == ":?";
    if (!known || !is_variable_name(reference.name)) {
      error(codes::bad_variable, "`" + std::string(written) + "` cannot be understood", begin, end,
            "not a variable")
          .help("write `${NAME}`, `${NAME:-default}` or `${NAME:?message}`; `$$` is a dollar sign");
      return std::string(written);
    }
    const std::optional<std::string> value = environment_(reference.name);
    if (value && !(value->empty() && !reference.operation.empty())) return *value;
    if (reference.operation == ":-") return std::string(reference.argument);
    return missing(reference, begin, end);
  }

  std::string missing(const Reference& reference, std::size_t begin, std::size_t end) {
    const std::string name(reference.name);
    std::string label = reference.operation == ":?" && !reference.argument.empty()
                            ? std::string(reference.argument)
                            : "not in the environment";
    error(codes::missing_variable, "the environment variable `" + name + "` is not set", begin, end,
          std::move(label))
        .help("set it, or give a default: `${" + name + ":-default}`");
    return text_.raw.substr(begin, end - begin);
  }

  WrittenText& text_;
  const Environment& environment_;
  Diagnostics& diagnostics_;
};

}  // namespace

void substitute(WrittenText& text, const Environment& environment, Diagnostics& diagnostics) {
  text.text.clear();
  text.substitutions.clear();
  Replacing(text, environment, diagnostics).run();
}

}  // namespace millrace
