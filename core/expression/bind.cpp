#include <algorithm>
#include <set>

#include "millrace/decimal.hpp"

#include "core/diagnostics/nearest.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/column_name.hpp"
#include "core/expression/function.hpp"
#include "core/expression/program.hpp"
#include "core/expression/refused_function.hpp"

// Binding: names become columns, calls become nodes of the nearest overload, constants are folded.
namespace millrace {

namespace {

using Kind = ExpressionError::Kind;

std::string nearest_names(std::string_view name, const std::vector<Field>& fields,
                          const std::string& what) {
  std::vector<std::string> names(fields.size());
  std::transform(fields.begin(), fields.end(), names.begin(),
                 [](const Field& field) { return field.name; });
  if (const auto near = nearest(name, names)) return "did you mean `" + *near + "`?";
  if (names.empty()) return "there are no " + what;
  constexpr size_t shown_max = 20;
  std::string list = what + " are ";
  for (size_t i = 0; i < names.size() && i < shown_max; ++i)
    list += (i == 0 ? "`" : ", `") + names[i] + "`";
  return names.size() > shown_max ? list + ", ..." : list;
}

/// Replaces a node that is the same for every row by its value. One that fails stays: it may stand
/// in a branch that no row takes.
NodePtr folded(NodePtr node) {
  if (!node->constant() || as_constant(*node) != nullptr) return node;
  try {
    const Batch empty;
    const auto value = node->evaluate({empty, 1});
    return std::make_shared<ConstantNode>(value.column);
  } catch (const Error&) {
    return node;
  }
}

bool has_months(const Node& node) {
  const auto* constant = as_constant(node);
  return constant != nullptr && constant->interval() && constant->interval()->months != 0;
}

class Binder {
 public:
  Binder(const Schema& schema, std::shared_ptr<const std::string> source,
         std::shared_ptr<const Session> session)
      : schema_(schema), source_(std::move(source)), session_(std::move(session)) {}

  NodePtr bind(const AstNode& ast) {
    switch (ast.kind) {
      case AstNode::Kind::literal:
        return literal(ast);
      case AstNode::Kind::column:
        return column(ast);
      case AstNode::Kind::call:
        return call(ast);
    }
    return nullptr;
  }

  const std::set<int>& columns() const { return columns_; }

 private:
  template <class Made>
  NodePtr placed(const std::shared_ptr<Made>& node, const AstNode& ast) const {
    node->set_place(ast, source_);
    return node;
  }

  NodePtr literal(const AstNode& ast) const {
    if (ast.type.id == TypeId::null)
      return placed(std::make_shared<ConstantNode>(null_column({}, 1)), ast);
    ColumnBuilder builder(ast.type);
    std::optional<Interval> interval;
    switch (ast.type.id) {
      case TypeId::boolean:
        builder.append_boolean(std::get<bool>(ast.value));
        break;
      case TypeId::int32:
        builder.append(static_cast<int32_t>(std::get<int64_t>(ast.value)));
        break;
      case TypeId::int64:
        builder.append(std::get<int64_t>(ast.value));
        break;
      case TypeId::float64:
        builder.append(std::get<double>(ast.value));
        break;
      case TypeId::decimal:
        builder.append(
            *parse_decimal(std::get<std::string>(ast.value), ast.type.precision, ast.type.scale)
                 .value);
        break;
      case TypeId::duration:
        interval = std::get<Interval>(ast.value);
        builder.append(interval->microseconds);
        break;
      default:
        builder.append_bytes(std::get<std::string>(ast.value));
    }
    return placed(std::make_shared<ConstantNode>(builder.finish(), interval), ast);
  }

  NodePtr column(const AstNode& ast) {
    const int position = find_column(schema_.fields, ast.path[0]);
    if (position < 0) unknown_column(ast);
    columns_.insert(position);
    const auto& field = schema_.fields[static_cast<size_t>(position)];
    NodePtr node = placed(std::make_shared<ColumnNode>(position, field.type), ast);
    for (size_t i = 1; i < ast.path.size(); ++i) node = field_of(node, ast.path[i], ast);
    return node;
  }

  [[noreturn]] void unknown_column(const AstNode& ast) const {
    const auto& name = ast.path[0];
    refuse_known(name, ast.begin, ast.end);  // current_date needs no parentheses.
    auto help = nearest_names(name, schema_.fields, "columns");
    if (ast.begin < source_->size() && (*source_)[ast.begin] == '"')
      help += "; a text is written in single quotes";
    if (ast.path.size() > 1) {
      const int unqualified = find_column(schema_.fields, ast.path[1]);
      if (unqualified >= 0)
        help = "columns are named without what they come from: `" + ast.path[1] + "`";
    }
    throw ExpressionError(Kind::unknown_column, "unknown column `" + name + "`", ast.begin, ast.end,
                          help);
  }

  NodePtr field_of(const NodePtr& node, const std::string& name, const AstNode& ast) const {
    if (node->type().id != TypeId::structure)
      throw ExpressionError(
          Kind::type,
          "`" + name + "` is looked up in " + with_article(node->type()) + ", which has no fields",
          ast.begin, ast.end, "only structs have fields");
    const int at = find_column(node->type().children, name);
    if (at < 0)
      throw ExpressionError(Kind::unknown_column, "unknown field `" + name + "`", ast.begin,
                            ast.end, nearest_names(name, node->type().children, "fields"));
    return placed(std::make_shared<FieldNode>(node, static_cast<size_t>(at)), ast);
  }

  NodePtr call(const AstNode& ast) {
    if (ast.function == "field")
      return field_of(bind(*ast.arguments[0]), std::get<std::string>(ast.arguments[1]->value), ast);
    const auto* function = find_function(ast.function);
    if (function == nullptr) refuse_function(ast);
    Binding binding{ast, source_, session_, {}};
    for (const auto& argument : ast.arguments) binding.arguments.push_back(bind(*argument));
    check_months(binding);
    NodePtr node;
    try {
      node = bound(*function, binding);
    } catch (const RowError& error) {  // A constant pattern or format that cannot be used.
      binding.fail(error.message, usage(*function));
    } catch (const ExpressionError& error) {
      if (!error.help.empty()) throw;
      throw ExpressionError(error.kind, error.message, error.begin, error.end, usage(*function));
    }
    if (std::find(binding.arguments.begin(), binding.arguments.end(), node) ==
        binding.arguments.end())
      node->set_place(ast, source_);
    node = folded(std::move(node));
    if (as_constant(*node) != nullptr) node->set_place(ast, source_);
    return node;
  }

  static std::string usage(const Function& function) { return "it is used as " + function.usage; }

  /// Months fit no column, so only few functions may see them, as literals.
  static void check_months(const Binding& binding) {
    if (binding.name() == "+" || binding.name() == "-" || binding.name() == "negative" ||
        binding.name() == "sequence")
      return;
    for (size_t i = 0; i < binding.arguments.size(); ++i)
      if (has_months(*binding.arguments[i]))
        binding.fail_at(i, "an interval of months has no fixed length",
                        "add it to a timestamp or a date, or write it in days");
  }

  static NodePtr bound(const Function& function, Binding& binding) {
    if (function.bind) return function.bind(binding);
    const auto& arguments = binding.arguments;
    if (function.bind_decimal && !arguments.empty() && arguments[0]->type().is_decimal())
      return function.bind_decimal(binding);
    return overloaded(function, binding);
  }

  static NodePtr overloaded(const Function& function, Binding& binding) {
    const Overload* best = nullptr;
    int best_cost = 0;
    for (const auto& overload : function.overloads) {
      if (overload.parameters.size() != binding.arguments.size()) continue;
      int cost = 0;
      bool fits = true;
      for (size_t i = 0; fits && i < overload.parameters.size(); ++i) {
        const auto one = conversion_cost(binding.arguments[i]->type(), overload.parameters[i]);
        fits = one.has_value();
        cost += one.value_or(0);
      }
      if (fits && (best == nullptr || cost < best_cost)) {
        best = &overload;
        best_cost = cost;
      }
    }
    if (best == nullptr) no_overload(function, binding);
    for (size_t i = 0; i < best->parameters.size(); ++i)
      binding.arguments[i] = binding.converted(i, best->parameters[i]);
    return best->make(binding);
  }

  [[noreturn]] static void no_overload(const Function& function, const Binding& binding) {
    std::string given;
    for (const auto& argument : binding.arguments)
      given += (given.empty() ? "" : ", ") + to_string(argument->type());
    std::string wanted;
    for (const auto& overload : function.overloads) {
      std::string types;
      for (const auto& parameter : overload.parameters)
        types += (types.empty() ? "" : ", ") + to_string(parameter);
      wanted += (wanted.empty() ? "(" : " or (") + types + ")";
    }
    binding.fail("`" + binding.name() + "` cannot be used with (" + given + ")",
                 "it takes " + wanted + ": " + function.usage);
  }

  const Schema& schema_;
  std::shared_ptr<const std::string> source_;
  std::shared_ptr<const Session> session_;
  std::set<int> columns_;
};

std::shared_ptr<const Session> make_session(const Options& options) {
  auto session = std::make_shared<Session>();
  session->ansi = options.ansi;
  session->zone = TimeZone::find(options.time_zone);
  if (session->zone == nullptr)
    throw ExpressionError(
        Kind::unsupported, "unknown time zone `" + options.time_zone + "`", 0, 0,
        "use a name such as Europe/Berlin (the system needs its tzdata package) or "
        "an offset such as +02:00");
  return session;
}

}  // namespace

NodePtr Binding::converted(size_t argument, const Type& to) const {
  const auto& from = arguments[argument];
  if (from->type() == to) return from;
  if (const auto* constant = as_constant(*from); constant != nullptr && constant->is_null())
    return make_null(to);
  auto node =
      conversion_cost(from->type(), to)
          ? make_cast(from, to, session->ansi ? CastMode::strict : CastMode::legacy, session)
          : nullptr;
  if (node == nullptr)
    fail_at(argument,
            "this is " + with_article(from->type()) + ", but `" + name() + "` needs " +
                with_article(to),
            "cast it");
  node->set_place(*ast.arguments.at(argument), source);
  return folded(std::move(node));
}

Type Binding::unify(size_t first, size_t step) {
  Type common;
  for (size_t i = first; i < arguments.size(); i += step) {
    const auto both = common_type(common, arguments[i]->type(), session->ansi);
    if (!both)
      fail_at(i,
              "types " + to_string(common) + " and " + to_string(arguments[i]->type()) +
                  " do not go together",
              "cast one of them");
    common = *both;
  }
  for (size_t i = first; i < arguments.size(); i += step) arguments[i] = converted(i, common);
  return common;
}

void Binding::fail(const std::string& message, const std::string& help) const {
  throw ExpressionError(Kind::type, message, ast.begin, ast.end, help);
}

void Binding::fail_at(size_t argument, const std::string& message, const std::string& help) const {
  const auto& place = *ast.arguments.at(argument);
  throw ExpressionError(Kind::type, message, place.begin, place.end, help);
}

std::shared_ptr<const Program> bind(const Ast& ast, const Schema& schema, const Options& options) {
  Binder binder(schema, ast.shared_source(), make_session(options));
  auto root = binder.bind(ast.root());
  if (has_months(*root))
    throw ExpressionError(Kind::type, "an interval of months has no fixed length", root->begin(),
                          root->end(), "add it to a timestamp or a date, or write it in days");
  const auto& columns = binder.columns();
  return std::make_shared<Program>(std::move(root),
                                   std::vector<int>(columns.begin(), columns.end()));
}

std::shared_ptr<const Program> bind_condition(const Ast& ast, const Schema& schema,
                                              const Options& options) {
  auto program = bind(ast, schema, options);
  if (program->type().id == TypeId::boolean || program->type().id == TypeId::null) return program;
  throw ExpressionError(Kind::type,
                        "a condition must be boolean, this is " + to_string(program->type()),
                        ast.root().begin, ast.root().end, "compare it with something");
}

}  // namespace millrace
