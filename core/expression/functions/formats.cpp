#include "millrace/decimal.hpp"

#include "core/expression/built_node.hpp"
#include "core/expression/format_text.hpp"
#include "core/expression/functions/codes.hpp"
#include "core/expression/rounding.hpp"
#include "core/expression/text_parts.hpp"

namespace millrace {

namespace {

NodePtr bind_format(Binding& binding) {
  if (binding.arguments.empty()) binding.fail("`" + binding.name() + "` takes a format and values");
  binding.arguments[0] = binding.converted(0, TypeId::string);
  std::shared_ptr<const FormatText> constant;  // Shared with nothing; closures must be copyable.
  if (const auto text = constant_text(*binding.arguments[0]))
    constant = std::make_shared<const FormatText>(*text, *binding.session);
  return make_built(
      TypeId::string, binding.arguments, binding.session, Nulls::seen,
      [constant](const Cells& cells, ColumnBuilder& to) {
        if (cells.is_null(0)) return to.append_null();
        std::vector<const Column*> columns;
        std::vector<int64_t> rows;
        for (size_t i = 1; i < cells.count(); ++i) {
          columns.push_back(&cells.column(i));
          rows.push_back(cells.at(i));
        }
        std::string text;
        if (constant != nullptr)
          constant->append(columns, rows, cells.session, text);
        else
          FormatText(cells.text(0), cells.session).append(columns, rows, cells.session, text);
        to.append_bytes(text);
      });
}

bool append_number(Text& out, double value, int32_t places) {
  constexpr int32_t places_max = 350;
  if (places < 0) return false;
  out.append(number_with_commas(value, std::min(places, places_max)));
  return true;
}

/// A long beyond 2^53 would lose digits as a double.
bool append_number(Text& out, int64_t value, int32_t places) {
  if (places < 0) return false;
  constexpr int64_t exact_max = int64_t{1} << 53;
  if (value > -exact_max && value < exact_max)
    return append_number(out, static_cast<double>(value), places);
  std::string digits = std::to_string(value);
  for (size_t at = digits.size(); at > (value < 0 ? 4U : 3U);) digits.insert(at -= 3, ",");
  if (places > 0) digits += "." + std::string(static_cast<size_t>(places), '0');
  out.append(digits);
  return true;
}

/// All digits of a decimal count; halves go to the even neighbour.
NodePtr format_decimal(Binding& binding) {
  if (binding.arguments.size() != 2) binding.fail("`format_number` takes a number and its places");
  return make_row(
      [scale = int{binding.arguments[0]->type().scale}](Text& out, Int128 value,
                                                        int32_t places) -> bool {
        if (places < 0) return false;
        const int32_t kept = std::min<int32_t>(places, scale);
        auto text = decimal_text(*rounded(value, scale, kept, Rounding::half_even), kept);
        const size_t first = text[0] == '-' ? 1 : 0;
        const size_t point = std::min(text.find('.'), text.size());
        for (size_t at = point; at > first + 3;) text.insert(at -= 3, ",");
        if (places > kept) {
          if (kept == 0) text += '.';
          constexpr int32_t places_max = 350;
          text.append(static_cast<size_t>(std::min(places, places_max) - kept), '0');
        }
        out.append(text);
        return true;
      },
      binding, {binding.arguments[0], binding.converted(1, TypeId::int32)});
}

}  // namespace

void add_formats(FunctionList& list) {
  list.push_back({.names = {"format_number"},
                  .family = Family::text,
                  .usage = "format_number(x, places)",
                  .help = "A number with commas between thousands, rounded to some places.",
                  .examples = {{"format_number(12332.123456, 4)", "'12,332.1235'"},
                               {"format_number(1234567, 0)", "'1,234,567'"}},
                  .overloads = {row([](Text& out, int64_t value, int32_t places) -> bool {
                                  return append_number(out, value, places);
                                }),
                                row([](Text& out, double value, int32_t places) -> bool {
                                  return append_number(out, value, places);
                                })},
                  .bind_decimal = format_decimal});
  list.push_back({.names = {"format_string", "printf"},
                  .family = Family::text,
                  .usage = "format_string(format, a, b, ...)",
                  .help = "Values written by a format such as '%s has %5.2f'.",
                  .examples = {{"format_string('Hello %s: %05d', 'you', 42)", "'Hello you: 00042'"},
                               {"format_string('%,.2f', 12345.678)", "'12,345.68'"}},
                  .overloads = {},
                  .bind = bind_format});
}

}  // namespace millrace
