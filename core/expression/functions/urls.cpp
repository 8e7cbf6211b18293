#include "core/expression/functions/codes.hpp"
#include "core/expression/text_codes.hpp"
#include "core/expression/url_text.hpp"
#include "core/expression/value_text.hpp"

namespace millrace {

namespace {

/// A text that is no URL is an error where `strict`, otherwise null.
std::optional<UrlText> url_of(std::string_view text, bool strict) {
  auto url = UrlText::parse(text);
  if (!url && strict)
    throw RowError{value_text(text) + " is not a URL; try_parse_url gives null instead"};
  return url;
}

bool append_part(Text& out, std::optional<std::string_view> part) {
  if (part) out.append(*part);
  return part.has_value();
}

Function parse_function(const std::string& name, bool tried) {
  const auto strict = [tried](const Session& session) { return !tried && session.ansi; };
  return {.names = {name},
          .family = Family::text,
          .usage = name + "(url, part, key)",
          .help = tried ? "The same, null for a text that is no URL."
                        : "A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or "
                          "USERINFO; with QUERY also the value of one key.",
          .examples = {{name + "('http://a.org/x?q=1&r=2', 'HOST')", "'a.org'"},
                       {name + "('http://a.org/x?q=1&r=2', 'QUERY', 'r')", "'2'"}},
          .overloads = {row([strict](const Session& session, Text& out, std::string_view text,
                                     std::string_view part) -> bool {
                          const auto url = url_of(text, strict(session));
                          return url && append_part(out, url->part(part));
                        }),
                        row([strict](const Session& session, Text& out, std::string_view text,
                                     std::string_view part, std::string_view key) -> bool {
                          const auto url = url_of(text, strict(session));
                          return url && part == "QUERY" && append_part(out, url->query_value(key));
                        })}};
}

Function function(std::string name, std::string usage, std::string help, Example example,
                  std::vector<Overload> overloads) {
  return {.names = {std::move(name)},
          .family = Family::text,
          .usage = std::move(usage),
          .help = std::move(help),
          .examples = {std::move(example)},
          .overloads = std::move(overloads)};
}

}  // namespace

void add_urls(FunctionList& list) {
  list.push_back(
      function("url_encode", "url_encode(text)", "The text as it is written in a URL's query.",
               {"url_encode('a b&c')", "'a+b%26c'"},
               {row([](Text& out, std::string_view s) { strings::append_url_encoded(out, s); })}));
  list.push_back(
      function("url_decode", "url_decode(text)", "The opposite of url_encode.",
               {"url_decode('a+b%26c')", "'a b&c'"},
               {row([](Text& out, std::string_view s) { strings::append_url_decoded(out, s); })}));
  list.push_back(function(
      "try_url_decode", "try_url_decode(text)", "The same, null for a text that is not encoded so.",
      {"try_url_decode('%x')", "null"}, {row([](Text& out, std::string_view s) -> bool {
        Buffer<char> bytes;
        Text decoded(bytes);
        try {
          strings::append_url_decoded(decoded, s);
        } catch (const RowError&) {
          return false;
        }
        out.append({bytes.data(), bytes.size()});
        return true;
      })}));
  list.push_back(parse_function("parse_url", false));
  list.push_back(parse_function("try_parse_url", true));
}

}  // namespace millrace
