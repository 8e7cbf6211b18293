#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/deciding_sink.hpp"

#include "plugins/kafka/client.hpp"
#include "plugins/kafka/cluster.hpp"
#include "plugins/kafka/offsets.hpp"

// Decisions are kept as the metadata of committed offsets in a private group, at partition 0 of
// each topic that the transaction writes to: so the transaction that writes an epoch's rows can
// commit them.
namespace millrace::kafka {

/// "mr1;e=41;m=<hash of the commit record>;i=<run>"
std::string to_text(const Decision& decision);
/// Nothing where the text is not of that shape.
std::optional<Decision> parse_decision(std::string_view text);

/// What a transaction commits to the group: source positions, and the decision at every topic. Its
/// offset there is the next epoch, for people who look at the group.
PartitionList to_list(const Decision& decision, const std::vector<std::string>& topics,
                      const Offsets& positions);

/// The newest decision in the group. Waits until no transaction on its offsets is pending.
std::optional<Decision> read_decision(const Connection& to, const std::vector<std::string>& topics,
                                      ClientLog& log);

/// How long the cluster keeps offsets of a group that nobody uses, in microseconds; nothing where
/// it does not tell.
std::optional<int64_t> offsets_kept_us(rd_kafka_t* client);

}  // namespace millrace::kafka
