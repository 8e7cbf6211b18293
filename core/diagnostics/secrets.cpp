#include "core/diagnostics/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace millrace {
namespace {

bool sounds_secret(std::string_view key) {
  constexpr std::array<std::string_view, 9> words = {
      "password", "passwd", "passphrase", "secret", "token", "dsn", "jaas", ".pem", "credential"};
  std::string lower(key);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// One past the closing quote, or the end of the line where it does not close.
std::size_t end_of_string(std::string_view line, std::size_t begin) {
  const char quote = line[begin];
  const bool is_long = line.substr(begin, 3) == std::string(3, quote);
  const std::string closing(is_long ? 3 : 1, quote);
  for (std::size_t at = begin + closing.size(); at < line.size(); ++at) {
    if (quote == '"' && line[at] == '\\')
      ++at;
    else if (line.substr(at, closing.size()) == closing)
      return at + closing.size();
  }
  return line.size();
}

bool is_name_letter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

// One star for each character, however many bytes it has.
std::string starred(std::string_view literal) {
  std::string shown;
  for (std::size_t at = 0; at < literal.size();) {
    if (literal.substr(at, 2) == "${") {
      std::size_t end = at + 2;
      while (end < literal.size() && is_name_letter(literal[end])) ++end;
      if (end < literal.size() && literal[end] == '}') ++end;
      shown += literal.substr(at, end - at);
      at = end;
      continue;
    }
    const char letter = literal[at++];
    const bool continues = (static_cast<unsigned char>(letter) & 0xC0U) == 0x80U;
    if (!continues) shown += letter == '"' || letter == '\'' ? letter : '*';
  }
  return shown;
}

}  // namespace

std::string without_secrets(std::string_view line) {
  std::string shown;
  std::size_t key = 0;  // where the entry begins that a string belongs to
  int lists = 0;
  for (std::size_t at = 0; at < line.size();) {
    const char letter = line[at];
    if (letter == '"' || letter == '\'') {
      const std::size_t end = end_of_string(line, at);
      const std::string_view literal = line.substr(at, end - at);
      const std::string_view before = line.substr(key, at - key);
      const bool is_value = before.find('=') != std::string_view::npos;
      shown += is_value && sounds_secret(before) ? starred(literal) : std::string(literal);
      at = end;
      continue;
    }
    if (letter == '[') ++lists;
    if (letter == ']') --lists;
    if (letter == '{' || (letter == ',' && lists <= 0)) key = at + 1;
    shown += letter;
    ++at;
  }
  return shown;
}

}  // namespace millrace
