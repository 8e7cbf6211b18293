#pragma once
#include <memory>
#include <string>
#include <vector>

#include <millrace/sdk.hpp>

namespace millrace::sorting {

/// What sorting and cutting share: they need the whole result, which complete mode alone puts out.
Binding bind_whole_result(const Stream& input, const std::string& what);

/// Collects the rows of an epoch and puts them out, rearranged, at its end.
class WholeResultTask : public TransformTask {
 public:
  explicit WholeResultTask(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {}
  void begin(const Round&) override { batches_.clear(); }
  void process(int, const Batch& batch, const Outputs&) override { batches_.push_back(batch); }
  void end(const Outputs& outputs) override {
    if (batches_.empty()) return;
    outputs.emit(Port::rows, arrange(concatenate(schema_, batches_)));
    batches_.clear();
  }

 protected:
  virtual Batch arrange(const Batch& rows) const = 0;

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<Batch> batches_;
};

struct SortSettings {
  StringList by;
  std::optional<int64_t> rows;
};

class SortTransform final : public Transform {
 public:
  struct Order {
    size_t column;
    bool descending;
  };

  SortTransform(const SortSettings& settings, const Context& context,
                const std::vector<Stream>& inputs);
  const Binding& binding() const override { return binding_; }
  std::unique_ptr<TransformTask> open() override;

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<Order> order_;
  std::optional<int64_t> rows_;
  Binding binding_;
};

struct LimitSettings {
  int64_t rows = 0;
};

class LimitTransform final : public Transform {
 public:
  LimitTransform(const LimitSettings& settings, const Context& context,
                 const std::vector<Stream>& inputs);
  const Binding& binding() const override { return binding_; }
  std::unique_ptr<TransformTask> open() override;

 private:
  std::shared_ptr<const Schema> schema_;
  int64_t rows_;
  Binding binding_;
};

/// The first rows of a batch.
Batch first_rows(const Batch& rows, int64_t count);

}  // namespace millrace::sorting
