#include "core/expression/concat_node.hpp"

#include "core/expression/row_value.hpp"

namespace millrace {

namespace {

class ConcatNode final : public Node {
 public:
  ConcatNode(std::vector<NodePtr> texts, bool with_separator)
      : Node(texts.empty() ? Type(TypeId::string) : texts[0]->type(), std::move(texts)),
        with_separator_(with_separator) {}

 protected:
  Vector compute(const Frame& frame) const override {
    const auto values = evaluate_arguments(frame);
    std::vector<Reader<std::string_view>> readers;
    std::vector<const Vector*> strict;
    for (const auto& value : values) {
      readers.emplace_back(value);
      if (!with_separator_ || strict.empty()) strict.push_back(&value);
    }
    Bitmap validity = common_validity(strict, frame.rows);
    Buffer<int32_t> offsets;
    Buffer<char> bytes;
    offsets.resize(static_cast<size_t>(frame.rows) + 1);
    offsets[0] = 0;
    for (int64_t row = 0; row < frame.rows; ++row) {
      if (validity.empty() || bit_at(validity.data(), row)) {
        if (with_separator_)
          append_present(values, readers, row, bytes);
        else
          for (const auto& read : readers) append(read(row), bytes);
      }
      if (bytes.size() > static_cast<size_t>(INT32_MAX))
        throw Error::data(
            "an expression makes more than 2 GiB of text in one batch; use smaller batches");
      offsets[static_cast<size_t>(row) + 1] = static_cast<int32_t>(bytes.size());
    }
    return {make_bytes_column(type(), std::move(offsets), std::move(bytes), std::move(validity)),
            false};
  }

 private:
  static void append(std::string_view text, Buffer<char>& bytes) {
    bytes.append(text.data(), text.size());
  }
  static void append_present(const std::vector<Vector>& values,
                             const std::vector<Reader<std::string_view>>& readers, int64_t row,
                             Buffer<char>& bytes) {
    bool first = true;
    for (size_t i = 1; i < values.size(); ++i) {
      if (values[i].column.is_null(row & values[i].mask())) continue;
      if (!first) append(readers[0](row), bytes);
      first = false;
      append(readers[i](row), bytes);
    }
  }

  bool with_separator_;
};

}  // namespace

NodePtr make_concat(std::vector<NodePtr> texts) {
  return std::make_shared<ConcatNode>(std::move(texts), false);
}
NodePtr make_concat_with_separator(std::vector<NodePtr> separator_and_texts) {
  return std::make_shared<ConcatNode>(std::move(separator_and_texts), true);
}

}  // namespace millrace
