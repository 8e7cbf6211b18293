#include "core/checkpoint/epoch_outbox.hpp"

#include "millrace/crash_point.hpp"
#include "millrace/error.hpp"

namespace millrace {

OutboxWriter& EpochOutbox::begin(std::uint64_t epoch) {
  writer_ =
      std::make_unique<OutboxFileWriter>(files_, directory_.outbox(), directory_.writer(), epoch);
  return *writer_;
}

std::optional<OutboxFile> EpochOutbox::publish(std::uint64_t epoch) {
  if (!writer_) return std::nullopt;
  if (writer_->epoch() != epoch) throw Error::internal("the outbox is not of this epoch");
  std::optional<OutboxFile> file = writer_->finish();
  writer_.reset();
  if (file) directory_.added(*parse_epoch_file_name(file->name), file->size);
  return file;
}

void EpochOutbox::decided(const EpochFileName& record, const std::optional<OutboxFile>& file) {
  record_ = record;
  file_ = file;
  notes_ = {};
  noted_ = 0;
  notes_name_.clear();
  undelivered_.reset();
  if (!file) return;
  find_notes();
  undelivered_ = std::make_unique<OutboxFileReader>(files_, directory_.outbox(),
                                                    directory_.writer().job, record.epoch, *file);
}

void EpochOutbox::find_notes() {
  const auto newest = newest_notes(directory_.epoch_files(), record_.epoch);
  if (!newest) return;
  noted_ = std::stoull(newest->own_name);
  notes_ = read_delivery_notes(files_, directory_.outbox(), *newest, directory_.writer().job);
  notes_name_ = to_text(*newest);
}

void EpochOutbox::note(const DeliveryNotes& notes) {
  const EpochFileName name{record_.epoch, directory_.writer().run_text(), EpochFileKind::notes,
                           std::to_string(++noted_)};
  const ContainerSummary written =
      write_delivery_notes(files_, directory_.outbox(), name, directory_.writer(), notes);
  directory_.added(name, written.size);
  notes_ = notes;
  notes_name_ = to_text(name);
}

std::set<std::string> EpochOutbox::needed() const {
  std::set<std::string> names;
  if (file_) names.insert(file_->name);
  if (!notes_name_.empty()) names.insert(notes_name_);
  return names;
}

void EpochOutbox::delivered() {
  if (!undelivered_) return;
  undelivered_.reset();
  CrashPoint::reach("outbox", "delivered");
  const EpochFileName name{record_.epoch, record_.run, EpochFileKind::delivered};
  try {
    files_.create(directory_.epochs() / to_text(name))->close();
    directory_.added(name, 0);
  } catch (const Error&) {
    // This disk cannot note it: should the process die now, the rows go out once more.
  }
  CrashPoint::reach("outbox", "noted");
}

}  // namespace millrace
