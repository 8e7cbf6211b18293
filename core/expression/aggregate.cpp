#include "core/expression/aggregate.hpp"

#include "core/expression/parse_tree.hpp"

namespace millrace {

AggregateCall parse_aggregate(std::string_view text) {
  auto item = parse_item(text, Allow::aggregate);
  const auto& root = item.ast.root();
  const auto fail = [&](const std::string& message, const std::string& help) {
    throw ExpressionError(ExpressionError::Kind::aggregate, message, root.begin, root.end, help);
  };
  if (item.name)
    fail("an aggregate has its name before the equals sign", "leave out AS " + *item.name);
  const bool written_as_call = root.kind == AstNode::Kind::call && !root.function.empty() &&
                               root.function[0] >= 'a' && root.function[0] <= 'z' &&
                               text.find('(', root.begin) != std::string_view::npos;
  if (!written_as_call)
    fail("this is not an aggregate", "write one call, such as sum(value) or count(*)");
  AggregateCall call;
  call.function = root.function;
  call.distinct = item.distinct;
  call.star = item.star;
  for (const auto& argument : root.arguments) call.arguments.push_back(item.ast.part(argument));
  call.filter = std::move(item.filter);
  call.begin = root.begin;
  call.end = root.begin + call.function.size();
  call.text = std::string(text);
  return call;
}

}  // namespace millrace
