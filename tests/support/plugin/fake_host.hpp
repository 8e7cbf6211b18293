#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/column_builder.hpp"
#include "millrace/expression.hpp"
#include "millrace/format.hpp"
#include "millrace/json.hpp"
#include "millrace/source.hpp"
#include "millrace/transform.hpp"

// An engine's side of the plugin boundary for unit tests of plugins: a clock that the test sets,
// a log that it can read, and expressions that are plain functions.
namespace millrace::testing {

class FakeHost {
 public:
  FakeHost() {
    host_.size = sizeof(mr_host);
    host_.engine = this;
    host_.log = [](void* self, int32_t, mr_str message) {
      static_cast<FakeHost*>(self)->log.emplace_back(view(message));
    };
    host_.metric = [](void*, int32_t, mr_str, mr_str) -> uint64_t { return 0; };
    host_.record = [](void*, uint64_t, double) {};
    host_.now_us = [](void* self) { return static_cast<FakeHost*>(self)->now_us; };
    host_.stop_requested = [](void* self) {
      return static_cast<FakeHost*>(self)->stopping ? 1 : 0;
    };
    host_.input_arrived = [](void*) {};
    host_.evaluate = evaluate;
    host_.pipeline = str("test");
    host_.component = str("component");
    host_.ansi = 1;
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  Context context() const { return Context(host_); }

  using Function = std::function<Column(const Batch&)>;

  // An expression over batches of `input`; `column` as in Expression::column.
  Expression expression(const Schema& input, const std::string& name, const Type& type,
                        Function function, int column = -1) {
    kept_.push_back(std::make_unique<Compiled>(
        Compiled{std::make_shared<const Schema>(input), std::move(function)}));
    arrow::OwnedSchema field(Field{name, type});
    const mr_named_expression named{
        str(name), reinterpret_cast<const mr_expression*>(kept_.back().get()), field.get(), column};
    return {host_, named};
  }
  Expression column(const Schema& input, const std::string& name, const std::string& as = "") {
    const int at = input.index_of(name);
    return expression(input, as.empty() ? name : as, input[static_cast<size_t>(at)].type, {}, at);
  }

  // Makes the session's time zone one that is two hours ahead of UTC.
  void set_two_hours_ahead() {
    host_.local_to_instant = [](void*, int64_t local) { return local - int64_t{7'200'000'000}; };
  }

  // The id of a checkpoint, which the caller keeps.
  void set_job(std::string_view job) { host_.job = str(job); }

  int64_t now_us = 0;
  bool stopping = false;
  std::vector<std::string> log;

 private:
  struct Compiled {
    std::shared_ptr<const Schema> input;
    Function function;
  };

  static mr_result evaluate(void*, const mr_expression* expression, const ArrowArray* batch,
                            ArrowArray* out, mr_error* error) {
    return detail::guarded(error, [&] {
      const auto& compiled = *reinterpret_cast<const Compiled*>(expression);
      arrow::export_column(compiled.function(arrow::view_batch(compiled.input, *batch, nullptr)),
                           out);
      return MR_OK;
    });
  }

  mr_host host_{};
  std::vector<std::unique_ptr<Compiled>> kept_;
};

// Keeps what a transform puts out.
class KeptOutputs {
 public:
  explicit KeptOutputs(const Schema& rows) : schema_(std::make_shared<const Schema>(rows)) {
    outputs_.size = sizeof(mr_outputs);
    outputs_.engine = this;
    outputs_.emit = [](void* self, int32_t, ArrowArray* batch, mr_error*) {
      auto& kept = *static_cast<KeptOutputs*>(self);
      kept.batches.push_back(arrow::import_batch(kept.schema_, batch));
      return static_cast<mr_result>(MR_OK);
    };
    outputs_.count = [](void* self, int32_t what, int64_t amount) {
      static_cast<KeptOutputs*>(self)->counts[static_cast<size_t>(what)] += amount;
    };
  }
  KeptOutputs(const KeptOutputs&) = delete;
  KeptOutputs& operator=(const KeptOutputs&) = delete;

  Outputs outputs() const { return Outputs(outputs_); }
  std::string json() const {
    std::string text;
    for (const auto& batch : batches)
      for (const Row row : batch) text += row.to_json() + "\n";
    return text;
  }

  std::vector<Batch> batches;
  int64_t counts[16] = {};

 private:
  std::shared_ptr<const Schema> schema_;
  mr_outputs outputs_{};
};

// Keeps the payloads that a format rejects.
class KeptRejects {
 public:
  KeptRejects() {
    rejects_.size = sizeof(mr_rejects);
    rejects_.engine = this;
    rejects_.reject = [](void* self, int64_t row, mr_str reason) {
      static_cast<KeptRejects*>(self)->all.emplace_back(row, view(reason));
    };
  }
  KeptRejects(const KeptRejects&) = delete;
  KeptRejects& operator=(const KeptRejects&) = delete;

  Rejects rejects() const { return Rejects(rejects_); }

  std::vector<std::pair<int64_t, std::string>> all;

 private:
  mr_rejects rejects_{};
};

inline Column binary_column(const std::vector<std::string>& payloads) {
  ColumnBuilder builder(TypeId::binary);
  for (const auto& payload : payloads) builder.append_bytes(payload);
  return builder.finish();
}

inline std::string rows_json(const Batch& batch) {
  std::string text;
  for (const Row row : batch) text += row.to_json() + "\n";
  return text;
}

}  // namespace millrace::testing
