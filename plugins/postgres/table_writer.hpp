#pragma once
#include <optional>
#include <string>

#include "millrace/sink.hpp"

#include "plugins/postgres/connection.hpp"
#include "plugins/postgres/copy_text.hpp"
#include "plugins/postgres/epoch_notes.hpp"
#include "plugins/postgres/settings.hpp"
#include "plugins/postgres/table_statements.hpp"

namespace millrace::postgres {

/// Writes epochs, one transaction each. What was not sent yet is sent in one go at the end of an
/// epoch, and again from the beginning where the connection breaks or the server gives up: whether
/// a commit without an answer was one, the noted epoch tells. Of an epoch larger than a batch the
/// beginning is not here any more; then the engine has to run it again.
class TableWriter final : public Writer {
 public:
  TableWriter(const SinkSettings& settings, Context context, const Schema& rows, OutputMode mode);

  bool open(Epoch epoch) override;
  void write(const Batch& rows, const Column* payloads) override;
  void close(const Error* cause) override;

 private:
  enum class State { gathering, sending, written };

  template <class Attempt>
  void persevere(Attempt&& attempt);
  void require_session();
  void open_table();
  void begin();
  void send();
  void commit();
  /// Where the commit had no answer.
  void find_out(const DatabaseError& cause);
  void finish();
  int64_t first_refused();
  bool takes(int64_t from, int64_t to);

  const SinkSettings& settings_;
  Context context_;
  const Schema& rows_;
  const OutputMode mode_;
  Connection connection_;
  EpochNotes notes_;
  TableStatements statements_;
  std::optional<CopyText> text_;  ///< once the table is known
  std::optional<Epoch> newest_;   ///< that the table has
  Epoch epoch_ = 0;
  int64_t given_ = 0;  ///< rows of the epoch before those of the call at hand
  State state_ = State::gathering;
};

}  // namespace millrace::postgres
