#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "millrace/column_builder.hpp"
#include "millrace/settings.hpp"

/// The engine's side of an expression, in tests: any function of a batch.
struct mr_expression {
  std::shared_ptr<const millrace::Schema> input;
  millrace::Type type;
  std::function<millrace::Column(const millrace::Batch&)> compute;
};

namespace millrace::testing {

/// The engine as a transform sees it while it is bound: expressions and the ANSI switch.
class FakeHost {
 public:
  explicit FakeHost(Schema input) : input_(std::make_shared<const Schema>(std::move(input))) {
    host_.size = sizeof host_;
    host_.engine = this;
    host_.ansi = 1;
    host_.evaluate = [](void*, const mr_expression* expression, const ArrowArray* batch,
                        ArrowArray* out, mr_error* error) {
      return detail::guarded(error, [&] {
        arrow::export_column(
            expression->compute(arrow::view_batch(expression->input, *batch, nullptr)), out);
        return MR_OK;
      });
    };
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  const std::shared_ptr<const Schema>& input() const { return input_; }
  Context context() const { return Context(host_); }
  const mr_host& host() const { return host_; }
  void set_ansi(bool ansi) { host_.ansi = ansi ? 1 : 0; }

  Expression column(const std::string& name) {
    const int at = input_->index_of(name);
    return make(name, (*input_)[static_cast<size_t>(at)].type, nullptr, at);
  }
  Expression computed(const std::string& name, const Type& type,
                      std::function<Column(const Batch&)> compute) {
    expressions_.push_back({input_, type, std::move(compute)});
    return make(name, type, &expressions_.back(), -1);
  }
  /// A column that keeps the boolean of `test` for each row.
  Expression condition(std::function<bool(const Row&)> test) {
    return computed("condition", TypeId::boolean, [test = std::move(test)](const Batch& batch) {
      ColumnBuilder builder(TypeId::boolean);
      for (const Row row : batch) builder.append_boolean(test(row));
      return builder.finish();
    });
  }
  std::vector<Expression> columns(const std::vector<std::string>& names) {
    std::vector<Expression> made;
    made.reserve(names.size());
    for (const auto& name : names) made.push_back(column(name));
    return made;
  }
  Aggregate count(const std::string& name = "count") {
    return {name, "count", true, false, {}, {}};
  }
  Aggregate aggregate(const std::string& name, const std::string& function,
                      const std::vector<std::string>& arguments) {
    return {name, function, false, false, columns(arguments), {}};
  }

 private:
  Expression make(const std::string& name, const Type& type, const mr_expression* expression,
                  int at) {
    names_.push_back(name);
    types_.emplace_back(Field{name, type});
    return {host_, {str(names_.back()), expression, types_.back().get(), at}};
  }

  std::shared_ptr<const Schema> input_;
  mr_host host_{};
  std::deque<std::string> names_;
  std::deque<arrow::OwnedSchema> types_;
  std::deque<mr_expression> expressions_;
};

}  // namespace millrace::testing
