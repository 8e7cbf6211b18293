#include "millrace/json.hpp"

#include "core/expression/built_node.hpp"
#include "core/expression/function.hpp"
#include "core/expression/json_path.hpp"
#include "core/expression/json_scanner.hpp"
#include "core/expression/timestamp_cast.hpp"

namespace millrace {

namespace {

/// An instant as to_json spells it: in milliseconds on clocks of the session's zone, with its
/// offset.
void append_time(const Session& session, int64_t instant, std::string& to) {
  char text[timestamp_text_max];
  std::string spelled(text, write_timestamp(instant, *session.zone, text));
  spelled[spelled.find(' ')] = 'T';
  const size_t point = std::min(spelled.find('.'), spelled.size());
  std::string fraction = point < spelled.size() ? spelled.substr(point + 1) : "";
  fraction.resize(3, '0');
  spelled.resize(point);
  spelled += '.' + fraction;
  const int64_t minutes = (session.zone->to_local(instant) - instant) / 60'000'000;
  to += '"' + spelled;
  if (minutes == 0) {
    to += "Z\"";
    return;
  }
  const int64_t apart = std::abs(minutes);
  const auto two = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  to += (minutes < 0 ? '-' : '+') + two(apart / 60) + ':' + two(apart % 60) + '"';
}

/// Fields that are null are left out.
void append_json(const Session& session, const Column& column, int64_t row, std::string& to) {
  if (column.is_null(row)) {
    to += "null";
    return;
  }
  const char* separator = "";
  switch (column.type.id) {
    case TypeId::structure:
      to += '{';
      for (size_t i = 0; i < column.children.size(); ++i) {
        if (column.children[i].is_null(row)) continue;
        to += separator;
        separator = ",";
        json::append_string(column.type.children[i].name, to);
        to += ':';
        append_json(session, column.children[i], row, to);
      }
      to += '}';
      return;
    case TypeId::list:
      to += '[';
      for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
        to += separator;
        separator = ",";
        append_json(session, column.children[0], i, to);
      }
      to += ']';
      return;
    case TypeId::timestamp:
      return append_time(session, column.int64(row), to);
    default:
      return json::append_value(column, row, to);
  }
}

NodePtr bind_to_json(Binding& binding) {
  if (binding.arguments.size() != 1) binding.fail("`to_json` takes one value");
  if (!binding.arguments[0]->type().is_nested())
    binding.fail_at(0,
                    "`to_json` takes a struct or an array, this is " +
                        with_article(binding.arguments[0]->type()),
                    "a sink's format = \"json\" writes whole rows");
  return make_built(TypeId::string, binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      std::string text;
                      append_json(cells.session, cells.column(0), cells.at(0), text);
                      to.append_bytes(text);
                    });
}

std::optional<int32_t> array_length(std::string_view text) {
  JsonScanner scanner(text);
  int32_t count = 0;
  if (scanner.peek() != '[' || !scanner.items([&](int64_t) { return ++count, scanner.skip(); }))
    return std::nullopt;
  return count;
}

NodePtr bind_object_keys(Binding& binding) {
  if (binding.arguments.size() != 1) binding.fail("`json_object_keys` takes one text");
  return make_built(list_of(TypeId::string), {binding.converted(0, TypeId::string)},
                    binding.session, Nulls::hidden, [](const Cells& cells, ColumnBuilder& to) {
                      JsonScanner scanner(cells.text(0));
                      std::vector<std::string> keys;
                      if (scanner.peek() != '{' || !scanner.members([&](std::string_view key) {
                            keys.emplace_back(key);
                            return scanner.skip();
                          }))
                        return to.append_null();
                      for (const auto& key : keys) to.child().append_bytes(key);
                      to.end_nested();
                    });
}

}  // namespace

void add_json(FunctionList& list) {
  list.push_back(
      {.names = {"get_json_object"},
       .family = Family::json,
       .usage = "get_json_object(text, path)",
       .help = "What a path such as $.a.b[0] leads to in a JSON text; null where nothing is there.",
       .examples = {{R"(get_json_object('{"a": {"b": [1, "x"]}}', '$.a.b[1]'))", "'x'"},
                    {R"(get_json_object('{"a": {"b": 1}}', '$.a'))", R"('{"b":1}')"}},
       .overloads = {row([](Text& out, std::string_view text, const JsonPath& path) -> bool {
         return path.append(text, out);
       })}});
  list.push_back({.names = {"json_array_length"},
                  .family = Family::json,
                  .usage = "json_array_length(text)",
                  .help = "How many items a JSON array has; null for other texts.",
                  .examples = {{"json_array_length('[1, 2, 3]')", "3"}},
                  .overloads = {row([](std::string_view text) -> std::optional<int32_t> {
                    return array_length(text);
                  })}});
  list.push_back({.names = {"json_object_keys"},
                  .family = Family::json,
                  .usage = "json_object_keys(text)",
                  .help = "The names of a JSON object's fields; null for other texts.",
                  .examples = {{R"(json_object_keys('{"a": 1, "b": 2}'))", "['a', 'b']"}},
                  .overloads = {},
                  .bind = bind_object_keys});
  list.push_back({.names = {"to_json"},
                  .family = Family::json,
                  .usage = "to_json(value)",
                  .help = "A struct or an array as JSON; fields that are null are left out.",
                  .examples = {{"to_json(ARRAY[1, NULL, 2])", "'[1,null,2]'"}},
                  .overloads = {},
                  .bind = bind_to_json});
}

}  // namespace millrace
