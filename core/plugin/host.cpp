#include "core/plugin/host.hpp"

#include <utility>

#include "millrace/arrow.hpp"

namespace millrace {
namespace {

const ComponentHost& at(void* engine) { return *static_cast<const ComponentHost*>(engine); }

void log(void* engine, int32_t level, mr_str message) {
  at(engine).services().log(at(engine).component(), level, view(message));
}

uint64_t metric(void* engine, int32_t kind, mr_str name, mr_str help) {
  return at(engine).services().metric(at(engine).component(), kind, view(name), view(help));
}

void record(void* engine, uint64_t number, double value) {
  at(engine).services().record(number, value);
}

int64_t now_us(void* engine) { return at(engine).services().now_us(); }

int32_t stop_requested(void* engine) { return at(engine).services().stop_requested() ? 1 : 0; }

mr_result evaluate(void*, const mr_expression* expression, const ArrowArray* batch, ArrowArray* out,
                   mr_error* error) {
  return detail::guarded(error, [&] {
    // Borrowed: the batch outlives the call, and results own their memory.
    const auto rows = arrow::view_batch(expression->input(), *batch, nullptr);
    arrow::export_column(expression->evaluate(rows), out);
    return MR_OK;
  });
}

int64_t local_to_instant(void* engine, int64_t local) {
  return at(engine).zone().instant_of(local);
}

void input_arrived(void* engine) { at(engine).services().input_arrived(); }

}  // namespace

ComponentHost::ComponentHost(HostServices& services, std::string pipeline, std::string component,
                             HostMeaning meaning)
    : services_(services),
      pipeline_(std::move(pipeline)),
      component_(std::move(component)),
      meaning_(std::move(meaning)),
      host_{sizeof(mr_host),
            this,
            log,
            metric,
            record,
            now_us,
            stop_requested,
            evaluate,
            str(pipeline_),
            str(component_),
            meaning_.ansi ? 1 : 0,
            meaning_.zone == nullptr ? nullptr : local_to_instant,
            input_arrived,
            meaning_.continuous ? 1 : 0,
            {}} {}

void ComponentHost::set_job(std::string job) {
  job_ = std::move(job);
  host_.job = str(job_);
}

}  // namespace millrace
