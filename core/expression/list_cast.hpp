#pragma once
#include <memory>

#include "core/expression/coercion.hpp"

namespace millrace {

/// A node that casts every item of a list; nothing where there is no cast of the items.
NodePtr make_list_cast(const NodePtr& from, const Type& to, CastMode mode,
                       const std::shared_ptr<const Session>& session);

}  // namespace millrace
