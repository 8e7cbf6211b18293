#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace simdjson::internal {
class dom_parser_implementation;
}

namespace millrace::json {

// Where the tokens of a JSON text begin: `text[at[i]]` is a bracket, brace, colon, comma, the
// opening quote of a string or the first character of a number or literal. Between at[i] and
// at[i + 1] there is that token and whitespace, nothing else. After the last token come entries
// that equal the text's size.
struct Tokens {
  const char* text = nullptr;
  const uint32_t* at = nullptr;
  bool has_escapes = false;  // Whether there is any backslash in the text.

  char kind(uint32_t token) const { return text[at[token]]; }
  // The token without the whitespace behind it.
  std::string_view span(uint32_t token) const {
    uint32_t end = at[token + 1];
    while (text[end - 1] == ' ' || text[end - 1] == '\n' || text[end - 1] == '\r' ||
           text[end - 1] == '\t')
      --end;
    return {text + at[token], end - at[token]};
  }
  // What stands between a string token's quotes.
  std::string_view inside(uint32_t token) const {
    const auto quoted = span(token);
    return {quoted.data() + 1, quoted.size() < 2 ? 0 : quoted.size() - 2};
  }
};

// Finds the tokens of many documents at once with simdjson's first stage, which reads 64 bytes per
// step. One object serves one thread.
class TokenIndex {
 public:
  TokenIndex();
  TokenIndex(TokenIndex&&) noexcept;
  TokenIndex& operator=(TokenIndex&&) noexcept;
  ~TokenIndex();

  // False when the text as a whole cannot be indexed; fault() then says why. The tokens stay valid
  // until the next call.
  bool find(std::string_view text);
  const Tokens& tokens() const { return tokens_; }
  const char* fault() const { return fault_; }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  std::vector<uint32_t> none_;
  Tokens tokens_;
  const char* fault_ = "";
};

}  // namespace millrace::json
