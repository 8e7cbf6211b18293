#pragma once
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "millrace/decimal.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/expression/coercion.hpp"
#include "core/expression/number_text.hpp"
#include "core/expression/row_node.hpp"
#include "core/expression/value_text.hpp"

// What the conversions of CAST are written with, in cast.cpp and decimal_cast.cpp.
namespace millrace {

/// The error of a value that does not fit. `scale` is that of a decimal.
template <class From>
[[noreturn]] void refuse_cast(From value, int scale, const std::string& type) {
  std::string shown;
  if constexpr (std::is_same_v<From, Int128>)
    shown = decimal_text(value, scale);
  else
    shown = value_text(value);
  throw RowError{shown + " cannot be cast to " + type + "; try_cast gives null instead"};
}

/// One CAST, and how its node is made from a function of one value.
struct CastRequest {
  const NodePtr& from;
  const Type& to;
  CastMode mode;
  const std::shared_ptr<const Session>& session;

  bool legacy() const { return mode == CastMode::legacy; }

  /// A conversion that always works.
  template <class Convert>
  NodePtr always(Convert convert) const {
    return std::make_shared<RowNode<Convert>>(std::move(convert), std::vector<NodePtr>{from},
                                              session, to);
  }

  /// A conversion of `From` that gives nothing where the value does not fit.
  template <class From, class Convert>
  NodePtr maybe(Convert convert) const {
    using To = typename std::invoke_result_t<Convert, const Session&, From>::value_type;
    if (mode != CastMode::strict)
      return always([convert](const Session& settings, From value) -> std::optional<To> {
        return convert(settings, value);
      });
    return always([convert, name = to_string(to), scale = from->type().scale](
                      const Session& settings, From value) -> To {
      if (const auto converted = convert(settings, value)) return *converted;
      refuse_cast(value, scale, name);
    });
  }

  /// Writes a text.
  template <class From, class Write>
  NodePtr text(Write write) const {
    return always([write](const Session& settings, Text& out, From value) {
      char buffer[timestamp_text_max + number_text_max];
      out.append({buffer, static_cast<size_t>(write(settings, value, buffer) - buffer)});
    });
  }
};

}  // namespace millrace
