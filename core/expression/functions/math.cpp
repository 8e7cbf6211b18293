#include <algorithm>
#include <cmath>
#include <limits>

#include "millrace/decimal.hpp"

#include "core/expression/coercion.hpp"
#include "core/expression/decimal_types.hpp"
#include "core/expression/function.hpp"
#include "core/expression/functions/math_parts.hpp"
#include "core/expression/rounding.hpp"
#include "core/expression/value_text.hpp"

namespace millrace {

namespace {

[[noreturn]] void does_not_fit(const std::string& what, const char* type) {
  throw RowError{what + " does not fit in " + type};
}

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

/// Null outside the positive numbers, as Spark's logarithms are.
template <class Compute>
Function logarithm(std::string name, const char* help, Example example, Compute compute) {
  return {.names = {name},
          .family = Family::math,
          .usage = name + "(x)",
          .help = help,
          .examples = {std::move(example)},
          .overloads = {row([compute](double x) -> std::optional<double> {
            if (x <= 0) return std::nullopt;
            return compute(x);
          })}};
}

int64_t saturated_long(double value) noexcept {
  if (std::isnan(value)) return 0;
  if (value >= 0x1p63) return std::numeric_limits<int64_t>::max();
  if (value < -0x1p63) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

template <class Compute>
Function to_whole(std::vector<std::string> names, const char* help, Example example,
                  Compute compute) {
  const auto usage = names[0] + "(x)";
  return {.names = std::move(names),
          .family = Family::math,
          .usage = usage,
          .help = help,
          .examples = {std::move(example)},
          .overloads = {
              row([](int64_t x) noexcept -> int64_t { return x; }),
              row([compute](double x) noexcept -> int64_t { return saturated_long(compute(x)); })}};
}

template <class Whole>
Whole rounded_whole(const Session& session, Whole value, int32_t places, Rounding rounding) {
  const auto result = rounded(int64_t{value}, places, rounding);
  const auto low_bits = static_cast<Whole>(result.low_bits);
  if (session.ansi && !(result.fits && result.low_bits == low_bits))
    does_not_fit(value_text(value) + " rounded to " + std::to_string(places) + " places",
                 sizeof(Whole) == 4 ? "int" : "long");
  return low_bits;
}

template <Rounding R>
std::vector<Overload> rounding_overloads() {
  return {row([](int32_t x) noexcept -> int32_t { return x; }),
          row([](int64_t x) noexcept -> int64_t { return x; }),
          row([](float x) -> float { return static_cast<float>(rounded(double{x}, 0, R)); }),
          row([](double x) -> double { return rounded(x, 0, R); }),
          row([](const Session& s, int32_t x, int32_t places) -> int32_t {
            return rounded_whole(s, x, places, R);
          }),
          row([](const Session& s, int64_t x, int32_t places) -> int64_t {
            return rounded_whole(s, x, places, R);
          }),
          row([](double x, int32_t places) -> double { return rounded(x, places, R); })};
}

/// Rounding of a decimal has as many digits as its constant second argument says.
template <Rounding R>
NodePtr round_decimal(Binding& binding) {
  const Type type = binding.arguments[0]->type();
  int32_t places = 0;
  if (binding.arguments.size() > 2) binding.fail("`" + binding.name() + "` takes 1 or 2 arguments");
  if (binding.arguments.size() == 2) {
    const NodePtr given = binding.converted(1, TypeId::int32);
    const auto* constant = as_constant(*given);
    if (constant == nullptr)
      binding.fail_at(1, "the places of a decimal must be a constant",
                      "they decide the type of the result; round a double instead");
    if (constant->is_null()) return make_null(type);
    places = constant->value().int32(0);
  }
  const Type result = decimal_rounded(type, places);
  const int32_t wanted = std::min<int32_t>(places, type.scale);
  return make_row(
      [scale = type.scale, wanted, result](const Session& session,
                                           Int128 x) -> std::optional<Int128> {
        const auto value = rounded(x, scale, wanted, R);
        if (value && fits_digits(*value, result.precision)) return value;
        if (session.ansi)
          throw RowError{decimal_text(x, scale) + " rounded to " + std::to_string(wanted) +
                         " places does not fit in " + to_string(result)};
        return std::nullopt;
      },
      binding, {binding.arguments[0]}, result);
}

/// ceil and floor of a decimal to a whole number, or to some places.
template <Rounding R>
NodePtr bounding_decimal(Binding& binding) {
  if (binding.arguments.size() != 1) return round_decimal<R>(binding);
  const Type type = binding.arguments[0]->type();
  if (type.scale == 0) return binding.arguments[0];
  const Int128 unit = power_of_ten(type.scale);
  return make_row(
      [unit](Int128 x) noexcept -> Int128 {
        const Int128 whole = x / unit;
        const Int128 rest = x % unit;
        if (R == Rounding::up) return rest > 0 ? whole + 1 : whole;
        return rest < 0 ? whole - 1 : whole;
      },
      binding, {binding.arguments[0]}, decimal_rounded(type, 0));
}

/// The same of other numbers to some places: of the decimals that they are.
template <Rounding R>
Overload bounding_to_places(TypeId number) {
  const Type decimal = number == TypeId::float64 ? decimal_of(30, 15) : as_decimal(number);
  return {{number, TypeId::int32}, decimal, [decimal](Binding& binding) {
            binding.arguments[0] = make_cast(
                binding.arguments[0], decimal,
                binding.session->ansi ? CastMode::strict : CastMode::legacy, binding.session);
            return round_decimal<R>(binding);
          }};
}

template <Rounding R>
void add_bounding(Function function, FunctionList& list) {
  function.usage = function.names[0] + "(x, places)";
  for (const auto number : {TypeId::int32, TypeId::int64, TypeId::float64})
    function.overloads.push_back(bounding_to_places<R>(number));
  function.bind_decimal = bounding_decimal<R>;
  list.push_back(std::move(function));
}

NodePtr absolute_decimal(Binding& binding) {
  if (binding.arguments.size() != 1) binding.fail("`" + binding.name() + "` takes one number");
  return make_row([](Int128 x) noexcept -> Int128 { return static_cast<Int128>(magnitude(x)); },
                  binding, {binding.arguments[0]}, binding.arguments[0]->type());
}

template <class Whole>
Whole absolute(const Session& session, Whole x) {
  if (x != std::numeric_limits<Whole>::min()) return x < 0 ? -x : x;
  if (session.ansi) does_not_fit("abs(" + value_text(x) + ")", sizeof(Whole) == 4 ? "int" : "long");
  return x;
}

/// The C library's may be off by one in the last place even for cubes; one step of Newton's helps.
double exact_cube_root(double x) noexcept {
  const double root = std::cbrt(x);
  if (root == 0 || !std::isfinite(root)) return root;
  return root - (root * root * root - x) / (3 * root * root);
}

void add_rounding(FunctionList& list) {
  list.push_back(
      {.names = {"abs"},
       .family = Family::math,
       .usage = "abs(x)",
       .help = "The number without its sign.",
       .examples = {{"abs(-5)", "5"}},
       .overloads = {row([](const Session& s, int32_t x) -> int32_t { return absolute(s, x); }),
                     row([](const Session& s, int64_t x) -> int64_t { return absolute(s, x); }),
                     row([](float x) noexcept -> float { return std::abs(x); }),
                     row([](double x) noexcept -> double { return std::abs(x); })},
       .bind_decimal = absolute_decimal});
  auto ceil =
      to_whole({"ceil", "ceiling"},
               "The next number that is not less: a long, or a decimal with so many places.",
               {"ceil(-0.1)", "0"}, [](double x) noexcept { return std::ceil(x); });
  ceil.examples.push_back({"ceil(3.1411, 3)", "3.142"});
  ceil.examples.push_back({"ceil(3.1411, -3)", "1000"});
  add_bounding<Rounding::up>(std::move(ceil), list);
  auto floor = to_whole(
      {"floor"}, "The next number that is not greater: a long, or a decimal with so many places.",
      {"floor(-0.1)", "-1"}, [](double x) noexcept { return std::floor(x); });
  floor.examples.push_back({"floor(3.1411, 3)", "3.141"});
  add_bounding<Rounding::down>(std::move(floor), list);
  list.push_back(
      {.names = {"round"},
       .family = Family::math,
       .usage = "round(x, places)",
       .help = "Rounds; halves go away from zero. Without places, to a whole number.",
       .examples = {{"round(2.5)", "3"}, {"round(2.675, 2)", "2.68"}, {"round(15, -1)", "20"}},
       .overloads = rounding_overloads<Rounding::half_up>(),
       .bind_decimal = round_decimal<Rounding::half_up>});
  list.push_back({.names = {"bround"},
                  .family = Family::math,
                  .usage = "bround(x, places)",
                  .help = "Rounds; halves go to the even neighbour.",
                  .examples = {{"bround(2.5)", "2"}},
                  .overloads = rounding_overloads<Rounding::half_even>(),
                  .bind_decimal = round_decimal<Rounding::half_even>});
  list.push_back(of_double({"rint"}, "The nearest whole number, as a double.", {"rint(2.5)", "2.0"},
                           [](double x) noexcept { return std::nearbyint(x); }));
  list.push_back(of_double({"sign", "signum"}, "-1, 0 or 1.", {"sign(-3)", "-1.0"},
                           [](double x) noexcept { return x > 0 ? 1.0 : (x < 0 ? -1.0 : x); }));
}

void add_powers(FunctionList& list) {
  list.push_back(of_double({"sqrt"}, "The square root.", {"sqrt(9)", "3.0"},
                           [](double x) noexcept { return std::sqrt(x); }));
  list.push_back(of_double({"cbrt"}, "The cube root.", {"cbrt(27)", "3.0"}, exact_cube_root));
  list.push_back(of_double({"exp"}, "e to the power of x.", {"exp(0)", "1.0"},
                           [](double x) noexcept { return std::exp(x); }));
  list.push_back(of_double({"expm1"}, "exp(x) - 1.", {"expm1(0)", "0.0"},
                           [](double x) noexcept { return std::expm1(x); }));
  list.push_back(
      {.names = {"pow", "power"},
       .family = Family::math,
       .usage = "pow(x, y)",
       .help = "x to the power of y.",
       .examples = {{"pow(2, 10)", "1024.0"}},
       .overloads = {row([](double x, double y) noexcept -> double { return std::pow(x, y); })}});
  list.push_back(logarithm("ln", "The natural logarithm; null for x <= 0.", {"ln(1)", "0.0"},
                           [](double x) { return std::log(x); }));
  list.push_back(logarithm("log10", "The logarithm to base 10; null for x <= 0.",
                           {"log10(1000)", "3.0"}, [](double x) { return std::log10(x); }));
  list.push_back(logarithm("log2", "The logarithm to base 2; null for x <= 0.", {"log2(8)", "3.0"},
                           [](double x) { return std::log2(x); }));
  list.push_back({.names = {"log1p"},
                  .family = Family::math,
                  .usage = "log1p(x)",
                  .help = "ln(1 + x); null for x <= -1.",
                  .examples = {{"log1p(0)", "0.0"}},
                  .overloads = {row([](double x) -> std::optional<double> {
                    if (x <= -1) return std::nullopt;
                    return std::log1p(x);
                  })}});
  list.push_back({.names = {"log"},
                  .family = Family::math,
                  .usage = "log(base, x)",
                  .help = "The logarithm of x, without a base the natural one; null for x <= 0.",
                  .examples = {{"log(2, 8)", "3.0"}, {"log(1)", "0.0"}},
                  .overloads = {row([](double x) -> std::optional<double> {
                                  if (x <= 0) return std::nullopt;
                                  return std::log(x);
                                }),
                                row([](double base, double x) -> std::optional<double> {
                                  if (x <= 0 || base <= 0) return std::nullopt;
                                  return std::log(x) / std::log(base);
                                })}});
}

}  // namespace

void add_math(FunctionList& list) {
  add_rounding(list);
  add_powers(list);
  add_trigonometry(list);
  list.push_back(
      {.names = {"isnan"},
       .family = Family::math,
       .usage = "isnan(x)",
       .help = "Whether a number is NaN; false for null.",
       .examples = {{"isnan(cast('NaN' as double))", "true"}, {"isnan(NULL)", "false"}},
       .overloads = {row([](std::optional<double> x) -> bool { return x && std::isnan(*x); })}});
  list.push_back({.names = {"nanvl"},
                  .family = Family::math,
                  .usage = "nanvl(x, y)",
                  .help = "x, or y where x is NaN.",
                  .examples = {{"nanvl(cast('NaN' as double), 1)", "1.0"}},
                  .overloads = {row([](std::optional<double> x,
                                       std::optional<double> y) -> std::optional<double> {
                    return x && std::isnan(*x) ? y : x;
                  })}});
  add_bits(list);
}

}  // namespace millrace
