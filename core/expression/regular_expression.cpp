#include "core/expression/regular_expression.hpp"

#include <re2/re2.h>

#include "core/expression/value_text.hpp"

namespace millrace {

namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

RegularExpression::RegularExpression(std::string_view pattern, const Session&) {
  RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<RE2>(piece(pattern), options);
  if (!compiled->ok()) {
    const bool look = compiled->error().find("invalid perl operator") != std::string::npos ||
                      compiled->error().find("invalid escape sequence") != std::string::npos;
    throw RowError{"the regular expression " + value_text(pattern) +
                   " cannot be used: " + compiled->error() +
                   (look ? "; lookaround and back references are not supported (RE2)" : "")};
  }
  compiled_ = std::move(compiled);
}

bool RegularExpression::found_in(std::string_view text) const {
  return RE2::PartialMatch(piece(text), *compiled_);
}

int RegularExpression::group_count() const { return compiled_->NumberOfCapturingGroups(); }

bool RegularExpression::match(std::string_view text, size_t from,
                              std::vector<std::string_view>& groups) const {
  thread_local std::vector<re2::StringPiece> found;
  const auto count = static_cast<size_t>(group_count()) + 1;
  found.resize(count);
  groups.resize(count);
  if (!compiled_->Match(piece(text), from, text.size(), RE2::UNANCHORED, found.data(),
                        static_cast<int>(count)))
    return false;
  for (size_t i = 0; i < count; ++i) groups[i] = {found[i].data(), found[i].size()};
  return true;
}

Replacement::Replacement(std::string_view text, const Session&) {
  std::string literal;
  const auto finish_literal = [&] {
    if (!literal.empty()) parts_.push_back({std::move(literal), -1});
    literal.clear();
  };
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      literal += text[++at];
    } else if (text[at] == '$') {
      const bool braces = at + 1 < text.size() && text[at + 1] == '{';
      const size_t digit = at + (braces ? 2 : 1);
      if (digit >= text.size() || text[digit] < '0' || text[digit] > '9' ||
          (braces && (digit + 1 >= text.size() || text[digit + 1] != '}')))
        throw RowError{"in the replacement " + value_text(text) +
                       " a `$` has no number of a group behind it; write \\\\$ for a dollar sign"};
      finish_literal();
      parts_.push_back({{}, text[digit] - '0'});
      at = digit + (braces ? 1 : 0);
    } else {
      literal += text[at];
    }
  }
  finish_literal();
}

void Replacement::append(const std::vector<std::string_view>& groups, Text& out) const {
  for (const auto& part : parts_) {
    if (part.group < 0) {
      out.append(part.literal);
    } else {
      const auto group = static_cast<size_t>(part.group);
      if (group >= groups.size())
        throw RowError{"the replacement names group " + std::to_string(part.group) +
                       ", the pattern has " + std::to_string(groups.size() - 1)};
      if (groups[group].data() != nullptr) out.append(groups[group]);
    }
  }
}

}  // namespace millrace
