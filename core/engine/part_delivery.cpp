#include "core/engine/part_delivery.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "millrace/crash_point.hpp"
#include "millrace/gather.hpp"
#include "millrace/json.hpp"

#include "core/engine/records_in_hand.hpp"

namespace millrace {

PartDelivery::PartDelivery(const Part& part, WriterHandle& writer, Refused refused,
                           RetryPause pause)
    : node_(part.node),
      writer_(writer),
      rows_(part.rows),
      epoch_(part.epoch),
      place_{std::to_string(part.partition), 0, static_cast<int64_t>(part.rows.size()), ""},
      whole_(node_.sink->handle->idempotent() || node_.sink->handle->transactional()),
      refused_(std::move(refused)),
      pause_(pause) {
  for (const auto& [row, why] : refused_) left_out_.add(row);
}

void PartDelivery::run(const Note& note) {
  if (suspects_ != nullptr) leave_out_the_deadly(note);
  if (whole_) return give_whole(note);
  if (rows_.size() == 0)
    if (const auto fault = attempt(rest(0, 0))) throw within_epoch(*fault);
  for (uint64_t row = 0; row < rows_.size();) {
    const auto end = row + std::min(piece_from(row), rows_.size() - row);
    give_pieces(row, end);
    row = end;
  }
}

void PartDelivery::leave_out_the_deadly(const Note& note) {
  const auto deadly = suspects_->set_aside(static_cast<uint64_t>(epoch_), node_.name, place_);
  for (const auto& [row, reason] : deadly) {
    if (left_out_.contains(row)) continue;
    const Fault fault{Error::data(node_.title + ": a row crashes a plugin: " + reason), row, {}, 1};
    if (node_.sink->on_error == OnError::fail) throw within_epoch(fault);
    refuse(row, fault);
    note(refused_);
  }
}

void PartDelivery::give_whole(const Note& note) {
  for (bool first = true;; first = false) {
    const auto fault = attempt(rest(0, rows_.size()));
    if (!fault) return;
    if (node_.sink->on_error == OnError::fail) throw within_epoch(*fault);
    find_refused(*fault, first);
    note(refused_);
    CrashPoint::reach("outbox", "refused");
  }
}

// All that can be told before the next attempt at all of it. That need not be more than one row: a
// first one that the sink named may be the only one, and what close() refuses shows nowhere else.
void PartDelivery::find_refused(const Fault& fault, bool first) {
  const auto before = refused_.size();
  const auto all = rest(0, rows_.size());
  const bool written = count(fault.among) > 0;
  if (fault.row)
    refuse(*fault.row, fault);
  else if (count(all) == 1)
    refuse(nth(all, 0), fault);
  if (written && !(fault.row && first))
    sift(fault.row ? *fault.row + 1 : fault.among.begin, rows_.size());
  if (refused_.size() == before) throw cannot_be_found(fault);
}

// Refuses what the sink refuses of those rows while they are written. Nothing is closed as done.
// A sink that says which row it is goes on behind it; of a batch of another one halves are tried.
void PartDelivery::sift(uint64_t begin, uint64_t end) {
  while (count(rest(begin, end)) > 0) {
    const auto some = rest(begin, end);
    const auto fault = attempt(some, Purpose::find_out);
    if (!fault) return;
    const auto& among = fault->among;
    if (fault->row || count(among) == 1) {
      const auto row = fault->row ? *fault->row : nth(among, 0);
      refuse(row, *fault);
      begin = row + 1;
      continue;
    }
    const auto middle = nth(among, static_cast<int64_t>(count(among) / 2));
    begin = among.end;
    sift(among.begin, middle);
    sift(middle, among.end);
  }
}

void PartDelivery::give_pieces(uint64_t begin, uint64_t end) {
  while (count(rest(begin, end)) > 0) {
    const auto piece = rest(begin, end);
    const auto fault = attempt(piece);
    if (!fault) return;
    if (node_.sink->on_error == OnError::fail) throw within_epoch(*fault);
    if (!fault->row && count(piece) > 1) {
      const auto middle = begin + (end - begin) / 2;
      give_pieces(begin, middle);
      begin = middle;
      continue;
    }
    const auto row = fault->row ? *fault->row : nth(piece, 0);
    give_pieces(begin, row);
    refuse(row, *fault);
    begin = row + 1;
  }
}

std::optional<PartDelivery::Fault> PartDelivery::attempt(const RowSelection& selection,
                                                         Purpose purpose) {
  for (uint32_t number = 1;; ++number) {
    try {
      return attempt_once(selection, number, purpose);
    } catch (const Error& failure) {
      pause_.after(failure, number);
    }
  }
}

std::optional<PartDelivery::Fault> PartDelivery::attempt_once(const RowSelection& selection,
                                                              uint32_t number, Purpose purpose) {
  if (!writer_.open(epoch_)) return std::nullopt;
  RowSelection among;
  NodeCounts counts;
  try {
    write(selection, among, counts);
    note_in_hand(selection);
    among = {};
    if (purpose == Purpose::find_out) {
      writer_.give_up(Error::data("it is looked for rows that are refused; nothing counts yet"));
      return std::nullopt;
    }
    const auto begun_ns = pause_.clock().monotonic_ns();
    writer_.close(nullptr);
    counts.write_seconds.observe(static_cast<double>(pause_.clock().monotonic_ns() - begun_ns) *
                                 1e-9);
  } catch (const Error& error) {
    writer_.give_up(error);
    if (error.blame != Blame::data) throw;
    Fault fault{error, std::nullopt, among, number};
    if (error.row) fault.row = nth(selection, *error.row);
    if (fault.row && !selection.contains(*fault.row)) fault.row.reset();
    return fault;
  }
  counts_.add(counts);
  CrashPoint::reach("outbox", "closed");
  return std::nullopt;
}

// `among`: what is being written at any moment.
void PartDelivery::write(const RowSelection& selection, RowSelection& among, NodeCounts& counts) {
  rows_.read(selection, [&](const Batch& rows, const Column* payloads, uint64_t first) {
    among = selection;
    among.begin = first;
    among.end = nth(among, rows.size() - 1) + 1;
    note_in_hand(among);
    if (suspects_ == nullptr)
      write(rows, payloads, counts);
    else
      write_by_pieces(rows, payloads, among, counts);
  });
}

void PartDelivery::write(const Batch& rows, const Column* payloads, NodeCounts& counts) {
  const auto begun_ns = pause_.clock().monotonic_ns();
  writer_.write(rows, payloads);
  counts.write_seconds.observe(static_cast<double>(pause_.clock().monotonic_ns() - begun_ns) *
                               1e-9);
  counts.sent(OutputPort::rows) += rows.size();
  if (payloads != nullptr && payloads->length > 0)
    counts.sent_bytes += payloads->offsets[payloads->length] - payloads->offsets[0];
}

void PartDelivery::write_by_pieces(const Batch& rows, const Column* payloads,
                                   const RowSelection& among, NodeCounts& counts) {
  for (int64_t at = 0; at < rows.size();) {
    auto piece = among;
    piece.begin = nth(among, at);
    piece.end = piece.begin + std::min(piece_from(piece.begin), among.end - piece.begin);
    std::vector<uint32_t> positions(count(piece));
    std::iota(positions.begin(), positions.end(), static_cast<uint32_t>(at));
    note_in_hand(piece);
    const auto taken = gather(rows, positions);
    if (payloads == nullptr) {
      write(taken, nullptr, counts);
    } else {
      const auto encoded = gather(*payloads, positions);
      write(taken, &encoded, counts);
    }
    at += taken.size();
  }
}

void PartDelivery::note_in_hand(const RowSelection& selection) const {
  records_in_hand::set({node_.name, place_.partition, place_.detail, place_.start, selection.begin,
                        selection.end - selection.begin});
}

// How many rows may be given at once.
uint64_t PartDelivery::piece_from(uint64_t row) const {
  if (suspects_ == nullptr) return rows_.size();
  return suspects_->next(static_cast<uint64_t>(epoch_), node_.name, place_, row).count;
}

void PartDelivery::refuse(uint64_t row, const Fault& fault) {
  refused_[row] = {fault.attempt, fault.error.what()};
  left_out_.add(row);
  ++counts_.rejected_rows;
  if (node_.sink->on_error == OnError::dead_letter) ++counts_.sent(OutputPort::dead_letter);
}

uint64_t PartDelivery::count(const RowSelection& selection) const {
  if (selection.begin >= selection.end) return 0;
  return selection.end - selection.begin -
         (left_out_.below(selection.end) - left_out_.below(selection.begin));
}

uint64_t PartDelivery::nth(const RowSelection& selection, int64_t number) const {
  return left_out_.other(selection.begin, static_cast<uint64_t>(number));
}

Error PartDelivery::within_epoch(const Fault& fault) const {
  std::string text = std::string(fault.error.what()) + "; epoch " + std::to_string(epoch_);
  if (fault.row)
    rows_.read({*fault.row, *fault.row + 1}, [&](const Batch& rows, const Column*, uint64_t) {
      text += ", row " + Row(rows, 0).to_json();
    });
  else
    text += ", one of " + std::to_string(rows_.size()) + " rows";
  if (node_.sink->on_error == OnError::fail)
    text += "; on_error = \"drop\" or \"dead_letter\" would go on without it";
  return {fault.error.blame, fault.error.retry, text};
}

Error PartDelivery::cannot_be_found(const Fault& fault) const {
  const auto error = within_epoch(fault);
  return {error.blame, error.retry,
          std::string(error.what()) +
              "; it cannot be found which row: a sink that recognises epochs is not given one in "
              "parts, it has to say (Error::at_row)"};
}

}  // namespace millrace
