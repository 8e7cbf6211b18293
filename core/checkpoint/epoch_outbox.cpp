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
  needed_ = file ? file->name : "";
  undelivered_.reset();
  if (file)
    undelivered_ = std::make_unique<OutboxFileReader>(files_, directory_.outbox(),
                                                      directory_.writer().job, record.epoch, *file);
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
