#include "core/plan/join_names.hpp"

#include <algorithm>
#include <cctype>

#include "core/diagnostics/nearest.hpp"
#include "core/expression/column_name.hpp"
#include "core/expression/tokens.hpp"

namespace millrace {
namespace {

using Kind = ExpressionError::Kind;

constexpr size_t no_side = 2;
constexpr std::array<std::string_view, 2> side_words{"left", "right"};
// What stands for these words while PostgreSQL's grammar reads them: as long, and no reserved word.
constexpr std::array<std::string_view, 2> stand_ins{"lef_", "righ_"};

AstPointer renamed(const AstNode& column, std::vector<std::string> path) {
  auto node = std::make_shared<AstNode>(column);
  node->path = std::move(path);
  return node;
}

template <class Rename>
AstPointer with_columns(const AstPointer& from, const Rename& rename) {
  if (from->kind == AstNode::Kind::column) return rename(*from);
  auto node = std::make_shared<AstNode>(*from);
  for (auto& argument : node->arguments) argument = with_columns(argument, rename);
  return node;
}

}  // namespace

Ast parse_join(std::string_view text) {
  std::string readable(text);
  const auto tokens = tokenize(text);
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != Token::Kind::word || text[tokens[i + 1].begin] != '.') continue;
    const auto word = text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
    for (size_t side = 0; side < 2; ++side)
      if (same_name(word, side_words[side]))
        readable.replace(tokens[i].begin, word.size(), stand_ins[side]);
  }
  return {parse(readable).pointer(), std::make_shared<const std::string>(text)};
}

std::string JoinNames::qualified(size_t side, const std::string& column) {
  return std::string(side_words[side]) + "." + column;
}

// The input that the first word of a name with a dot means, and how many words that takes.
std::pair<size_t, size_t> JoinNames::qualifier(const AstNode& column) const {
  const auto& path = column.path;
  if (path.size() < 2) return {no_side, 0};
  for (size_t side = 0; side < 2; ++side)
    if (same_name(path[0], stand_ins[side]) || same_name(path[0], side_words[side]))
      return {side, 1};
  const bool apart = sides_[0].component != sides_[1].component;
  for (size_t side = 0; side < 2 && apart; ++side)
    if (path[0] == sides_[side].component && find_column(sides_[side].schema->fields, path[1]) >= 0)
      return {side, 1};
  return {no_side, 0};
}

AstPointer JoinNames::resolve(const AstPointer& written) const {
  return with_columns(written, [&](const AstNode& column) {
    auto [side, skipped] = qualifier(column);
    const auto& name = column.path[skipped];
    if (side == no_side) {
      const bool in_left = find_column(sides_[0].schema->fields, name) >= 0;
      const bool in_right = find_column(sides_[1].schema->fields, name) >= 0;
      if (in_left && in_right) ambiguous(column);
      if (!in_left && !in_right) unknown(column);
      side = in_left ? 0 : 1;
    }
    const auto at = find_column(sides_[side].schema->fields, name);
    if (at < 0) unknown(column);
    std::vector<std::string> path{
        qualified(side, (*sides_[side].schema)[static_cast<size_t>(at)].name)};
    path.insert(path.end(), column.path.begin() + static_cast<ptrdiff_t>(skipped) + 1,
                column.path.end());
    return renamed(column, std::move(path));
  });
}

void JoinNames::unknown(const AstNode& column) const {
  const auto [side, skipped] = qualifier(column);
  const auto& name = column.path[skipped];
  std::vector<std::string> names;
  for (size_t i = 0; i < 2; ++i)
    if (side == no_side || side == i)
      for (const auto& field : sides_[i].schema->fields) names.push_back(field.name);
  std::string help;
  if (const auto near = nearest(name, names)) {
    help = "did you mean `" + *near + "`?";
  } else {
    for (const auto& each : names) help += (help.empty() ? "columns are `" : ", `") + each + "`";
  }
  const std::string where = side == no_side ? ""
                                            : " in `" + sides_[side].component + "`, the " +
                                                  std::string(side_words[side]) + " input";
  throw ExpressionError(Kind::unknown_column, "unknown column `" + name + "`" + where, column.begin,
                        column.end, help);
}

void JoinNames::ambiguous(const AstNode& column) const {
  const auto& name = column.path[0];
  throw ExpressionError(Kind::unknown_column, "both inputs have a column `" + name + "`",
                        column.begin, column.end,
                        "write `left." + name + "` for that of `" + sides_[0].component +
                            "`, `right." + name + "` for that of `" + sides_[1].component + "`");
}

std::pair<size_t, int> JoinNames::find(const AstNode& column) const {
  for (size_t side = 0; side < 2; ++side) {
    const auto prefix = qualified(side, "");
    if (!column.path[0].starts_with(prefix)) continue;
    const auto name = column.path[0].substr(prefix.size());
    return {side, sides_[side].schema->index_of(name)};
  }
  return {no_side, -1};
}

std::optional<size_t> JoinNames::only_side(const AstNode& node) const {
  std::set<std::string> names;
  collect(node, names);
  if (names.empty()) return std::nullopt;
  for (size_t side = 0; side < 2; ++side)
    if (std::all_of(names.begin(), names.end(),
                    [&](const auto& name) { return name.starts_with(qualified(side, "")); }))
      return side;
  return std::nullopt;
}

AstPointer JoinNames::of_one_side(const AstPointer& resolved) const {
  return with_columns(resolved, [&](const AstNode& column) {
    const auto [side, at] = find(column);
    auto path = column.path;
    path[0] = (*sides_[side].schema)[static_cast<size_t>(at)].name;
    return renamed(column, std::move(path));
  });
}

void JoinNames::collect(const AstNode& node, std::set<std::string>& names) const {
  if (node.kind == AstNode::Kind::column) names.insert(node.path[0]);
  for (const auto& argument : node.arguments) collect(*argument, names);
}

}  // namespace millrace
