#include "core/expression/choice.hpp"

namespace millrace {

namespace {

/// Values for disjoint sets of rows, gathered one after the other and then merged.
class Choices {
 public:
  explicit Choices(const Frame& frame) : rows_(frame.rows) {
    which_.append(static_cast<size_t>(rows_), 0);
    open_ = frame.active == nullptr ? filled_bitmap(rows_, true)
                                    : make_bitmap(rows_, [&](size_t i) { return frame.active[i]; });
  }

  /// The rows that have no value yet.
  const Bitmap& open() const { return open_; }
  bool any_open() const { return any(open_); }

  /// Gives `rows` (all of them open) their values.
  void add(const Bitmap& rows, Vector values) {
    values_.push_back(std::move(values));
    const auto number = static_cast<uint16_t>(values_.size());
    for (size_t word = 0; word < rows.size(); ++word) {
      open_[word] &= ~rows[word];
      for (uint64_t bits = rows[word]; bits != 0; bits &= bits - 1)
        which_[word * 64 + static_cast<size_t>(std::countr_zero(bits))] = number;
    }
  }

  /// One column; rows without a value are null.
  Column merged(const Type& type) const {
    switch (width_of(type.id)) {
      case 4:
        return merged_fixed<uint32_t>(type);
      case 8:
        return merged_fixed<uint64_t>(type);
      case 16:
        return merged_fixed<UInt128>(type);
      default:
        return merged_any(type);
    }
  }

  static bool any(const Bitmap& rows) {
    for (size_t i = 0; i < rows.size(); ++i)
      if (rows[i] != 0) return true;
    return false;
  }

 private:
  template <class Value>
  Column merged_fixed(const Type& type) const {
    Buffer<Value> results;
    results.append(static_cast<size_t>(rows_), 0);
    Bitmap validity = filled_bitmap(rows_, true);
    for (int64_t row = 0; row < rows_; ++row) {
      const auto number = which_[static_cast<size_t>(row)];
      if (number == 0) {
        clear_bit(validity.data(), row);
        continue;
      }
      const auto& from = values_[number - 1U];
      const int64_t at = row & from.mask();
      if (from.column.is_null(at))
        clear_bit(validity.data(), row);
      else
        results[static_cast<size_t>(row)] = from.column.data<Value>()[at];
    }
    return make_column(type, std::move(results), std::move(validity));
  }

  Column merged_any(const Type& type) const {
    ColumnBuilder builder(type);
    builder.reserve(static_cast<size_t>(rows_));
    for (int64_t row = 0; row < rows_; ++row) {
      const auto number = which_[static_cast<size_t>(row)];
      if (number == 0) {
        builder.append_null();
      } else {
        const auto& from = values_[number - 1U];
        builder.append_from(from.column, row & from.mask());
      }
    }
    return builder.finish();
  }

  int64_t rows_;
  Bitmap open_;
  Buffer<uint16_t> which_;  // The number of the values that a row takes, 0 for none.
  std::vector<Vector> values_;
};

Frame for_rows(const Node& node, const Frame& frame, const Bitmap& rows) {
  return node.may_fail() ? frame.narrowed(rows) : frame;
}

class CaseNode final : public Node {
 public:
  CaseNode(Type result, std::vector<NodePtr> inputs) : Node(std::move(result), std::move(inputs)) {}

 protected:
  Vector compute(const Frame& frame) const override {
    Choices choices(frame);
    const auto& branches = arguments();
    size_t at = 0;
    for (; at + 1 < branches.size() && choices.any_open(); at += 2) {
      const Bitmap& open = choices.open();
      const auto condition = branches[at]->evaluate(for_rows(*branches[at], frame, open));
      const Bitmap truths = true_rows(condition, frame.rows);
      const Bitmap taken = make_bitmap(frame.rows, [&](size_t i) { return truths[i] & open[i]; });
      if (!Choices::any(taken)) continue;
      choices.add(taken, branches[at + 1]->evaluate(for_rows(*branches[at + 1], frame, taken)));
    }
    if (branches.size() % 2 == 1 && choices.any_open()) {
      const Bitmap rest = make_bitmap(frame.rows, [&](size_t i) { return choices.open()[i]; });
      choices.add(rest, branches.back()->evaluate(for_rows(*branches.back(), frame, rest)));
    }
    return {choices.merged(type()), false};
  }
};

class CoalesceNode final : public Node {
 public:
  CoalesceNode(Type result, std::vector<NodePtr> inputs)
      : Node(std::move(result), std::move(inputs)) {}

 protected:
  Vector compute(const Frame& frame) const override {
    Choices choices(frame);
    for (const auto& argument : arguments()) {
      if (!choices.any_open()) break;
      const Bitmap& open = choices.open();
      auto value = argument->evaluate(for_rows(*argument, frame, open));
      const Bitmap valid = validity_of(value, frame.rows);
      const Bitmap taken = make_bitmap(frame.rows, [&](size_t i) {
        return open[i] & (valid.empty() ? ~uint64_t{0} : valid[i]);
      });
      choices.add(taken, std::move(value));
    }
    return {choices.merged(type()), false};
  }
};

}  // namespace

NodePtr make_case(Type type, std::vector<NodePtr> arguments) {
  return std::make_shared<CaseNode>(std::move(type), std::move(arguments));
}

NodePtr make_coalesce(Type type, std::vector<NodePtr> arguments) {
  return std::make_shared<CoalesceNode>(std::move(type), std::move(arguments));
}

}  // namespace millrace
