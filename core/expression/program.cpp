#include "core/expression/program.hpp"

#include <bit>

#include "core/expression/node.hpp"

namespace millrace {

Program::Program(std::shared_ptr<const Node> root, std::vector<int> columns)
    : root_(std::move(root)), columns_(std::move(columns)) {}

const Type& Program::type() const { return root_->type(); }
bool Program::is_constant() const { return root_->constant(); }

int Program::as_column() const {
  const auto* column = dynamic_cast<const ColumnNode*>(root_.get());
  return column == nullptr ? -1 : column->position();
}

Column Program::evaluate(const Batch& batch) const {
  return spread(root_->evaluate({batch, batch.size()}), batch.size());
}

void evaluate_filter(const Program& condition, const Batch& batch, Buffer<uint32_t>& selected) {
  selected.clear();
  const auto value = condition.root_->evaluate({batch, batch.size()});
  const Bitmap chosen = true_rows(value, batch.size());
  selected.resize(static_cast<size_t>(count_bits(chosen)));
  uint32_t* to = selected.data();
  for (size_t word = 0; word < chosen.size(); ++word)
    for (uint64_t bits = chosen[word]; bits != 0; bits &= bits - 1)
      *to++ = static_cast<uint32_t>(word * 64 + static_cast<size_t>(std::countr_zero(bits)));
}

}  // namespace millrace
