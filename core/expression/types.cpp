#include "core/expression/types.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "millrace/decimal.hpp"

#include "core/diagnostics/nearest.hpp"

namespace millrace {

namespace {

constexpr std::array<std::pair<std::string_view, TypeId>, 18> names{
    {{"boolean", TypeId::boolean},
     {"bool", TypeId::boolean},
     {"int", TypeId::int32},
     {"integer", TypeId::int32},
     {"long", TypeId::int64},
     {"bigint", TypeId::int64},
     {"float", TypeId::float32},
     {"real", TypeId::float32},
     {"double", TypeId::float64},
     {"string", TypeId::string},
     {"text", TypeId::string},
     {"varchar", TypeId::string},
     {"binary", TypeId::binary},
     {"bytes", TypeId::binary},
     {"date", TypeId::date},
     {"timestamp", TypeId::timestamp},
     {"interval", TypeId::duration},
     {"duration", TypeId::duration}}};

/// Recursive descent over: name | array<type> | struct<name: type, ...>.
class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : text_(text) {}

  Type whole() {
    Type type = read(0);
    skip();
    if (at_ != text_.size())
      fail("there is more text behind the type", at_, text_.size(),
           "a type is one word such as int, array<type> or struct<name: type, ...>");
    return type;
  }

 private:
  Type read(int depth) {
    constexpr int depth_max = 32;
    skip();
    const size_t begin = at_;
    if (depth > depth_max) fail("the type nests too deeply", begin, text_.size());
    const auto name = lower(word());
    if (name == "array" || name == "struct") {
      expect('<');
      Type type =
          name == "array" ? list_of(read(depth + 1)) : Type(TypeId::structure, fields(depth));
      expect('>');
      return type;
    }
    if (name == "decimal" || name == "numeric" || name == "dec") return decimal(begin);
    for (const auto& [known, id] : names)
      if (known == name) return id;
    unknown(name, begin);
  }

  /// What stands behind `decimal`: nothing, (precision) or (precision, scale).
  Type decimal(size_t begin) {
    constexpr int usual_precision = 10;
    if (!accept('(')) return decimal_of(usual_precision, 0);
    const int precision = count();
    const int scale = accept(',') ? count() : 0;
    skip();
    if (!accept(')'))
      fail("expected `)`", at_, std::min(at_ + 1, text_.size()),
           "a decimal is written decimal(precision, scale)");
    if (const auto problem = decimal_problem(precision, scale); !problem.empty())
      fail(problem, begin, at_, decimal_help());
    return decimal_of(precision, scale);
  }

  /// A number of digits; what is too large for any is 1000.
  int count() {
    skip();
    const size_t begin = at_;
    constexpr int count_max = 1000;
    int value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
      value = std::min(count_max, value * 10 + (text_[at_] - '0'));
    if (at_ == begin)
      fail("expected a number of digits", begin, std::min(begin + 1, text_.size()),
           "a decimal is written decimal(precision, scale)");
    return value;
  }

  std::vector<Field> fields(int depth) {
    std::vector<Field> read_fields;
    do {
      skip();
      const size_t begin = at_;
      auto name = std::string(word());
      if (name.empty()) fail("a field of a struct needs a name", begin, at_);
      skip();
      if (at_ < text_.size() && text_[at_] == ':') ++at_;
      Type type = read(depth + 1);
      read_fields.push_back({std::move(name), std::move(type)});
    } while (accept(','));
    return read_fields;
  }

  [[noreturn]] void unknown(const std::string& name, size_t begin) {
    if (name.empty()) fail("a type is missing", begin, std::min(begin + 1, text_.size()), known());
    std::vector<std::string> candidates{"array", "struct", "decimal"};
    for (const auto& entry : names) candidates.emplace_back(entry.first);
    const auto near = nearest(name, candidates);
    fail("unknown type `" + name + "`", begin, at_,
         near ? "did you mean `" + *near + "`?" : known());
  }

  static std::string known() {
    return "types are boolean, int, long, float, double, decimal(precision, scale), string, "
           "binary, "
           "date, timestamp, interval, array<type> and struct<name: type, ...>";
  }

  void expect(char c) {
    skip();
    if (!accept(c))
      fail(std::string("expected `") + c + "`", at_, std::min(at_ + 1, text_.size()),
           "types with parts are written array<int> and struct<name: type, ...>");
  }
  bool accept(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view word() {
    const size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  text_[at_] == '_' || (text_[at_] & 0x80) != 0))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  static std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
  }
  [[noreturn]] void fail(const std::string& message, size_t begin, size_t end,
                         const std::string& help = {}) {
    throw ExpressionError(ExpressionError::Kind::unknown_type, message, begin, end, help);
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::string decimal_problem(int precision, int scale) {
  if (precision < 1) return "a decimal has at least 1 digit";
  if (precision > decimal_digits_max)
    return "a decimal has at most 38 digits, not " + std::to_string(precision);
  if (scale < 0 || scale > precision)
    return "a decimal of " + std::to_string(precision) + " digits cannot have " +
           std::to_string(scale) + " of them behind the point";
  return "";
}

std::string decimal_help() {
  return "write decimal(precision, scale) with 1 <= precision <= 38 and 0 <= scale <= precision";
}

Type parse_type(std::string_view text) { return TypeReader(text).whole(); }

}  // namespace millrace
