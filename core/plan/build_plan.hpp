#pragma once
#include <memory>
#include <optional>

#include "core/config/config.hpp"
#include "core/diagnostics/diagnostic.hpp"
#include "core/plan/plan.hpp"
#include "core/plugin/catalog.hpp"
#include "core/plugin/host.hpp"

namespace millrace {

/// Makes and binds every component of a configuration that passed check_graph. All that is wrong is
/// reported; a plan is returned only where nothing is. Nothing outside the process is touched.
std::optional<Plan> build_plan(const Config& config, const Catalog& catalog, HostServices& services,
                               Diagnostics& diagnostics);

}  // namespace millrace
