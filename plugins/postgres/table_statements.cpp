#include "plugins/postgres/table_statements.hpp"

#include <algorithm>

namespace millrace::postgres {
namespace {

std::string list(const std::vector<std::string>& names, const std::string& before = "") {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + before + sql_name(name);
  return text;
}

std::string assignments(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : ", ") + sql_name(name) + " = excluded." + sql_name(name);
  return text;
}

// A name that no column has.
std::string number_column(const std::vector<std::string>& names) {
  std::string name = "millrace_number";
  while (std::ranges::find(names, name) != names.end()) name += '_';
  return name;
}

}  // namespace

TableStatements statements_for(OutputMode mode, const TableName& table,
                               const std::vector<CopyText::Column>& columns,
                               const StringList& key) {
  std::vector<std::string> names;
  std::vector<std::string> others;
  for (const auto& column : columns) {
    names.push_back(column.name);
    if (std::ranges::find(key, column.name) == key.end()) others.push_back(column.name);
  }
  const auto all = list(names);
  TableStatements made;
  if (mode != OutputMode::update) {
    if (mode == OutputMode::complete) made.begin = "DELETE FROM " + table.sql();
    made.copy = "COPY " + table.sql() + " (" + all + ") FROM STDIN";
    return made;
  }
  // Rows are numbered, since a table has no order of its own.
  const auto number = sql_name(number_column(names));
  const std::string gathered = "pg_temp.millrace_rows";
  made.prepare = "CREATE TEMPORARY TABLE millrace_rows ON COMMIT DELETE ROWS AS SELECT " + all +
                 ", 0::bigint AS " + number + " FROM " + table.sql() + " WITH NO DATA";
  made.copy = "COPY " + gathered + " (" + all + ", " + number + ") FROM STDIN";
  made.finish = "INSERT INTO " + table.sql() + " (" + all + ") SELECT " + all +
                " FROM (SELECT DISTINCT ON (" + list(key) + ") " + all + ", " + number + " FROM " +
                gathered + " ORDER BY " + list(key) + ", " + number + " DESC) AS last WHERE " +
                number + " >= $1 AND " + number + " < $2 ORDER BY " + list(key) + " ON CONFLICT (" +
                list(key) + ") DO " +
                (others.empty() ? "NOTHING" : "UPDATE SET " + assignments(others));
  return made;
}

}  // namespace millrace::postgres
