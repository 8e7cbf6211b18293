#pragma once
#include <optional>
#include <string_view>

namespace millrace {

/// A URL taken apart as java.net.URI does it. What it does not have is nothing.
struct UrlText {
  std::string_view scheme;
  std::optional<std::string_view> authority;
  std::optional<std::string_view> user;
  std::optional<std::string_view> host;
  std::optional<std::string_view> path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;

  /// Nothing for a text that is no URL.
  static std::optional<UrlText> parse(std::string_view text);

  /// HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; nothing for other names.
  std::optional<std::string_view> part(std::string_view name) const;
  /// The value that the query has for a key.
  std::optional<std::string_view> query_value(std::string_view key) const;
};

}  // namespace millrace
