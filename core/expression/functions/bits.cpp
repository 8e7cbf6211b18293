#include <bit>
#include <cmath>

#include "core/expression/functions/math_parts.hpp"
#include "core/expression/text_codes.hpp"

namespace millrace {

namespace {

void add_shifts(FunctionList& list) {
  list.push_back(
      {.names = {"shiftleft"},
       .family = Family::math,
       .usage = "shiftleft(x, bits)",
       .help = "The bits of x moved left.",
       .examples = {{"shiftleft(2, 3)", "16"}},
       .overloads = {row([](int32_t x, int32_t bits) noexcept -> int32_t {
                       return static_cast<int32_t>(static_cast<uint32_t>(x) << (bits & 31));
                     }),
                     row([](int64_t x, int32_t bits) noexcept -> int64_t {
                       return static_cast<int64_t>(static_cast<uint64_t>(x) << (bits & 63));
                     })}});
  list.push_back(
      {.names = {"shiftright"},
       .family = Family::math,
       .usage = "shiftright(x, bits)",
       .help = "The bits of x moved right, keeping the sign.",
       .examples = {{"shiftright(16, 3)", "2"}},
       .overloads = {
           row([](int32_t x, int32_t bits) noexcept -> int32_t { return x >> (bits & 31); }),
           row([](int64_t x, int32_t bits) noexcept -> int64_t { return x >> (bits & 63); })}});
  list.push_back(
      {.names = {"shiftrightunsigned"},
       .family = Family::math,
       .usage = "shiftrightunsigned(x, bits)",
       .help = "The bits of x moved right, with zeros from the left.",
       .examples = {{"shiftrightunsigned(-1, 28)", "15"}},
       .overloads = {row([](int32_t x, int32_t bits) noexcept -> int32_t {
                       return static_cast<int32_t>(static_cast<uint32_t>(x) >> (bits & 31));
                     }),
                     row([](int64_t x, int32_t bits) noexcept -> int64_t {
                       return static_cast<int64_t>(static_cast<uint64_t>(x) >> (bits & 63));
                     })}});
}

std::optional<int64_t> factorial(int32_t x) {
  constexpr int32_t most = 20;  // 21! has more than 64 bits.
  if (x < 0 || x > most) return std::nullopt;
  int64_t product = 1;
  for (int32_t i = 2; i <= x; ++i) product *= i;
  return product;
}

int32_t bit_of(int64_t x, int32_t position) {
  if (position < 0 || position > 63)
    throw RowError{"bits are numbered from 0 to 63, there is no bit " + std::to_string(position)};
  return static_cast<int32_t>(static_cast<uint64_t>(x) >> position & 1);
}

/// 0 below the range, count + 1 at its end and above; null where there is no such range.
std::optional<int64_t> bucket(double x, double low, double high, int64_t count) {
  if (count <= 0 || count == INT64_MAX || std::isnan(x) || low == high || !std::isfinite(low) ||
      !std::isfinite(high))
    return std::nullopt;
  const bool rising = low < high;
  if (rising ? x < low : x > low) return 0;
  if (rising ? x >= high : x <= high) return count + 1;
  return static_cast<int64_t>(static_cast<double>(count) * (x - low) / (high - low)) + 1;
}

}  // namespace

void add_bits(FunctionList& list) {
  add_shifts(list);
  list.push_back({.names = {"bit_count"},
                  .family = Family::math,
                  .usage = "bit_count(x)",
                  .help = "The number of bits that are set.",
                  .examples = {{"bit_count(7)", "3"}},
                  .overloads = {row([](bool x) noexcept -> int32_t { return x ? 1 : 0; }),
                                row([](int64_t x) noexcept -> int32_t {
                                  return std::popcount(static_cast<uint64_t>(x));
                                })}});
  list.push_back({.names = {"bit_get", "getbit"},
                  .family = Family::math,
                  .usage = "bit_get(x, position)",
                  .help = "A bit, 0 or 1, counted from 0 at the least one.",
                  .examples = {{"bit_get(11, 2)", "0"}},
                  .overloads = {row([](int64_t x, int32_t position) -> int32_t {
                    return bit_of(x, position);
                  })}});
  list.push_back(
      {.names = {"factorial"},
       .family = Family::math,
       .usage = "factorial(x)",
       .help = "The factorial of 0 to 20; null for other numbers.",
       .examples = {{"factorial(5)", "120"}, {"factorial(21)", "null"}},
       .overloads = {row([](int32_t x) -> std::optional<int64_t> { return factorial(x); })}});
  list.push_back({.names = {"conv"},
                  .family = Family::math,
                  .usage = "conv(digits, from_base, to_base)",
                  .help = "A number in another base, 2 to 36; a negative one keeps the sign.",
                  .examples = {{"conv('100', 2, 10)", "'4'"}, {"conv('-10', 16, -10)", "'-16'"}},
                  .overloads = {row([](const Session& s, Text& out, std::string_view digits,
                                       int32_t from, int32_t to) -> bool {
                    return strings::append_converted(out, digits, from, to, s.ansi);
                  })}});
  list.push_back({.names = {"width_bucket"},
                  .family = Family::math,
                  .usage = "width_bucket(x, low, high, count)",
                  .help = "Which of `count` equal parts of a range a number is in, counted from 1.",
                  .examples = {{"width_bucket(5.3, 0.2, 10.6, 5)", "3"}},
                  .overloads = {row([](double x, double low, double high,
                                       int64_t count) -> std::optional<int64_t> {
                    return bucket(x, low, high, count);
                  })}});
}

}  // namespace millrace
