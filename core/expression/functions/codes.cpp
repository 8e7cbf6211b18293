#include "core/expression/functions/codes.hpp"

#include <algorithm>

#include "core/expression/built_node.hpp"
#include "core/expression/text_codes.hpp"
#include "core/expression/text_parts.hpp"
#include "core/expression/unicode.hpp"

namespace millrace {

namespace {

Function function(std::vector<std::string> names, std::string usage, std::string help,
                  std::vector<Example> examples, std::vector<Overload> overloads) {
  return {.names = std::move(names),
          .family = Family::text,
          .usage = std::move(usage),
          .help = std::move(help),
          .examples = std::move(examples),
          .overloads = std::move(overloads)};
}

void append_overlaid(Text& out, std::string_view text, std::string_view with, int64_t position,
                     int64_t count) {
  if (count < 0) count = count_characters(with);
  constexpr int64_t most = INT32_MAX;
  const auto place = static_cast<int32_t>(std::clamp<int64_t>(position + count, -most, most));
  out.append(strings::part(text, 1, position - 1));
  out.append(with);
  out.append(strings::part(text, place, most));
}

int32_t find_in_set(std::string_view wanted, std::string_view set) {
  if (wanted.find(',') != std::string_view::npos) return 0;
  for (int32_t number = 1;; ++number) {
    const size_t comma = set.find(',');
    if (set.substr(0, comma) == wanted) return number;
    if (comma == std::string_view::npos) return 0;
    set.remove_prefix(comma + 1);
  }
}

NodePtr bind_elt(Binding& binding) {
  if (binding.arguments.size() < 2) binding.fail("`elt` takes a number and texts");
  binding.arguments[0] = binding.converted(0, TypeId::int32);
  for (size_t i = 1; i < binding.arguments.size(); ++i)
    binding.arguments[i] = binding.converted(i, TypeId::string);
  return make_built(TypeId::string, binding.arguments, binding.session, Nulls::seen,
                    [](const Cells& cells, ColumnBuilder& to) {
                      if (cells.is_null(0)) return to.append_null();
                      const int32_t number = cells.int32(0);
                      if (number >= 1 && static_cast<size_t>(number) < cells.count())
                        return to.append_from(cells.column(static_cast<size_t>(number)),
                                              cells.at(static_cast<size_t>(number)));
                      if (cells.session.ansi)
                        throw RowError{"there is no text number " + std::to_string(number)};
                      to.append_null();
                    });
}

void add_base64(FunctionList& list) {
  list.push_back(
      function({"base64"}, "base64(bytes)", "The bytes in base64.",
               {{"base64('Spark SQL')", "'U3BhcmsgU1FM'"}},
               {row([](Text& out, std::string_view s) { strings::append_base64(out, s); }),
                row([](Text& out, Bytes s) { strings::append_base64(out, s.view); })}));
  list.push_back(function(
      {"unbase64"}, "unbase64(text)", "The bytes that base64 stands for.",
      {{"unbase64('U3Bhcms=')", "X'537061726B'"}},
      {row([](BinaryText& out, std::string_view s) { strings::append_unbase64(out, s); })}));
}

}  // namespace

void add_codes(FunctionList& list) {
  add_base64(list);
  list.push_back(
      function({"overlay"}, "overlay(text, replacement, position, count)",
               "A part of a string replaced; without a count, as much as the replacement is long.",
               {{"overlay('Spark SQL', '_', 6)", "'Spark_SQL'"},
                {"overlay('Spark SQL' PLACING 'ANSI ' FROM 7 FOR 0)", "'Spark ANSI SQL'"}},
               {row([](Text& out, std::string_view s, std::string_view with, int32_t position) {
                  append_overlaid(out, s, with, position, -1);
                }),
                row([](Text& out, std::string_view s, std::string_view with, int32_t position,
                       int32_t count) { append_overlaid(out, s, with, position, count); })}));
  list.push_back(
      function({"soundex"}, "soundex(text)", "A code of how a word sounds in English.",
               {{"soundex('Miller')", "'M460'"}},
               {row([](Text& out, std::string_view s) { strings::append_soundex(out, s); })}));
  list.push_back(function(
      {"levenshtein"}, "levenshtein(a, b, most)",
      "How many characters differ; -1 where that is more than `most`.",
      {{"levenshtein('kitten', 'sitting')", "3"}, {"levenshtein('kitten', 'sitting', 2)", "-1"}},
      {row([](std::string_view a, std::string_view b) -> int32_t {
         return strings::levenshtein(a, b);
       }),
       row([](std::string_view a, std::string_view b, int32_t most) -> int32_t {
         const int32_t distance = strings::levenshtein(a, b);
         return distance > most ? -1 : distance;
       })}));
  list.push_back(function(
      {"bit_length"}, "bit_length(text)", "The number of bits.", {{"bit_length('ab')", "16"}},
      {row([](std::string_view s) noexcept -> int32_t {
         return static_cast<int32_t>(s.size() * 8);
       }),
       row([](Bytes s) noexcept -> int32_t { return static_cast<int32_t>(s.view.size() * 8); })}));
  list.push_back(function({"find_in_set"}, "find_in_set(text, list)",
                          "The number of a text in a list with commas, 0 for none.",
                          {{"find_in_set('b', 'a,b,c')", "2"}},
                          {row([](std::string_view wanted, std::string_view set) -> int32_t {
                            return find_in_set(wanted, set);
                          })}));
  list.push_back({.names = {"elt"},
                  .family = Family::text,
                  .usage = "elt(number, a, b, ...)",
                  .help = "The text of that number, counted from 1.",
                  .examples = {{"elt(2, 'a', 'b')", "'b'"}},
                  .overloads = {},
                  .bind = bind_elt});
}

}  // namespace millrace
