#include "plugins/postgres/target_table.hpp"

#include <algorithm>
#include <optional>

namespace millrace::postgres {
namespace {

// Two that create at once wait for each other: IF NOT EXISTS alone does not make them.
constexpr const char* alone = "SELECT pg_advisory_xact_lock(7308616298541671781)";

constexpr const char* columns_query = R"(
SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typname, b.typcategory,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
       coalesce(e.typname, ''), coalesce(e.typcategory, 'X'),
       a.attnotnull OR t.typnotnull, a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
       a.attgenerated <> '' OR a.attidentity = 'a'
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_type e ON e.oid = b.typelem AND b.typcategory = 'A'
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum)";

// Indexes that ON CONFLICT (key) can use, with the names of their columns in order.
constexpr const char* indexes_query = R"(
SELECT (SELECT array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C")
        FROM pg_attribute a
        WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey[0 : i.indnkeyatts - 1]))
         = (SELECT array_agg(k ORDER BY k COLLATE "C") FROM unnest($2::text[]) k),
       coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
FROM pg_index i
WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
  AND i.indpred IS NULL AND i.indexprs IS NULL)";

std::vector<std::string> rights_for(OutputMode mode) {
  if (mode == OutputMode::update) return {"INSERT", "SELECT", "UPDATE"};
  if (mode == OutputMode::complete) return {"INSERT", "DELETE"};
  return {"INSERT"};
}

// "{"a","b"}", as an array is written.
std::string array_of(const StringList& names) {
  std::string text = "{";
  for (const auto& name : names) {
    text += text.size() == 1 ? "\"" : ",\"";
    for (const char c : name) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

char letter(std::string_view text) { return text.empty() ? 'X' : text[0]; }

void read_columns(Connection& connection, const std::string& oid, TargetTable& table) {
  const auto found = connection.run(columns_query, {oid});
  for (int i = 0; i < found.rows(); ++i) {
    const auto text = [&](int column) { return std::string(found.text(i, column)); };
    table.columns.push_back(
        {text(0),
         {text(1), text(2), letter(text(3)), std::stoi(text(4)), text(5), letter(text(6))},
         found.is_true(i, 7),
         found.is_true(i, 8),
         found.is_true(i, 9)});
  }
}

void read_rights(Connection& connection, const std::string& oid, OutputMode mode,
                 TargetTable& table) {
  for (const auto& right : rights_for(mode)) {
    // DELETE is a right on tables only.
    const std::string on_columns =
        right == "DELETE" ? "" : " OR has_any_column_privilege($1::oid, $2)";
    const auto found =
        connection.run("SELECT has_table_privilege($1::oid, $2)" + on_columns, {oid, right});
    if (!found.is_true(0, 0)) table.missing_rights.push_back(right);
  }
}

void read_indexes(Connection& connection, const std::string& oid, const StringList& key,
                  TargetTable& table) {
  const auto found = connection.run(indexes_query, {oid, array_of(key)});
  table.nulls_are_apart = true;
  for (int i = 0; i < found.rows(); ++i) {
    if (!found.is_true(i, 0)) continue;
    table.has_key_index = true;
    if (found.is_true(i, 1)) table.nulls_are_apart = false;
  }
  // Where no column of the key can be NULL there is nothing to tell apart.
  if (std::ranges::all_of(key, [&](const auto& name) {
        const auto* column = table.find(name);
        return column == nullptr || column->not_null;
      }))
    table.nulls_are_apart = false;
}

}  // namespace

const TargetColumn* TargetTable::find(const std::string& column) const {
  const auto found = std::ranges::find(columns, column, &TargetColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

std::string create_statement(const TableName& name, const Schema& rows, const StringList& key,
                             int server_version) {
  std::string columns;
  for (const auto& field : rows.fields)
    if (!field.hidden)
      columns +=
          (columns.empty() ? "" : ", ") + sql_name(field.name) + " " + column_type_for(field.type);
  if (!key.empty()) {
    // A primary key would refuse NULL, which a group may well be.
    columns += server_version >= 150000 ? ", UNIQUE NULLS NOT DISTINCT (" : ", UNIQUE (";
    for (const auto& each : key) columns += (each == key.front() ? "" : ", ") + sql_name(each);
    columns += ")";
  }
  return "CREATE TABLE IF NOT EXISTS " + name.sql() + " (" + columns + ")";
}

void create(Connection& connection, const TableName& name, const Schema& rows,
            const StringList& key) {
  connection.run("BEGIN; " + std::string(alone) + "; " +
                 create_statement(name, rows, key, connection.server_version()) + "; COMMIT");
}

std::optional<TargetTable> look_up(Connection& connection, const TableName& name,
                                   const StringList& key, OutputMode mode) {
  const auto found = connection.run(
      "SELECT c.oid, n.nspname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = "
      "c.relnamespace WHERE c.oid = to_regclass($1)",
      {name.sql()});
  if (found.rows() == 0) return std::nullopt;
  const std::string oid(found.text(0, 0));
  TargetTable table;
  table.name = {std::string(found.text(0, 1)), name.table};
  table.kind = letter(found.text(0, 2));
  read_columns(connection, oid, table);
  read_rights(connection, oid, mode, table);
  if (mode == OutputMode::update) read_indexes(connection, oid, key, table);
  return table;
}

}  // namespace millrace::postgres
