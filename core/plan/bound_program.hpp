#pragma once
#include <memory>
#include <string>
#include <utility>

#include "core/expression/program.hpp"
#include "core/plugin/value_list.hpp"

namespace millrace {

/// A compiled expression as plugins hold it, with the rows that it is for.
class BoundProgram final : public mr_expression {
 public:
  BoundProgram(std::shared_ptr<const Program> program, std::shared_ptr<const Schema> input)
      : program_(std::move(program)), input_(std::move(input)) {}
  Column evaluate(const Batch& batch) const override { return program_->evaluate(batch); }
  const std::shared_ptr<const Schema>& input() const override { return input_; }

 private:
  std::shared_ptr<const Program> program_;
  std::shared_ptr<const Schema> input_;
};

inline BoundExpression bound_expression(std::string name,
                                        const std::shared_ptr<const Program>& program,
                                        const std::shared_ptr<const Schema>& rows) {
  return {std::move(name), std::make_shared<BoundProgram>(program, rows), program->type(),
          program->as_column()};
}

}  // namespace millrace
