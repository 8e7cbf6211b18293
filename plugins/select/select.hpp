#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/transform.hpp"

namespace millrace {

struct SelectSettings {
  std::vector<Expression> columns;
  std::optional<Expression> where;
};

// SQL's SELECT columns FROM input WHERE condition, without state.
class Select final : public Transform {
 public:
  Select(SelectSettings settings, Context context, const std::vector<Stream>& inputs);
  const Binding& binding() const override { return binding_; }
  std::unique_ptr<TransformTask> open() override;

 private:
  void check_where() const;
  void bind_columns(const Stream& input);

  SelectSettings settings_;
  Binding binding_;
  std::shared_ptr<const Schema> rows_;
};

}  // namespace millrace
