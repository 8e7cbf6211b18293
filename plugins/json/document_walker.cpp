#include "plugins/json/document_walker.hpp"

#include <algorithm>

#include "plugins/json/scalar.hpp"

namespace millrace::json {
namespace {

constexpr size_t deepest = 1000;
constexpr size_t most_remembered_keys = 256;
constexpr size_t longest_remembered_key = 256;

bool has_escape(std::string_view inside) { return inside.find('\\') != std::string_view::npos; }

}  // namespace

uint32_t DocumentWalker::walk(uint32_t token, uint32_t end, uint32_t* values) {
  end_ = end;
  if (!is_within(token)) return 0;
  if (tokens_.kind(token) != '{') return fail("a JSON object was expected", token), 0;
  token = members(token + 1, values);
  if (ignores_text_behind_ && token != 0)
    while (tokens_.at[token] < end_) ++token;
  if (token != 0 && tokens_.at[token] < end_)
    return fail("there is text after the object", token), 0;
  return token;
}

// From the token after the opening brace to the one after the closing brace.
uint32_t DocumentWalker::members(uint32_t token, uint32_t* values) {
  if (!is_within(token)) return 0;
  if (tokens_.kind(token) == '}') return token + 1;
  for (size_t position = 0;; ++position) {
    if (!check_key(token)) return 0;
    const int field = field_of(position, tokens_.inside(token));
    token += 2;
    if (!is_within(token)) return 0;
    const char kind = tokens_.kind(token);
    const bool nested = kind == '{' || kind == '[';
    if (field >= 0) {
      // A value that a later one replaces is checked here; the last one when it is read.
      auto& value = values[field];
      if (value != 0 && !nested && !check_scalar(value)) return 0;
      value = token;
    } else if (!nested && !check_scalar(token)) {
      return 0;
    }
    token = nested ? skip(token) : token + 1;
    if (token == 0 || !is_within(token)) return 0;
    const char separator = tokens_.kind(token++);
    if (separator == '}') return token;
    if (separator != ',') return fail("`,` or `}` was expected", token - 1), 0;
    if (!is_within(token)) return 0;
  }
}

int DocumentWalker::field_of(size_t position, std::string_view key) {
  if (position < seen_.size() && seen_[position].key == key) return seen_[position].field;
  std::string_view name = key;
  std::string plain;
  if (tokens_.has_escapes && has_escape(key)) {
    plain.resize(key.size());
    plain.resize(static_cast<size_t>(unescape(key, plain.data()) - plain.data()));
    name = plain;
  }
  const auto found = std::find(wanted_.begin(), wanted_.end(), name);
  const int field = found == wanted_.end() ? -1 : static_cast<int>(found - wanted_.begin());
  if (position < most_remembered_keys && key.size() <= longest_remembered_key) {
    if (position >= seen_.size()) seen_.resize(position + 1, {"\"", -1});  // A key that cannot be.
    seen_[position] = {std::string(key), field};
  }
  return field;
}

// Over the object or array that begins at `token`.
uint32_t DocumentWalker::skip(uint32_t token) {
  open_.clear();
  for (;;) {
    // At a value.
    if (!is_within(token)) return 0;
    const char kind = tokens_.kind(token);
    if (kind == '{' || kind == '[') {
      if (open_.size() == deepest) return fail("the value is nested too deeply", token), 0;
      open_.push_back(kind);
      if (!is_within(++token)) return 0;
      if (tokens_.kind(token) != (kind == '{' ? '}' : ']')) {
        if (kind == '{') {
          if (!check_key(token)) return 0;
          token += 2;
        }
        continue;
      }
    } else {
      if (!check_scalar(token++)) return 0;
      if (!is_within(token)) return 0;
    }
    // Behind a value, or at the end of an empty object or array: close what ends here.
    while (tokens_.kind(token) == (open_.back() == '{' ? '}' : ']')) {
      open_.pop_back();
      ++token;
      if (open_.empty()) return token;
      if (!is_within(token)) return 0;
    }
    if (tokens_.kind(token) != ',')
      return fail(open_.back() == '{' ? "`,` or `}` was expected" : "`,` or `]` was expected",
                  token),
             0;
    if (!is_within(++token)) return 0;
    if (open_.back() == '{') {
      if (!check_key(token)) return 0;
      token += 2;
    }
  }
}

bool DocumentWalker::check_scalar(uint32_t token) {
  // Whatever follows a value inside an object belongs to the document too.
  if (!is_within(token + 1)) return false;
  const char kind = tokens_.kind(token);
  if (kind == '"')
    return !tokens_.has_escapes || has_valid_escapes(tokens_.inside(token)) ||
           fail("the string has a bad escape", token);
  const auto text = tokens_.span(token);
  if (kind == '-' || (kind >= '0' && kind <= '9'))
    return is_number(text) || fail("this is not a number", token);
  return is_literal(text) || fail("a value was expected", token);
}

// A key and the colon after it.
bool DocumentWalker::check_key(uint32_t token) {
  if (tokens_.kind(token) != '"') return fail("a field name in quotes was expected", token);
  if (!is_within(token + 1)) return false;
  if (tokens_.kind(token + 1) != ':') return fail("`:` was expected", token + 1);
  if (tokens_.has_escapes && !has_valid_escapes(tokens_.inside(token)))
    return fail("the field name has a bad escape", token);
  return true;
}

bool DocumentWalker::is_within(uint32_t token) {
  if (tokens_.at[token] < end_) return true;
  fault_ = "the JSON text ends too early";
  fault_at_ = end_;
  return false;
}

bool DocumentWalker::fail(const std::string& what, uint32_t token) {
  fault_ = what;
  fault_at_ = tokens_.at[token];
  return false;
}

uint32_t DocumentWalker::after(const Tokens& tokens, uint32_t token) {
  int depth = 0;
  do {
    const char kind = tokens.kind(token++);
    if (kind == '{' || kind == '[') ++depth;
    if (kind == '}' || kind == ']') --depth;
  } while (depth != 0);
  return token;
}

}  // namespace millrace::json
