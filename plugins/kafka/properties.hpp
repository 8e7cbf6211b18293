#pragma once
#include <string>

#include <librdkafka/rdkafka.h>

#include "millrace/settings.hpp"

namespace millrace::kafka {

/// librdkafka's properties in three layers: a later one overrides an earlier one.
struct PropertyLayers {
  StringMap defaults;
  StringMap given;  ///< by the configuration, in `kafka`
  StringMap fixed;
};

enum class Side { source, sink };

/// Throws Error::user about "kafka.<name>" for a property that librdkafka does not know, whose
/// value it does not take, or that belongs to Millrace.
void check_properties(const StringMap& given, Side side);

/// The value that a property has, set or by default; empty where it has none.
std::string value_of(const rd_kafka_conf_t* configuration, const char* name);

/// Whether this version of librdkafka has a property.
bool has_property(const char* name);

/// Sets one property; throws as above.
void set_property(rd_kafka_conf_t* configuration, const std::string& name,
                  const std::string& value);

}  // namespace millrace::kafka
