#include "core/expression/logic.hpp"

namespace millrace {

namespace {

/// AND; OR is the same with TRUE and FALSE changing places.
class JunctionNode final : public Node {
 public:
  JunctionNode(bool is_and, std::vector<NodePtr> conditions)
      : Node(TypeId::boolean, std::move(conditions)), is_and_(is_and) {}

 protected:
  Vector compute(const Frame& frame) const override {
    const int64_t rows = frame.rows;
    Bitmap deciding = filled_bitmap(rows, false);  // FALSE so far, for AND.
    Bitmap passing = filled_bitmap(rows, true);    // TRUE so far, for AND.
    for (size_t n = 0; n < arguments().size(); ++n) {
      const auto& condition = *arguments()[n];
      Vector value;
      if (n > 0 && condition.may_fail()) {
        const Bitmap open = make_bitmap(rows, [&](size_t i) {
          return ~deciding[i] & (frame.active == nullptr ? ~uint64_t{0} : frame.active[i]);
        });
        value = condition.evaluate(frame.narrowed(open));
      } else {
        value = condition.evaluate(frame);
      }
      const Bitmap truths = true_rows(value, rows);
      const Bitmap lies = false_rows(value, rows);
      const Bitmap& decided = is_and_ ? lies : truths;
      const Bitmap& passed = is_and_ ? truths : lies;
      for (size_t i = 0; i < deciding.size(); ++i) {
        deciding[i] |= decided[i];
        passing[i] &= passed[i];
      }
    }
    uint64_t unknown = 0;
    Bitmap validity = make_bitmap(rows, [&](size_t i) { return deciding[i] | passing[i]; });
    const Bitmap all = filled_bitmap(rows, true);
    for (size_t i = 0; i < validity.size(); ++i) unknown |= validity[i] ^ all[i];
    if (unknown == 0) validity = {};
    return {make_boolean_column(rows, std::move(is_and_ ? passing : deciding), std::move(validity)),
            false};
  }

 private:
  bool is_and_;
};

class NotNode final : public Node {
 public:
  explicit NotNode(NodePtr condition) : Node(TypeId::boolean, {std::move(condition)}) {}

 protected:
  Vector compute(const Frame& frame) const override {
    const auto value = arguments()[0]->evaluate(frame);
    return {make_boolean_column(frame.rows, false_rows(value, frame.rows),
                                validity_of(value, frame.rows)),
            false};
  }
};

class TestNode final : public Node {
 public:
  TestNode(Test test, NodePtr value) : Node(TypeId::boolean, {std::move(value)}), test_(test) {}

 protected:
  Vector compute(const Frame& frame) const override {
    const auto value = arguments()[0]->evaluate(frame);
    return {make_boolean_column(frame.rows, bits(value, frame.rows), {}), false};
  }

 private:
  Bitmap bits(const Vector& value, int64_t rows) const {
    if (test_ == Test::true_value) return true_rows(value, rows);
    if (test_ == Test::false_value) return false_rows(value, rows);
    Bitmap valid = validity_of(value, rows);
    if (valid.empty()) valid = filled_bitmap(rows, true);
    if (test_ == Test::not_null) return valid;
    return make_bitmap(rows, [&](size_t i) { return ~valid[i]; });
  }

  Test test_;
};

}  // namespace

NodePtr make_and(std::vector<NodePtr> conditions) {
  return std::make_shared<JunctionNode>(true, std::move(conditions));
}
NodePtr make_or(std::vector<NodePtr> conditions) {
  return std::make_shared<JunctionNode>(false, std::move(conditions));
}
NodePtr make_not(NodePtr condition) { return std::make_shared<NotNode>(std::move(condition)); }
NodePtr make_test(Test test, NodePtr value) {
  return std::make_shared<TestNode>(test, std::move(value));
}

}  // namespace millrace
