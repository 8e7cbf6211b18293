#include "core/plan/bind_options.hpp"

#include <utility>

#include "core/expression/aggregate.hpp"
#include "core/expression/parse.hpp"
#include "core/expression/types.hpp"
#include "core/plan/bound_program.hpp"

namespace millrace {
namespace {

Code code_of(ExpressionError::Kind kind) {
  switch (kind) {
    case ExpressionError::Kind::syntax:
      return codes::expression_syntax;
    case ExpressionError::Kind::unknown_column:
      return codes::unknown_column;
    case ExpressionError::Kind::unknown_function:
      return codes::unknown_function;
    case ExpressionError::Kind::unknown_type:
      return codes::bad_type_name;
    case ExpressionError::Kind::type:
      return codes::expression_type;
    case ExpressionError::Kind::aggregate:
      return codes::bad_aggregate;
    case ExpressionError::Kind::unsupported:
      break;
  }
  return codes::unsupported_expression;
}

}  // namespace

void report(const ExpressionError& error, const WrittenText& text, Diagnostics& diagnostics) {
  auto& diagnostic = diagnostics.error(code_of(error.kind), error.message)
                         .at(text.place(diagnostics.file(), error.begin, error.end));
  if (!error.help.empty()) diagnostic.help(error.help);
}

OptionBinder::OptionBinder(std::shared_ptr<const Schema> input, Options meaning,
                           Diagnostics& diagnostics)
    : input_(input ? std::move(input) : std::make_shared<const Schema>()),
      meaning_(std::move(meaning)),
      diagnostics_(diagnostics) {}

OptionBinder::OptionBinder(std::array<JoinSide, 2> sides, Options meaning, Diagnostics& diagnostics)
    : OptionBinder(std::shared_ptr<const Schema>(), std::move(meaning), diagnostics) {
  sides_ = std::move(sides);
}

OptionBinder::OptionBinder(const OptionBinder& other, Diagnostics& diagnostics)
    : input_(other.input_),
      meaning_(other.meaning_),
      diagnostics_(diagnostics),
      sides_(other.sides_),
      moved_(other.moved_) {}

std::shared_ptr<ValueList> OptionBinder::bind(const OptionValues& options) {
  auto values = std::make_shared<ValueList>();
  for (const auto& option : options.values)
    // The plugin applies its own default, which is where the text of the default came from.
    if (!option.from_default) add(option, *values);
  return values;
}

void OptionBinder::add(const OptionValue& option, ValueList& values) {
  switch (option.type) {
    case OptionType::boolean:
      return values.add_integer(option.name, MR_OPTION_BOOLEAN, option.boolean() ? 1 : 0);
    case OptionType::integer:
      return values.add_integer(option.name, MR_OPTION_INTEGER, option.integer());
    case OptionType::size:
      return values.add_integer(option.name, MR_OPTION_SIZE, option.size_bytes());
    case OptionType::real:
      return values.add_real(option.name, option.real());
    case OptionType::string:
      return values.add_text(option.name, option.string());
    case OptionType::duration:
      if (option.duration().months != 0) {
        diagnostics_.error(codes::bad_duration, "`" + option.name + "` cannot be given in months")
            .at(option.value_span, "a month has no fixed length")
            .help("write it in weeks or days");
        return;
      }
      return values.add_integer(option.name, MR_OPTION_DURATION, option.duration().microseconds);
    case OptionType::string_list: {
      std::vector<std::string> items;
      for (const auto& item : option.list()) items.push_back(item.text);
      return values.add_list(option.name, std::move(items));
    }
    case OptionType::string_map: {
      std::vector<std::pair<std::string, std::string>> pairs;
      for (const auto& item : option.named()) pairs.emplace_back(item.name, item.text.text);
      return values.add_map(option.name, pairs);
    }
    case OptionType::columns:
      return add_columns(option, values);
    case OptionType::expression:
    case OptionType::expressions:
      return add_expressions(option, values);
    case OptionType::aggregates:
      return add_aggregates(option, values);
    case OptionType::join:
      return add_join(option, values);
  }
}

void OptionBinder::add_columns(const OptionValue& option, ValueList& values) {
  Schema columns;
  for (const auto& item : option.named()) {
    try {
      columns.fields.push_back({item.name, parse_type(item.text.text)});
    } catch (const ExpressionError& error) {
      report(error, item.text, diagnostics_);
    }
  }
  values.add_columns(option.name, columns);
}

std::optional<BoundExpression> OptionBinder::compile(std::string name, const Ast& ast,
                                                     const WrittenText& text, bool of_windows) {
  static const auto windows = std::make_shared<const Schema>(
      Schema{{{"window_start", TypeId::timestamp}, {"window_end", TypeId::timestamp}}});
  const auto& rows = of_windows ? windows : input_;
  try {
    const auto program = millrace::bind(ast, *rows, meaning_);
    if (!of_windows) columns_.insert(program->columns().begin(), program->columns().end());
    return bound_expression(std::move(name), program, rows);
  } catch (const ExpressionError& error) {
    report(error, text, diagnostics_);
    return std::nullopt;
  }
}

bool OptionBinder::is_new(const std::string& name, std::set<std::string>& seen,
                          const NamedText& from) {
  if (seen.insert(name).second) return true;
  diagnostics_.error(codes::duplicate_column, "two columns are named `" + name + "`")
      .at(from.name_span.known() ? from.name_span : from.text.span, "this is the second")
      .help("name it with AS: \"expression AS other_name\"");
  return false;
}

void OptionBinder::add_expressions(const OptionValue& option, ValueList& values) {
  const auto type =
      option.type == OptionType::expression ? MR_OPTION_EXPRESSION : MR_OPTION_EXPRESSIONS;
  std::vector<BoundExpression> bound;
  std::set<std::string> seen;
  const auto add_one = [&](const NamedText& from) {
    try {
      // A list item brings its name inside the text, a table entry as its key.
      auto named = from.name.empty() && type == MR_OPTION_EXPRESSIONS
                       ? parse_named(from.text.text)
                       : NamedAst{parse(from.text.text), from.name};
      auto compiled = compile(named.name, named.ast, from.text, option.of_windows);
      if (is_new(named.name, seen, from) && compiled) bound.push_back(std::move(*compiled));
    } catch (const ExpressionError& error) {
      report(error, from.text, diagnostics_);
    }
  };
  if (option.type == OptionType::expression)
    add_one({option.name, option.key_span, option.text()});
  else
    for (const auto& item : option.named()) add_one(item);
  if (bound.empty() && option.type == OptionType::expression) return;
  values.add_expressions(option.name, type, std::move(bound));
}

std::optional<BoundAggregate> OptionBinder::compile_aggregate(const NamedText& from) {
  try {
    const auto call = parse_aggregate(from.text.text);
    BoundAggregate bound{from.name, call.function, call.star, call.distinct, {}, {}};
    for (const auto& argument : call.arguments)
      if (auto compiled = compile("", argument, from.text))
        bound.arguments.push_back(std::move(*compiled));
    if (call.filter) {
      const auto program = bind_condition(*call.filter, *input_, meaning_);
      columns_.insert(program->columns().begin(), program->columns().end());
      bound.filter.push_back(bound_expression("", program, input_));
    }
    if (bound.arguments.size() != call.arguments.size()) return std::nullopt;
    return bound;
  } catch (const ExpressionError& error) {
    report(error, from.text, diagnostics_);
    return std::nullopt;
  }
}

void OptionBinder::add_aggregates(const OptionValue& option, ValueList& values) {
  std::vector<BoundAggregate> aggregates;
  std::set<std::string> seen;
  for (const auto& item : option.named())
    if (auto bound = compile_aggregate(item); bound && is_new(item.name, seen, item))
      aggregates.push_back(std::move(*bound));
  values.add_aggregates(option.name, std::move(aggregates));
}

}  // namespace millrace
