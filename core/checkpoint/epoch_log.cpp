#include "core/checkpoint/epoch_log.hpp"

#include <stdexcept>
#include <utility>

#include "millrace/error.hpp"

#include "core/checkpoint/record_file.hpp"

namespace millrace {

EpochLog::EpochLog(FileSystem& files, std::filesystem::path directory, const WriterIdentity& writer)
    : files_(files), directory_(std::move(directory)), writer_(writer) {}

ContainerSummary EpochLog::write(const EpochPlan& plan) {
  return write({plan.epoch, writer_.run_text(), EpochFileKind::plan}, ContainerKind::plan,
               to_json(plan));
}

ContainerSummary EpochLog::write(const EpochCommit& commit) {
  return write({commit.epoch, writer_.run_text(), EpochFileKind::commit}, ContainerKind::commit,
               to_json(commit));
}

ContainerSummary EpochLog::write(const EpochFileName& name, ContainerKind kind,
                                 const std::string& json) {
  return write_record_file(files_, directory_, to_text(name),
                           {kind, name.epoch, writer_.job, writer_.run}, json);
}

template <typename Record, typename Parse>
Logged<Record> EpochLog::read(const EpochFileName& name, ContainerKind kind, Parse parse) const {
  const ContainerReader file(files_, directory_ / to_text(name), kind);
  if (file.header().job != writer_.job) file.refuse("it belongs to another checkpoint");
  if (file.header().epoch != name.epoch) file.refuse("it belongs to another epoch");
  Logged<Record> logged;
  try {
    logged.record = parse(read_record(file));
  } catch (const Error&) {
    throw;
  } catch (const std::exception& problem) {
    file.refuse(std::string("its record cannot be understood: ") + problem.what());
  }
  if (logged.record.epoch != name.epoch) file.refuse("its record is of another epoch");
  logged.file = file.summary();
  return logged;
}

Logged<EpochPlan> EpochLog::read_plan(const EpochFileName& name) const {
  return read<EpochPlan>(name, ContainerKind::plan, epoch_plan_from_json);
}

Logged<EpochCommit> EpochLog::read_commit(const EpochFileName& name) const {
  return read<EpochCommit>(name, ContainerKind::commit, [](const std::string& text) {
    EpochCommit commit = epoch_commit_from_json(text);
    if (commit.next && commit.next->epoch != commit.epoch + 1)
      throw std::invalid_argument("the plan in it is not of the next epoch");
    return commit;
  });
}

}  // namespace millrace
