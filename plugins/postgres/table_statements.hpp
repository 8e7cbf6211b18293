#pragma once
#include <string>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/sink.hpp"

#include "plugins/postgres/copy_text.hpp"
#include "plugins/postgres/names.hpp"

namespace millrace::postgres {

/// What is said to the server for one output mode, made once for a session.
struct TableStatements {
  std::string prepare;  ///< once per session
  std::string begin;    ///< at the beginning of an epoch's transaction
  std::string copy;     ///< takes rows, any number of times
  std::string finish;   ///< at its end, for the rows from number $1 to before $2; may be empty
};

/// append copies to the table; complete empties it before. update copies to a temporary table, and
/// from there, the last row of each key in an epoch, with INSERT ... ON CONFLICT DO UPDATE.
TableStatements statements_for(OutputMode mode, const TableName& table,
                               const std::vector<CopyText::Column>& columns, const StringList& key);

}  // namespace millrace::postgres
