#pragma once
#include <vector>

#include "plugins/postgres/copy_text.hpp"
#include "plugins/postgres/target_table.hpp"

namespace millrace::postgres {

/// Throws all that keeps rows of the schema from being written to the table, with what to do.
/// Otherwise returns what to say to people.
std::vector<std::string> check(const TargetTable& table, const Schema& rows, const StringList& key,
                               OutputMode mode);

/// The columns that are written, as COPY wants them.
std::vector<CopyText::Column> written_columns(const TargetTable& table, const Schema& rows);

}  // namespace millrace::postgres
