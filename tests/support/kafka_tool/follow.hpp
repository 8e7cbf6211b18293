#pragma once
#include <iosfwd>
#include <string>
#include <vector>

namespace kafka_tool {

// Reads committed records of topics while they are written, whatever becomes of the brokers, each
// as a JSON line with its topic. Once `until` ends it goes on to the end and returns.
void follow(const std::string& bootstrap, const std::vector<std::string>& topics,
            std::istream& until, std::ostream& out);

// Has the cluster forget a consumer group, as it does by itself after days.
void forget_group(const std::string& bootstrap, const std::string& group);

}  // namespace kafka_tool
