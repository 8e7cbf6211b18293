#include "plugins/json/token_index.hpp"

#include <algorithm>
#include <cstring>
#include <simdjson.h>

#include "millrace/error.hpp"

namespace millrace::json {
namespace {

// The first stage does not count nesting; the parser object only has to be told some depth.
constexpr size_t unused_depth = 1;

// Its memory is several times the text; a quiet stream never has much at once.
constexpr size_t least_capacity = 4 * 1024;

size_t capacity_for(std::string_view text) {
  return std::max(least_capacity, text.size() + text.size() / 2);
}

const char* explain(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return "the text is not valid UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "a string has no closing quote";
    case simdjson::UNESCAPED_CHARS:
      return "a string holds a control character that is not escaped";
    default:
      return simdjson::error_message(error);
  }
}

}  // namespace

TokenIndex::TokenIndex() = default;
TokenIndex::TokenIndex(TokenIndex&&) noexcept = default;
TokenIndex& TokenIndex::operator=(TokenIndex&&) noexcept = default;
TokenIndex::~TokenIndex() = default;

bool TokenIndex::find(std::string_view text) {
  if (parser_ == nullptr) {
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            capacity_for(text), unused_depth, parser_))
      throw Error::internal("no memory for a JSON parser");
  } else if (parser_->capacity() < text.size()) {
    if (parser_->set_capacity(capacity_for(text)))
      throw Error::data("a JSON text of " + std::to_string(text.size()) + " bytes is too large");
  }
  const auto error = text.empty() ? simdjson::EMPTY
                                  : parser_->stage1(reinterpret_cast<const uint8_t*>(text.data()),
                                                    text.size(), simdjson::stage1_mode::regular);
  tokens_.text = text.data();
  tokens_.has_escapes = !text.empty() && std::memchr(text.data(), '\\', text.size()) != nullptr;
  if (error == simdjson::EMPTY) {
    none_.assign(3, static_cast<uint32_t>(text.size()));
    tokens_.at = none_.data();
    return true;
  }
  if (error != simdjson::SUCCESS) {
    fault_ = explain(error);
    return false;
  }
  // Two entries after the last hold the size; simdjson sets the third to zero.
  tokens_.at = parser_->structural_indexes.get();
  return true;
}

}  // namespace millrace::json
