#pragma once
#include <memory>
#include <optional>

#include "core/expression/node.hpp"

// Spark's rules for which types go together, and the nodes that convert between types.
namespace millrace {

enum class CastMode {
  strict,  ///< a value that does not fit is an error
  legacy,  ///< it is null, or wraps around, as Spark does without ANSI
  tried    ///< it is null
};

/// The type that both sides of a comparison, or branches of a CASE, are converted to; nothing where
/// they cannot go together.
std::optional<Type> common_type(const Type& left, const Type& right, bool ansi);

/// How far an implicit conversion goes: 0 for none; nothing where there is none.
std::optional<int> conversion_cost(const Type& from, const Type& to);

/// A node that casts; the node itself where the type is right already; nothing where CAST does not
/// know the pair.
NodePtr make_cast(const NodePtr& from, const Type& to, CastMode mode,
                  const std::shared_ptr<const Session>& session);

}  // namespace millrace
