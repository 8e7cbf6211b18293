#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "millrace/settings.hpp"

namespace millrace::kafka {

/// Throws Error::user about "kafka.<name>" for a property that lets strangers in: it loads code
/// into the process, or takes an identity from anybody.
void refuse_dangers(const StringMap& given);

/// What people should know of a connection with these properties: that others can read it, or that
/// nobody looks who is at its other end.
std::vector<std::string> dangers(const std::string& brokers, const StringMap& given);

/// Whether what librdkafka reports means that the cluster, or this side, refuses the other for who
/// it is. That does not pass by itself.
bool is_refused_access(std::string_view failure);

}  // namespace millrace::kafka
