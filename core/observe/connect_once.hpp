#pragma once
#include <cstdint>
#include <string>

namespace millrace::observe {

/// Connects to a listening socket of this machine and closes at once. Whether it works does not
/// matter: the listener wakes up.
void connect_once(const std::string& numeric_host, uint16_t port);

}  // namespace millrace::observe
