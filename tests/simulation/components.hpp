#pragma once
#include "millrace/plugin.hpp"

#include "tests/simulation/outside.hpp"

namespace millrace::simulation {

/// What the components are connected to, one world at a time.
Outside& outside();

Component announced_source();
Component silent_source();
Component rows_sink();
Component parts_sink();
Component log_sink();

/// "key=k1;n=3;...", columns in the order of their names.
std::string text_of(const Row& row);

}  // namespace millrace::simulation
