#include "core/plugin/sink_handle.hpp"

#include <cstddef>

#include "core/plugin/plugin_call.hpp"

namespace millrace {

bool WriterHandle::open(int64_t epoch) {
  mr_error error;
  const PluginCall call(parts_, "open");
  return parts_.check(functions().open(writer_.get(), epoch, &error), error) != MR_SKIP;
}

void WriterHandle::write(const Batch& rows, const Column* payloads) {
  ArrowArray crossing{};
  ArrowArray encoded{};
  mr_error error;
  const PluginCall call(parts_, "write");
  arrow::export_batch(rows, &crossing);
  if (payloads != nullptr) arrow::export_column(*payloads, &encoded);
  check_rows(
      functions().write(writer_.get(), &crossing, payloads == nullptr ? nullptr : &encoded, &error),
      error);
}

void WriterHandle::check_rows(mr_result result, const mr_error& error) {
  constexpr size_t size_needed = offsetof(mr_sink, failed_row) + sizeof(void*);
  try {
    parts_.check(result, error);
  } catch (const Error& failure) {
    if (functions().size < size_needed || functions().failed_row == nullptr) throw;
    const auto row = functions().failed_row(writer_.get());
    if (row < 0) throw;
    throw failure.at_row(row);
  }
}

void WriterHandle::flush() {
  constexpr size_t size_needed = offsetof(mr_sink, flush) + sizeof(void*);
  if (functions().size < size_needed || functions().flush == nullptr) return;
  mr_error error;
  const PluginCall call(parts_, "flush");
  parts_.check(functions().flush(writer_.get(), &error), error);
}

void WriterHandle::close(const Error* cause) {
  mr_error reason;
  if (cause != nullptr) detail::store(*cause, &reason);
  mr_error error;
  const PluginCall call(parts_, "close");
  check_rows(functions().close(writer_.get(), cause == nullptr ? nullptr : &reason, &error), error);
}

void WriterHandle::give_up(const Error& cause) noexcept {
  try {
    close(&cause);
  } catch (const Error&) {
    // See the header.
  }
}

SinkHandle::SinkHandle(ComponentParts parts, const Schema& rows, uint32_t mode)
    : parts_(std::move(parts)), rows_(rows) {
  void* self = nullptr;
  mr_error error;
  const PluginCall call(parts_, "create");
  parts_.check(functions().create(parts_.host->get(), parts_.values->get(), rows_.get(), mode,
                                  &self, &error),
               error);
  self_ = PluginObject(self, functions().destroy);
}

WriterHandle SinkHandle::open_writer(int32_t partition) const {
  void* writer = nullptr;
  mr_error error;
  const PluginCall call(parts_, "open_writer");
  parts_.check(functions().open_writer(self_.get(), partition, &writer, &error), error);
  return {parts_, PluginObject(writer, functions().close_writer)};
}

bool SinkHandle::can_decide() const {
  // One that was built before there were deciders ends before the member.
  return functions().size > offsetof(mr_sink, decider) && functions().decider != nullptr;
}

void SinkHandle::join(const SinkHandle* first) {
  mr_error error;
  const PluginCall call(parts_, "join");
  parts_.check(decider().join(self_.get(), first == nullptr ? nullptr : first->self_.get(), &error),
               error);
}

std::string SinkHandle::place() const {
  mr_str place{};
  mr_error error;
  const PluginCall call(parts_, "place");
  parts_.check(decider().place(self_.get(), &place, &error), error);
  return std::string(view(place));
}

SinkFenced SinkHandle::fence(std::string_view job, std::string_view run) {
  mr_fenced fenced{};
  mr_error error;
  const PluginCall call(parts_, "fence");
  parts_.check(decider().fence(self_.get(), str(job), str(run), &fenced, &error), error);
  SinkFenced result{{}, fenced.kept_us};
  if (fenced.found != 0)
    result.newest = SinkDecision{fenced.newest.epoch, std::string(view(fenced.newest.record)),
                                 std::string(view(fenced.newest.run))};
  return result;
}

void SinkHandle::begin(int64_t epoch) {
  mr_error error;
  const PluginCall call(parts_, "begin");
  parts_.check(decider().begin(self_.get(), epoch, &error), error);
}

void SinkHandle::decide(const SinkDecision& decision, const std::vector<NamedPosition>& positions) {
  const mr_decision made{sizeof(mr_decision), decision.epoch, str(decision.record),
                         str(decision.run)};
  std::vector<mr_source_position> given;
  given.reserve(positions.size());
  for (const auto& each : positions)
    given.push_back({str(each.source), str(each.type), str(each.position)});
  mr_error error;
  const PluginCall call(parts_, "decide");
  parts_.check(decider().decide(self_.get(), &made, given.data(), given.size(), &error), error);
}

std::string SinkHandle::prepare(int64_t epoch) {
  if (!transactional()) return {};
  mr_str receipt{};
  mr_error error;
  const PluginCall call(parts_, "prepare");
  parts_.check(functions().prepare(self_.get(), epoch, &receipt, &error), error);
  return std::string(view(receipt));
}

void SinkHandle::commit(int64_t epoch, std::string_view receipt) {
  if (!transactional()) return;
  mr_error error;
  const PluginCall call(parts_, "commit");
  parts_.check(functions().commit(self_.get(), epoch, str(receipt), &error), error);
}

void SinkHandle::abort(int64_t epoch) {
  if (!transactional()) return;
  mr_error error;
  const PluginCall call(parts_, "abort");
  parts_.check(functions().abort(self_.get(), epoch, &error), error);
}

}  // namespace millrace
