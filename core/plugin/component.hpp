#pragma once
#include <memory>
#include <string>

#include "millrace/error.hpp"

#include "core/plugin/catalog.hpp"
#include "core/plugin/host.hpp"
#include "core/plugin/value_list.hpp"

namespace millrace {

/// What every handle needs: the type, the options and the host of one component, and its title for
/// messages ("sink `totals` (type `kafka`)").
struct ComponentParts {
  const ComponentType* type = nullptr;
  std::shared_ptr<ComponentHost> host;
  std::shared_ptr<ValueList> values;
  std::string title;

  template <class Functions>
  const Functions& functions() const {
    return *static_cast<const Functions*>(type->functions);
  }

  /// Throws what a plugin reported, with the component's title in front.
  mr_result check(mr_result result, const mr_error& error) const {
    if (result == MR_ERROR) throw detail::load(error).within(title);
    return result;
  }
};

/// An object that a plugin made, and the plugin's function that ends it.
using PluginObject = std::unique_ptr<void, void (*)(void*)>;

}  // namespace millrace
