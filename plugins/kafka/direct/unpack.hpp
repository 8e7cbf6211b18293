#pragma once
#include <string>
#include <string_view>

#include "plugins/kafka/direct/record_batch.hpp"

namespace millrace::kafka {

/// Unpacks the records of a batch into `into`, whose memory is used again. Throws Malformed, also
/// for `bytes_max` or more; Unsupported for a codec that is not known.
std::string_view unpack(Codec codec, std::string_view packed, size_t bytes_max, std::string& into);

}  // namespace millrace::kafka
