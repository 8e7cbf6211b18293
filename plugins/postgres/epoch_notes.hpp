#pragma once
#include <optional>
#include <string>

#include "millrace/context.hpp"

#include "plugins/postgres/connection.hpp"
#include "plugins/postgres/names.hpp"

namespace millrace::postgres {

/// The newest epoch of each sink of each job, in a table of the database: noted in the transaction
/// that writes the epoch's rows, so that an epoch that comes again is known.
class EpochNotes {
 public:
  EpochNotes(TableName table, Context context) : table_(std::move(table)), context_(context) {}

  /// Without a checkpoint epochs begin at 0 each time: there is nothing to know them by.
  bool are_kept() const { return !context_.job().empty(); }

  /// Creates the table where it is missing, beside `target`; then the newest epoch that is there.
  std::optional<Epoch> open(Connection& connection, const TableName& target);

  /// Inside of a transaction: whether the epoch is still to be written. Keeps others out, such as a
  /// process that is believed to be dead, until the transaction ends.
  bool claim(Connection& connection, Epoch epoch);

 private:
  void create(Connection& connection);

  TableName table_;
  Context context_;
};

}  // namespace millrace::postgres
