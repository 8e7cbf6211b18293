#include "core/expression/url_text.hpp"

#include <algorithm>

namespace millrace {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Characters that a URL may have: no blanks, quotes or braces, and a % only before two digits.
bool is_url_text(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hexadecimal(text[i + 1]) || !is_hexadecimal(text[i + 2]))
        return false;
    } else if (static_cast<unsigned char>(c) <= ' ' ||
               std::string_view("\"<>\\^`{|}\x7f").find(c) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

/// A name of letters, digits, dots and dashes whose last part begins with a letter, four numbers,
/// or an address in brackets.
bool is_host(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '[') return text.back() == ']';
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.';
  });
  if (!plain) return false;
  const auto name = text.back() == '.' ? text.substr(0, text.size() - 1) : text;
  const size_t dot = name.rfind('.');
  const size_t last = dot == std::string_view::npos ? 0 : dot + 1;
  const bool numbers =
      std::all_of(name.begin(), name.end(), [](char c) { return is_digit(c) || c == '.'; });
  return last < name.size() &&
         (is_letter(name[last]) || (numbers && std::count(name.begin(), name.end(), '.') == 3));
}

void read_authority(UrlText& url) {
  auto rest = *url.authority;
  std::optional<std::string_view> user;
  if (const size_t at = rest.find('@'); at != std::string_view::npos) {
    user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  const size_t bracket = rest.find(']');
  const size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto port = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  const auto host = rest.substr(0, colon);
  if (!is_host(host) || !std::all_of(port.begin(), port.end(), is_digit)) return;
  url.user = user;
  url.host = host;
}

}  // namespace

std::optional<UrlText> UrlText::parse(std::string_view text) {
  if (text.empty() || !is_url_text(text)) return std::nullopt;
  UrlText url;
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    url.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  const size_t colon = text.find_first_of(":/?");
  if (colon != std::string_view::npos && text[colon] == ':') {
    url.scheme = text.substr(0, colon);
    if (!is_scheme(url.scheme) || colon + 1 == text.size()) return std::nullopt;
    text.remove_prefix(colon + 1);
    if (text[0] != '/') return url;  // Such as mailto:someone: a URL without parts.
  }
  if (const size_t mark = text.find('?'); mark != std::string_view::npos) {
    url.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    const size_t slash = text.find('/', 2);
    const auto authority = text.substr(2, slash == std::string_view::npos ? slash : slash - 2);
    if (authority.empty() && slash == std::string_view::npos) return std::nullopt;
    if (!authority.empty()) {
      url.authority = authority;
      read_authority(url);
    }
    text = slash == std::string_view::npos ? std::string_view() : text.substr(slash);
  }
  url.path = text;
  return url;
}

std::optional<std::string_view> UrlText::part(std::string_view name) const {
  if (name == "HOST") return host;
  if (name == "PATH") return path;
  if (name == "QUERY") return query;
  if (name == "REF") return fragment;
  if (name == "PROTOCOL") return scheme.empty() ? std::nullopt : std::optional(scheme);
  if (name == "AUTHORITY") return authority;
  if (name == "USERINFO") return user;
  if (name != "FILE" || !path) return std::nullopt;
  if (!query) return path;
  const char* end = query->data() + query->size();  // The path, the ? and the query are one text.
  return path->empty() ? std::string_view(query->data() - 1, query->size() + 1)
                       : std::string_view(path->data(), static_cast<size_t>(end - path->data()));
}

std::optional<std::string_view> UrlText::query_value(std::string_view key) const {
  if (!query) return std::nullopt;
  for (std::string_view rest = *query;;) {
    const size_t end = rest.find('&');
    const auto pair = rest.substr(0, end);
    if (pair.size() > key.size() && pair.starts_with(key) && pair[key.size()] == '=')
      return pair.substr(key.size() + 1);
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace millrace
