#include <algorithm>

#include "core/expression/built_node.hpp"
#include "core/expression/functions/codes.hpp"
#include "core/expression/unicode.hpp"

// mask hides what a text says but not its form; luhn_check tells numbers of cards from typing
// errors.
namespace millrace {

namespace {

/// What a kind of characters is replaced by, nothing where it stays.
using Cover = std::optional<std::string>;

struct Covers {
  Cover upper = "X";
  Cover lower = "x";
  Cover digit = "n";
  Cover other;
};

enum class Kind { upper, lower, digit, other };

Kind kind_of(std::string_view character) {
  const char first = character[0];
  if (first >= '0' && first <= '9') return Kind::digit;
  if (first >= 'A' && first <= 'Z') return Kind::upper;
  if (first >= 'a' && first <= 'z') return Kind::lower;
  if (character.size() == 1) return Kind::other;
  Buffer<char> bytes;
  Text text(bytes);
  append_lower(character, text);
  if (std::string_view(bytes.data(), bytes.size()) != character) return Kind::upper;
  bytes.clear();
  append_upper(character, text);
  return std::string_view(bytes.data(), bytes.size()) != character ? Kind::lower : Kind::other;
}

void append_masked(std::string_view text, const Covers& covers, std::string& out) {
  while (!text.empty()) {
    const auto character = text.substr(0, character_size(text));
    text.remove_prefix(character.size());
    const Cover* cover = nullptr;
    switch (kind_of(character)) {
      case Kind::upper:
        cover = &covers.upper;
        break;
      case Kind::lower:
        cover = &covers.lower;
        break;
      case Kind::digit:
        cover = &covers.digit;
        break;
      case Kind::other:
        cover = &covers.other;
    }
    out += *cover ? std::string_view(**cover) : character;
  }
}

/// A constant text of one character, or a null literal.
Cover cover_of(const Binding& binding, size_t argument) {
  const auto* constant = as_constant(*binding.arguments[argument]);
  if (constant == nullptr) binding.fail_at(argument, "what masks a character must be a literal");
  if (constant->is_null()) return std::nullopt;
  const auto text = constant_text(*binding.arguments[argument]);
  if (!text || count_characters(*text) != 1)
    binding.fail_at(argument, "what masks a character must be one character");
  return *text;
}

NodePtr bind_mask(Binding& binding) {
  constexpr size_t arguments_max = 5;
  if (binding.arguments.empty() || binding.arguments.size() > arguments_max)
    binding.fail("`mask` takes a text and perhaps four characters");
  Covers covers;
  Cover* const all[] = {&covers.upper, &covers.lower, &covers.digit, &covers.other};
  for (size_t i = 1; i < binding.arguments.size(); ++i) *all[i - 1] = cover_of(binding, i);
  return make_built(TypeId::string, {binding.converted(0, TypeId::string)}, binding.session,
                    Nulls::hidden, [covers](const Cells& cells, ColumnBuilder& to) {
                      std::string out;
                      append_masked(cells.text(0), covers, out);
                      to.append_bytes(out);
                    });
}

/// Every second digit from the end counts twice, less 9 above 9; the sum is a multiple of 10.
bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (size_t i = digits.size(); i-- > 0; twice = !twice) {
    if (digits[i] < '0' || digits[i] > '9') return false;
    const int digit = (digits[i] - '0') * (twice ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return !digits.empty() && sum % 10 == 0;
}

}  // namespace

void add_maskings(FunctionList& list) {
  list.push_back({.names = {"mask"},
                  .family = Family::text,
                  .usage = "mask(text, upper, lower, digit, other)",
                  .help = "Letters and digits replaced by X, x and n, or by the characters said; "
                          "NULL keeps them.",
                  .examples = {{"mask('abCD-12')", "'xxXX-nn'"},
                               {"mask('Ab-1', 'U', NULL, '#', '*')", "'Ub*#'"}},
                  .overloads = {},
                  .bind = bind_mask});
  list.push_back(
      {.names = {"luhn_check"},
       .family = Family::text,
       .usage = "luhn_check(digits)",
       .help = "Whether digits pass Luhn's check, as numbers of cards do.",
       .examples = {{"luhn_check('8112189876')", "true"}, {"luhn_check('79927398714')", "false"}},
       .overloads = {
           row([](std::string_view digits) noexcept -> bool { return passes_luhn(digits); })}});
}

}  // namespace millrace
