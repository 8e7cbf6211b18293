#include "core/expression/json_scanner.hpp"

#include "millrace/json.hpp"

#include "core/expression/number_text.hpp"

namespace millrace {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(uint32_t code, std::string& to) {
  if (code < 0x80) {
    to += static_cast<char>(code);
    return;
  }
  const int rest = code < 0x800 ? 1 : (code < 0x10000 ? 2 : 3);
  constexpr uint32_t marks[] = {0, 0xC0, 0xE0, 0xF0};
  to += static_cast<char>(marks[rest] | (code >> (6 * rest)));
  for (int i = rest - 1; i >= 0; --i) to += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F));
}

}  // namespace

void JsonScanner::blanks() {
  while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos)
    ++at_;
}

bool JsonScanner::take(char wanted) {
  if (peek() != wanted || at_end()) return false;
  ++at_;
  blanks();
  return true;
}

bool JsonScanner::skip() { return value(nullptr); }
bool JsonScanner::copy(std::string& to) { return value(&to); }

bool JsonScanner::value(std::string* to) {
  const auto put = [to](char c) {
    if (to != nullptr) *to += c;
  };
  switch (peek()) {
    case '{': {
      put('{');
      bool first = true;
      const bool read = members([&](std::string_view key) {
        if (!first) put(',');
        first = false;
        if (to != nullptr) json::append_string(key, *to);
        put(':');
        return value(to);
      });
      put('}');
      return read;
    }
    case '[': {
      put('[');
      const bool read = items([&](int64_t index) {
        if (index > 0) put(',');
        return value(to);
      });
      put(']');
      return read;
    }
    case '"': {
      std::string plain;
      if (!string(plain)) return false;
      if (to != nullptr) json::append_string(plain, *to);
      return true;
    }
    case 't':
      return word("true", to);
    case 'f':
      return word("false", to);
    case 'n':
      return word("null", to);
    default:
      return number(to);
  }
}

bool JsonScanner::word(std::string_view wanted, std::string* to) {
  if (text_.substr(at_, wanted.size()) != wanted) return false;
  at_ += wanted.size();
  if (to != nullptr) *to += wanted;
  blanks();
  return true;
}

bool JsonScanner::number(std::string* to) {
  const size_t begin = at_;
  const auto digits = [&] {
    const size_t first = at_;
    while (is_digit(peek())) ++at_;
    return at_ > first;
  };
  if (peek() == '-') ++at_;
  const bool leading_zero = peek() == '0';
  const size_t whole = at_;
  if (!digits() || (leading_zero && at_ > whole + 1)) return false;
  bool real = false;
  if (peek() == '.') {
    ++at_;
    real = true;
    if (!digits()) return false;
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    real = true;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!digits()) return false;
  }
  if (to != nullptr) {
    const auto spelled = text_.substr(begin, at_ - begin);
    const auto parsed = real ? parse_double(spelled) : std::nullopt;
    *to += parsed ? number_text(*parsed) : std::string(spelled);
  }
  blanks();
  return true;
}

bool JsonScanner::string(std::string& to) {
  if (peek() != '"') return false;
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      blanks();
      return true;
    }
    if (static_cast<unsigned char>(c) < 0x20) return false;
    if (c != '\\')
      to += c;
    else if (!escape(to))
      return false;
  }
  return false;
}

/// At the backslash; ends at the last character of the escape.
bool JsonScanner::escape(std::string& to) {
  if (++at_ >= text_.size()) return false;
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (text_[at_] != 'u') {
    const size_t letter = letters.find(text_[at_]);
    if (letter == std::string_view::npos) return false;
    to += meanings[letter];
    return true;
  }
  uint32_t code = 0;
  if (!unit(code)) return false;
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_ + 1, 2) == "\\u") {
    uint32_t low = 0;
    at_ += 2;
    if (!unit(low)) return false;
    code =
        low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
  } else if (code >= 0xD800 && code < 0xE000) {
    code = 0xFFFD;
  }
  append_utf8(code, to);
  return true;
}

/// Four hexadecimal digits behind the u at hand.
bool JsonScanner::unit(uint32_t& code) {
  for (int i = 0; i < 4; ++i) {
    if (++at_ >= text_.size()) return false;
    const char c = text_[at_];
    const char lower = static_cast<char>(c | 0x20);
    if (!is_digit(c) && (lower < 'a' || lower > 'f')) return false;
    code = code * 16 + static_cast<uint32_t>(is_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  return true;
}

}  // namespace millrace
