#include <algorithm>

#include "core/expression/coercion.hpp"
#include "core/expression/concat_node.hpp"
#include "core/expression/function.hpp"
#include "core/expression/functions/array_changes.hpp"
#include "core/expression/functions/codes.hpp"
#include "core/expression/text_parts.hpp"
#include "core/expression/unicode.hpp"

namespace millrace {

namespace {

NodePtr bind_concat(Binding& binding) {
  if (binding.name() != "concat_ws" && !binding.arguments.empty() &&
      binding.arguments[0]->type().id == TypeId::list)
    return bind_joined_arrays(binding);
  bool binary = !binding.arguments.empty();
  for (const auto& argument : binding.arguments)
    binary = binary && argument->type().id == TypeId::binary;
  for (size_t i = 0; i < binding.arguments.size(); ++i) {
    const Type wanted = binary ? TypeId::binary : TypeId::string;
    if (!conversion_cost(binding.arguments[i]->type(), wanted))
      binding.fail_at(i,
                      "`" + binding.name() + "` joins strings, this is " +
                          to_string(binding.arguments[i]->type()),
                      "cast it to string");
    binding.arguments[i] = binding.converted(i, wanted);
  }
  if (binding.name() != "concat_ws") return make_concat(binding.arguments);
  if (binding.arguments.empty()) binding.fail("`concat_ws` needs a separator");
  return make_concat_with_separator(binding.arguments);
}

NodePtr bind_reverse(Binding& binding) {
  if (binding.arguments.size() == 1 && binding.arguments[0]->type().id == TypeId::list)
    return bind_reversed_array(binding);
  if (binding.arguments.size() != 1) binding.fail("`reverse` takes one value");
  return make_row([](Text& out, std::string_view s) { strings::append_reversed(out, s); }, binding,
                  {binding.converted(0, TypeId::string)});
}

Function function(std::vector<std::string> names, std::string usage, std::string help,
                  std::vector<Example> examples, std::vector<Overload> overloads) {
  return {.names = std::move(names),
          .family = Family::text,
          .usage = std::move(usage),
          .help = std::move(help),
          .examples = std::move(examples),
          .overloads = std::move(overloads)};
}

template <class Trim>
Function trim(std::vector<std::string> names, std::string usage, std::string help,
              std::vector<Example> examples, Trim cut) {
  return function(
      std::move(names), std::move(usage), std::move(help), std::move(examples),
      {row([cut](Text& out, std::string_view s) { out.append(cut(s, std::string_view(" "))); }),
       row([cut](Text& out, std::string_view s, std::string_view set) {
         out.append(cut(s, set));
       })});
}

template <class Find>
Function search(std::vector<std::string> names, std::string usage, std::string help,
                Example example, Find find) {
  return function(std::move(names), std::move(usage), std::move(help), {std::move(example)},
                  {row([find](std::string_view s, std::string_view wanted) noexcept -> bool {
                    return find(s, wanted);
                  })});
}

void add_parts(FunctionList& list) {
  list.push_back(function({"substring", "substr"}, "substring(text, position, count)",
                          "A part of a string; without a count, up to its end.",
                          {{"substring('Spark SQL', 5, 3)", "'k S'"},
                           {"substring('Spark', -3)", "'ark'"},
                           {"substring('Spark' FROM 2 FOR 2)", "'pa'"}},
                          {row([](Text& out, std::string_view s, int32_t position) {
                             out.append(strings::part(s, position, INT32_MAX));
                           }),
                           row([](Text& out, std::string_view s, int32_t position, int32_t count) {
                             out.append(strings::part(s, position, count));
                           })}));
  list.push_back(function({"left"}, "left(text, count)", "The first characters.",
                          {{"left('Spark', 2)", "'Sp'"}},
                          {row([](Text& out, std::string_view s, int32_t count) {
                            out.append(strings::between(s, 0, count));
                          })}));
  list.push_back(function({"right"}, "right(text, count)", "The last characters.",
                          {{"right('Spark', 2)", "'rk'"}},
                          {row([](Text& out, std::string_view s, int32_t count) {
                            out.append(strings::last_part(s, count));
                          })}));
  list.push_back(
      function({"split_part"}, "split_part(text, delimiter, number)",
               "One of the parts between delimiters, counted from 1, or from the end.",
               {{"split_part('a.b.c', '.', 2)", "'b'"}, {"split_part('a.b.c', '.', -1)", "'c'"}},
               {row([](Text& out, std::string_view s, std::string_view delimiter, int32_t number) {
                 out.append(strings::split_part(s, delimiter, number));
               })}));
  list.push_back(
      function({"substring_index"}, "substring_index(text, delimiter, count)",
               "What stands before the delimiter of that number; behind it for negative numbers.",
               {{"substring_index('www.a.org', '.', 2)", "'www.a'"},
                {"substring_index('www.a.org', '.', -1)", "'org'"}},
               {row([](Text& out, std::string_view s, std::string_view delimiter, int32_t count) {
                 out.append(strings::substring_index(s, delimiter, count));
               })}));
  list.push_back(trim({"trim", "btrim"}, "trim(text)",
                      "Without the blanks around it, or the characters named.",
                      {{"trim('  a ')", "'a'"}, {"trim(BOTH 'x' FROM 'xax')", "'a'"}},
                      [](std::string_view s, std::string_view set) {
                        return strings::trim_back(strings::trim_front(s, set), set);
                      }));
  list.push_back(trim({"ltrim"}, "ltrim(text)", "Without the blanks before it.",
                      {{"ltrim('  a ')", "'a '"}}, strings::trim_front));
  list.push_back(trim({"rtrim"}, "rtrim(text)", "Without the blanks behind it.",
                      {{"rtrim(' a  ')", "' a'"}}, strings::trim_back));
}

void add_searches(FunctionList& list) {
  list.push_back(function({"instr"}, "instr(text, wanted)",
                          "The position where a string begins in another, 0 where it is not in it.",
                          {{"instr('SparkSQL', 'SQL')", "6"}, {"position('a' IN 'Spark')", "3"}},
                          {row([](std::string_view s, std::string_view wanted) noexcept -> int32_t {
                            return strings::find_from(s, wanted, 0);
                          })}));
  list.push_back(function(
      {"locate", "charindex"}, "locate(wanted, text, start)",
      "The same with the wanted string first.",
      {{"locate('a', 'banana')", "2"}, {"locate('a', 'banana', 3)", "4"}},
      {row([](std::string_view wanted, std::string_view s) noexcept -> int32_t {
         return strings::find_from(s, wanted, 0);
       }),
       row([](std::string_view wanted, std::string_view s, int32_t start) noexcept -> int32_t {
         return start < 1 ? 0 : strings::find_from(s, wanted, start - 1);
       })}));
  list.push_back(search({"startswith", "starts_with"}, "startswith(text, prefix)",
                        "Whether a string begins with another.",
                        {"startswith('Spark', 'Sp')", "true"},
                        [](std::string_view s, std::string_view p) { return s.starts_with(p); }));
  list.push_back(search({"endswith", "ends_with"}, "endswith(text, suffix)",
                        "Whether a string ends with another.", {"endswith('Spark', 'rk')", "true"},
                        [](std::string_view s, std::string_view p) { return s.ends_with(p); }));
  list.push_back(search(
      {"contains"}, "contains(text, wanted)", "Whether a string is in another.",
      {"contains('Spark', 'par')", "true"},
      [](std::string_view s, std::string_view p) { return s.find(p) != std::string_view::npos; }));
  list.push_back(function(
      {"length", "char_length", "character_length", "len"}, "length(text)",
      "The number of characters; of bytes for a binary.", {{"length('Gruß')", "4"}},
      {row([](std::string_view s) noexcept -> int32_t {
         return static_cast<int32_t>(count_characters(s));
       }),
       row([](Bytes s) noexcept -> int32_t { return static_cast<int32_t>(s.view.size()); })}));
  list.push_back(function(
      {"octet_length"}, "octet_length(text)", "The number of bytes.", {{"octet_length('ß')", "2"}},
      {row([](std::string_view s) noexcept -> int32_t { return static_cast<int32_t>(s.size()); }),
       row([](Bytes s) noexcept -> int32_t { return static_cast<int32_t>(s.view.size()); })}));
  list.push_back(function({"ascii"}, "ascii(text)", "The code of the first character, 0 for ''.",
                          {{"ascii('A')", "65"}}, {row([](std::string_view s) noexcept -> int32_t {
                            return s.empty() ? 0 : static_cast<int32_t>(first_code_point(s));
                          })}));
}

void add_changes(FunctionList& list) {
  list.push_back(function({"upper", "ucase"}, "upper(text)", "In upper case.",
                          {{"upper('Spark')", "'SPARK'"}},
                          {row([](Text& out, std::string_view s) { append_upper(s, out); })}));
  list.push_back(function({"lower", "lcase"}, "lower(text)", "In lower case.",
                          {{"lower('Spark')", "'spark'"}},
                          {row([](Text& out, std::string_view s) { append_lower(s, out); })}));
  list.push_back(
      function({"initcap"}, "initcap(text)", "Words with a capital first letter.",
               {{"initcap('sPark sql')", "'Spark Sql'"}},
               {row([](Text& out, std::string_view s) { append_capitalised(s, out); })}));
  list.push_back(function(
      {"replace"}, "replace(text, from, to)", "All of `from` replaced by `to`, or removed.",
      {{"replace('ABCabc', 'abc', 'DEF')", "'ABCDEF'"}},
      {row([](Text& out, std::string_view s, std::string_view from) {
         strings::append_replaced(out, s, from, {});
       }),
       row([](Text& out, std::string_view s, std::string_view from, std::string_view to) {
         strings::append_replaced(out, s, from, to);
       })}));
  list.push_back(
      function({"translate"}, "translate(text, from, to)",
               "Each character of `from` replaced by the one at its place in `to`.",
               {{"translate('AaBbCc', 'abc', '12')", "'A1B2C'"}},
               {row([](Text& out, std::string_view s, std::string_view from, std::string_view to) {
                 strings::append_translated(out, s, from, to);
               })}));
  list.push_back(
      {.names = {"reverse"},
       .family = Family::text,
       .usage = "reverse(x)",
       .help = "The characters of a string, or the items of an array, in the opposite order.",
       .examples = {{"reverse('abc')", "'cba'"}, {"reverse(ARRAY[1, 2])", "[2, 1]"}},
       .overloads = {},
       .bind = bind_reverse});
  list.push_back(function({"repeat"}, "repeat(text, count)", "The text several times.",
                          {{"repeat('ab', 3)", "'ababab'"}},
                          {row([](Text& out, std::string_view s, int32_t count) {
                            strings::append_repeated(out, s, count);
                          })}));
  list.push_back(
      function({"space"}, "space(count)", "That many blanks.", {{"space(3)", "'   '"}},
               {row([](Text& out, int32_t count) { strings::append_repeated(out, " ", count); })}));
  for (const bool front : {true, false}) {
    const std::string name = front ? "lpad" : "rpad";
    list.push_back(function(
        {name}, name + "(text, length, pad)",
        std::string("Brought to a length, by padding at the ") + (front ? "front" : "end") +
            " or by cutting.",
        {{name + "('hi', 5, '?!')", front ? "'?!?hi'" : "'hi?!?'"}, {name + "('hi', 1)", "'h'"}},
        {row([front](Text& out, std::string_view s, int32_t length) {
           strings::append_padded(out, s, length, " ", front);
         }),
         row([front](Text& out, std::string_view s, int32_t length, std::string_view pad) {
           strings::append_padded(out, s, length, pad, front);
         })}));
  }
}

void add_bytes(FunctionList& list) {
  list.push_back(function({"chr", "char"}, "chr(code)", "The character with a code below 256.",
                          {{"chr(65)", "'A'"}}, {row([](Text& out, int64_t code) {
                            if (code >= 0)
                              append_code_point(static_cast<uint32_t>(code & 255), out);
                          })}));
  list.push_back(function({"hex"}, "hex(x)",
                          "The bytes of a string or the number in hexadecimal digits.",
                          {{"hex(17)", "'11'"}, {"hex('Spark')", "'537061726B'"}},
                          {row([](Text& out, int64_t value) {
                             strings::append_digits(out, static_cast<uint64_t>(value), 4);
                           }),
                           row([](Text& out, std::string_view s) { strings::append_hex(out, s); }),
                           row([](Text& out, Bytes s) { strings::append_hex(out, s.view); })}));
  list.push_back(function({"unhex"}, "unhex(text)",
                          "The bytes that hexadecimal digits stand for; null for other characters.",
                          {{"unhex('537061')", "X'537061'"}},
                          {row([](BinaryText& out, std::string_view s) -> bool {
                            return strings::append_unhex(out, s);
                          })}));
  list.push_back(function({"bin"}, "bin(x)", "The number in binary digits.", {{"bin(5)", "'101'"}},
                          {row([](Text& out, int64_t value) {
                            strings::append_digits(out, static_cast<uint64_t>(value), 1);
                          })}));
}

}  // namespace

void add_texts(FunctionList& list) {
  list.push_back({.names = {"concat", "||"},
                  .family = Family::text,
                  .usage = "concat(a, b, ...)",
                  .help = "Strings, or arrays, joined; null where one is null.",
                  .examples = {{"concat('a', 1)", "'a1'"},
                               {"'a' || NULL", "null"},
                               {"concat(ARRAY[1], ARRAY[2, 3])", "[1, 2, 3]"}},
                  .overloads = {},
                  .bind = bind_concat});
  list.push_back({.names = {"concat_ws"},
                  .family = Family::text,
                  .usage = "concat_ws(separator, a, b, ...)",
                  .help = "Strings joined with a separator; nulls are left out.",
                  .examples = {{"concat_ws('-', 'a', NULL, 'b')", "'a-b'"}},
                  .overloads = {},
                  .bind = bind_concat});
  add_parts(list);
  add_searches(list);
  add_changes(list);
  add_bytes(list);
  add_codes(list);
  add_formats(list);
  add_maskings(list);
  add_encodings(list);
  add_urls(list);
}

}  // namespace millrace
