#pragma once
#include <string>
#include <string_view>

#include "millrace/type.hpp"

namespace millrace::postgres {

/// A name as it stands in SQL: in double quotes.
std::string sql_name(std::string_view name);

/// The name of a table, perhaps with that of its schema; both as the catalog has them.
struct TableName {
  std::string schema;  ///< empty: the first of search_path that has the table
  std::string table;

  /// As it stands in SQL, quoted.
  std::string sql() const;
};

/// Reads "table" or "schema.table"; names outside of double quotes are folded to lower case, as
/// PostgreSQL does. Throws an error about `option` where it is no such name.
TableName parse_name(std::string_view text, const char* option);

}  // namespace millrace::postgres
