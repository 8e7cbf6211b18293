#include "core/expression/built_node.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/function.hpp"
#include "core/expression/like_pattern.hpp"
#include "core/expression/regular_expression.hpp"
#include "core/expression/unicode.hpp"

namespace millrace {

namespace {

/// Calls `each` for every match from left to right. Behind an empty match, one character is
/// skipped.
template <class Each>
void for_matches(const RegularExpression& pattern, std::string_view text, Each each) {
  std::vector<std::string_view> groups;
  for (size_t at = 0; at <= text.size() && pattern.match(text, at, groups);) {
    const auto begin = static_cast<size_t>(groups[0].data() - text.data());
    each(begin, groups);
    at = begin + groups[0].size();
    if (groups[0].empty()) at += at < text.size() ? character_size(text.substr(at)) : 1;
  }
}

void check_group(const RegularExpression& pattern, int32_t group) {
  if (group >= 0 && group <= pattern.group_count()) return;
  throw RowError{"there is no group " + std::to_string(group) + ", the pattern has " +
                 std::to_string(pattern.group_count())};
}

void append_group(Text& out, std::string_view text, const RegularExpression& pattern,
                  int32_t group) {
  check_group(pattern, group);
  std::vector<std::string_view> groups;
  if (pattern.match(text, 0, groups) && groups[static_cast<size_t>(group)].data() != nullptr)
    out.append(groups[static_cast<size_t>(group)]);
}

void append_replaced(Text& out, std::string_view text, const RegularExpression& pattern,
                     const Replacement& replacement) {
  size_t copied = 0;
  for_matches(pattern, text, [&](size_t begin, const std::vector<std::string_view>& groups) {
    out.append(text.substr(copied, begin - copied));
    replacement.append(groups, out);
    copied = begin + groups[0].size();
  });
  out.append(text.substr(copied));
}

/// x LIKE pattern, x LIKE pattern ESCAPE c.
NodePtr bind_like(Binding& binding) {
  const size_t count = binding.arguments.size();
  if (count != 2 && count != 3) binding.fail("`like` takes a string and a pattern");
  for (size_t i = 0; i < count; ++i) {
    if (!conversion_cost(binding.arguments[i]->type(), TypeId::string))
      binding.fail_at(i, "LIKE takes strings, this is " + to_string(binding.arguments[i]->type()),
                      "cast it to string");
    binding.arguments[i] = binding.converted(i, TypeId::string);
  }
  auto pattern = binding.arguments[1];
  if (count == 3) {
    const auto escape = constant_text(*binding.arguments[2]);
    const auto text = constant_text(*pattern);
    if (!escape || count_characters(*escape) != 1) binding.fail_at(2, "ESCAPE takes one character");
    if (!text) binding.fail_at(1, "with ESCAPE the pattern must be a literal");
    pattern = make_text(with_backslash_escape(*text, *escape));
  }
  if (binding.name() == "like")
    return make_row([](std::string_view s, const LikePattern& p) -> bool { return p.matches(s); },
                    binding, {binding.arguments[0], pattern});
  return make_row([](std::string_view s,
                     const LowerCaseLikePattern& p) -> bool { return p.matches(lower_case(s)); },
                  binding, {binding.arguments[0], pattern});
}

/// Splits into a list of strings. The limit bounds the number of parts; 0 and less do not.
class SplitNode final : public Node {
 public:
  SplitNode(std::vector<NodePtr> inputs, std::shared_ptr<const Session> session)
      : Node(list_of(TypeId::string), std::move(inputs)), session_(std::move(session)) {
    set_may_fail();
    if (const auto text = constant_text(*arguments()[1])) constant_.emplace(*text, *session_);
  }

 protected:
  Vector compute(const Frame& frame) const override {
    const auto values = evaluate_arguments(frame);
    const Reader<std::string_view> texts(values[0]);
    PreparedReader<RegularExpression> patterns(values[1], *session_,
                                               constant_ ? &*constant_ : nullptr);
    const Reader<int32_t> limits(values[2]);
    const Bitmap validity = common_validity({&values[0], &values[1], &values[2]}, frame.rows);
    ColumnBuilder builder(type());
    for (int64_t row = 0; row < frame.rows; ++row) {
      if ((!validity.empty() && !bit_at(validity.data(), row)) || !frame.is_active(row)) {
        builder.append_null();
        continue;
      }
      try {
        split(texts(row), patterns(row), limits(row), builder.child());
      } catch (const RowError& error) {
        fail(row, error.message);
      }
      builder.end_nested();
    }
    return {builder.finish(), false};
  }

 private:
  static void split(std::string_view text, const RegularExpression& pattern, int32_t limit,
                    ColumnBuilder& parts) {
    size_t begin = 0;
    int32_t count = 1;
    for_matches(pattern, text, [&](size_t at, const std::vector<std::string_view>& groups) {
      const size_t end = at + groups[0].size();
      const bool nothing_before = groups[0].empty() && (at == 0 || at == text.size());
      if (nothing_before || (limit > 0 && count >= limit)) return;
      parts.append_bytes(text.substr(begin, at - begin));
      begin = end;
      ++count;
    });
    parts.append_bytes(text.substr(begin));
  }

  std::shared_ptr<const Session> session_;  // Shared by the nodes of a program.
  std::optional<RegularExpression> constant_;
};

NodePtr bind_split(Binding& binding) {
  const size_t count = binding.arguments.size();
  if (count != 2 && count != 3)
    binding.fail("`split` takes a string, a pattern and perhaps a limit");
  std::vector<NodePtr> arguments{binding.converted(0, TypeId::string),
                                 binding.converted(1, TypeId::string)};
  if (count == 3) {
    arguments.push_back(binding.converted(2, TypeId::int32));
  } else {
    ColumnBuilder builder(TypeId::int32);
    builder.append(int32_t{-1});
    arguments.push_back(std::make_shared<ConstantNode>(builder.finish()));
  }
  return std::make_shared<SplitNode>(std::move(arguments), binding.session);
}

NodePtr bind_extract_all(Binding& binding) {
  const size_t count = binding.arguments.size();
  if (count != 2 && count != 3)
    binding.fail("`regexp_extract_all` takes a string, a pattern and perhaps a group");
  binding.arguments[0] = binding.converted(0, TypeId::string);
  binding.arguments[1] = binding.converted(1, TypeId::string);
  if (count == 3) binding.arguments[2] = binding.converted(2, TypeId::int32);
  std::shared_ptr<const RegularExpression> constant;  // Shared with nothing; closures are copied.
  if (const auto text = constant_text(*binding.arguments[1]))
    constant = std::make_shared<const RegularExpression>(*text, *binding.session);
  return make_built(list_of(TypeId::string), binding.arguments, binding.session, Nulls::hidden,
                    [constant](const Cells& cells, ColumnBuilder& to) {
                      const auto pattern = constant != nullptr
                                               ? *constant
                                               : RegularExpression(cells.text(1), cells.session);
                      const int32_t group = cells.count() > 2 ? cells.int32(2) : 1;
                      check_group(pattern, group);
                      for_matches(pattern, cells.text(0), [&](size_t, const auto& groups) {
                        to.child().append_bytes(groups[static_cast<size_t>(group)]);
                      });
                      to.end_nested();
                    });
}

}  // namespace

// A table. NOLINTNEXTLINE(readability-function-size)
void add_regular_expressions(FunctionList& list) {
  list.push_back(
      {.names = {"like"},
       .family = Family::regular_expression,
       .usage = "text LIKE pattern",
       .help = "Whether all of a string matches; % is any text, _ any character, \\ escapes "
               "them (or the character behind ESCAPE).",
       .examples = {{"'Spark' LIKE 'S%k'", "true"}, {"'a_c' LIKE 'a!_c' ESCAPE '!'", "true"}},
       .overloads = {},
       .bind = bind_like});
  list.push_back({.names = {"ilike"},
                  .family = Family::regular_expression,
                  .usage = "text ILIKE pattern",
                  .help = "LIKE that ignores case.",
                  .examples = {{"'Spark' ILIKE 's%K'", "true"}},
                  .overloads = {},
                  .bind = bind_like});
  list.push_back({.names = {"rlike", "regexp_like", "regexp"},
                  .family = Family::regular_expression,
                  .usage = "rlike(text, pattern)",
                  .help =
                      "Whether a regular expression matches somewhere in a string; also `text ~ "
                      "pattern`.",
                  .examples = {{"rlike('Spark', '^S.a')", "true"}, {"'Spark' ~ 'x'", "false"}},
                  .overloads = {row([](std::string_view s, const RegularExpression& p) -> bool {
                    return p.found_in(s);
                  })}});
  list.push_back(
      {.names = {"regexp_extract"},
       .family = Family::regular_expression,
       .usage = "regexp_extract(text, pattern, group)",
       .help = "A group (the first, if not said) of the first match, '' where there is none.",
       .examples = {{"regexp_extract('100-200', '([0-9]+)-([0-9]+)', 2)", "'200'"}},
       .overloads = {row([](Text& out, std::string_view s, const RegularExpression& p) {
                       append_group(out, s, p, 1);
                     }),
                     row([](Text& out, std::string_view s, const RegularExpression& p,
                            int32_t group) { append_group(out, s, p, group); })}});
  list.push_back({.names = {"regexp_replace"},
                  .family = Family::regular_expression,
                  .usage = "regexp_replace(text, pattern, replacement)",
                  .help = "All matches replaced; $1 in the replacement is the first group.",
                  .examples = {{"regexp_replace('a1b22', '[0-9]+', '#')", "'a#b#'"},
                               {"regexp_replace('ab', '(a)(b)', '$2$1')", "'ba'"}},
                  .overloads = {row([](Text& out, std::string_view s, const RegularExpression& p,
                                       const Replacement& r) { append_replaced(out, s, p, r); })}});
  list.push_back({.names = {"regexp_count"},
                  .family = Family::regular_expression,
                  .usage = "regexp_count(text, pattern)",
                  .help = "The number of matches.",
                  .examples = {{"regexp_count('banana', 'an')", "2"}},
                  .overloads = {row([](std::string_view s, const RegularExpression& p) -> int32_t {
                    int32_t count = 0;
                    for_matches(p, s, [&](size_t, const auto&) { ++count; });
                    return count;
                  })}});
  list.push_back(
      {.names = {"regexp_substr"},
       .family = Family::regular_expression,
       .usage = "regexp_substr(text, pattern)",
       .help = "The first match, null where there is none.",
       .examples = {{"regexp_substr('a12b3', '[0-9]+')", "'12'"}},
       .overloads = {row([](Text& out, std::string_view s, const RegularExpression& p) -> bool {
         std::vector<std::string_view> groups;
         if (!p.match(s, 0, groups)) return false;
         out.append(groups[0]);
         return true;
       })}});
  list.push_back({.names = {"regexp_instr"},
                  .family = Family::regular_expression,
                  .usage = "regexp_instr(text, pattern)",
                  .help = "The position of the first match, 0 where there is none.",
                  .examples = {{"regexp_instr('ab12', '[0-9]')", "3"}},
                  .overloads = {row([](std::string_view s, const RegularExpression& p) -> int32_t {
                    std::vector<std::string_view> groups;
                    if (!p.match(s, 0, groups)) return 0;
                    const auto begin = static_cast<size_t>(groups[0].data() - s.data());
                    return static_cast<int32_t>(count_characters(s.substr(0, begin))) + 1;
                  })}});
  list.push_back(
      {.names = {"regexp_extract_all"},
       .family = Family::regular_expression,
       .usage = "regexp_extract_all(text, pattern, group)",
       .help = "A group (the first, if not said) of every match, as an array.",
       .examples = {{"regexp_extract_all('1-2 3-4', '([0-9])-([0-9])', 2)", "['2', '4']"}},
       .overloads = {},
       .bind = bind_extract_all});
  list.push_back({.names = {"split"},
                  .family = Family::regular_expression,
                  .usage = "split(text, pattern, limit)",
                  .help = "The parts between matches, as a list; with a limit, at most that many.",
                  .examples = {{"split('a1b2c', '[0-9]')", "['a', 'b', 'c']"},
                               {"split('a,b,c', ',', 2)", "['a', 'b,c']"}},
                  .overloads = {},
                  .bind = bind_split});
}

}  // namespace millrace
