#pragma once
#include <string>
#include <vector>

#include "millrace/type.hpp"

#include "plugins/postgres/column_types.hpp"
#include "plugins/postgres/connection.hpp"
#include "plugins/postgres/names.hpp"

namespace millrace::postgres {

struct TargetColumn {
  std::string name;
  ColumnType type;
  bool not_null = false;
  bool has_default = false;
  bool generated = false;  ///< by the server alone
};

/// The table as the server has it.
struct TargetTable {
  TableName name;  ///< with its schema
  char kind = 'r';
  std::vector<TargetColumn> columns;
  std::vector<std::string> missing_rights;  ///< of those that the mode needs
  /// One that tells the rows of the key apart; and whether rows with a NULL in it are apart.
  bool has_key_index = false;
  bool nulls_are_apart = false;

  const TargetColumn* find(const std::string& column) const;
};

/// Creates the table for rows of the schema; another process may do so at the same time.
void create(Connection& connection, const TableName& name, const Schema& rows,
            const StringList& key);

/// The statement that does so, for messages too.
std::string create_statement(const TableName& name, const Schema& rows, const StringList& key,
                             int server_version);

/// What the server says of the table; nothing where there is none.
std::optional<TargetTable> look_up(Connection& connection, const TableName& name,
                                   const StringList& key, OutputMode mode);

}  // namespace millrace::postgres
