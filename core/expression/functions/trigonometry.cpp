#include <cmath>
#include <numbers>

#include "core/expression/functions/math_parts.hpp"

namespace millrace {

namespace {

template <class Compute>
Function of_double(std::vector<std::string> names, const char* help, Example example,
                   Compute compute) {
  const auto usage = names[0] + "(x)";
  return {.names = std::move(names),
          .family = Family::math,
          .usage = usage,
          .help = help,
          .examples = {std::move(example)},
          .overloads = {row([compute](double x) noexcept -> double { return compute(x); })}};
}

}  // namespace

// A table. NOLINTNEXTLINE(readability-function-size)
void add_trigonometry(FunctionList& list) {
  list.push_back(of_double({"sin"}, "The sine.", {"sin(0)", "0.0"},
                           [](double x) noexcept { return std::sin(x); }));
  list.push_back(of_double({"cos"}, "The cosine.", {"cos(0)", "1.0"},
                           [](double x) noexcept { return std::cos(x); }));
  list.push_back(of_double({"tan"}, "The tangent.", {"tan(0)", "0.0"},
                           [](double x) noexcept { return std::tan(x); }));
  list.push_back(of_double({"asin"}, "The angle of a sine.", {"asin(0)", "0.0"},
                           [](double x) noexcept { return std::asin(x); }));
  list.push_back(of_double({"acos"}, "The angle of a cosine.", {"acos(1)", "0.0"},
                           [](double x) noexcept { return std::acos(x); }));
  list.push_back(of_double({"atan"}, "The angle of a tangent.", {"atan(0)", "0.0"},
                           [](double x) noexcept { return std::atan(x); }));
  list.push_back(of_double({"sinh"}, "The hyperbolic sine.", {"sinh(0)", "0.0"},
                           [](double x) noexcept { return std::sinh(x); }));
  list.push_back(of_double({"cosh"}, "The hyperbolic cosine.", {"cosh(0)", "1.0"},
                           [](double x) noexcept { return std::cosh(x); }));
  list.push_back(of_double({"tanh"}, "The hyperbolic tangent.", {"tanh(0)", "0.0"},
                           [](double x) noexcept { return std::tanh(x); }));
  list.push_back(of_double({"asinh"}, "The inverse of sinh.", {"asinh(0)", "0.0"},
                           [](double x) noexcept { return std::asinh(x); }));
  list.push_back(of_double({"acosh"}, "The inverse of cosh.", {"acosh(1)", "0.0"},
                           [](double x) noexcept { return std::acosh(x); }));
  list.push_back(of_double({"atanh"}, "The inverse of tanh.", {"atanh(0)", "0.0"},
                           [](double x) noexcept { return std::atanh(x); }));
  list.push_back(of_double({"cot"}, "1 / tan(x).", {"cot(0)", "Infinity"},
                           [](double x) noexcept { return 1 / std::tan(x); }));
  list.push_back(of_double({"sec"}, "1 / cos(x).", {"sec(0)", "1.0"},
                           [](double x) noexcept { return 1 / std::cos(x); }));
  list.push_back(of_double({"csc"}, "1 / sin(x).", {"csc(0)", "Infinity"},
                           [](double x) noexcept { return 1 / std::sin(x); }));
  list.push_back(of_double({"degrees"}, "An angle in degrees.", {"degrees(0)", "0.0"},
                           [](double x) noexcept { return x * 180 / std::numbers::pi; }));
  list.push_back(of_double({"radians"}, "An angle in radians.", {"radians(0)", "0.0"},
                           [](double x) noexcept { return x * std::numbers::pi / 180; }));
  list.push_back({.names = {"atan2"},
                  .family = Family::math,
                  .usage = "atan2(y, x)",
                  .help = "The angle of a point.",
                  .examples = {{"atan2(0, 1)", "0.0"}},
                  .overloads = {row([](double y, double x) noexcept -> double {
                    return std::atan2(y + 0.0, x + 0.0);
                  })}});
  list.push_back(
      {.names = {"hypot"},
       .family = Family::math,
       .usage = "hypot(x, y)",
       .help = "The distance of a point from the origin.",
       .examples = {{"hypot(3, 4)", "5.0"}},
       .overloads = {row([](double x, double y) noexcept -> double { return std::hypot(x, y); })}});
  list.push_back({.names = {"pi"},
                  .family = Family::math,
                  .usage = "pi()",
                  .help = "The number pi.",
                  .examples = {{"pi()", "3.141592653589793"}},
                  .overloads = {row([]() noexcept -> double { return std::numbers::pi; })}});
  list.push_back({.names = {"e"},
                  .family = Family::math,
                  .usage = "e()",
                  .help = "Euler's number.",
                  .examples = {{"e()", "2.718281828459045"}},
                  .overloads = {row([]() noexcept -> double { return std::numbers::e; })}});
}

}  // namespace millrace
