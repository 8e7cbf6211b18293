#pragma once
#include <memory>
#include <string>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/transform.hpp"

namespace millrace::json {

struct ParseJsonSettings {
  Expression column;
  std::vector<Field> schema;
  std::string mode = "permissive";
  std::string corrupt_column = "_corrupt_record";
  std::vector<Expression> keep;
};

// Spark's from_json: columns out of a column of JSON texts, beside those that are kept.
//
// A text that is no JSON object makes all of them null, a value of the wrong type only its own; in
// mode failfast either fails the epoch. Null and blank texts are rows of nulls in both.
class ParseJson final : public Transform {
 public:
  ParseJson(ParseJsonSettings settings, Context context, const std::vector<Stream>& inputs);
  const Binding& binding() const override { return binding_; }
  std::unique_ptr<TransformTask> open() override;

 private:
  void check() const;
  void add_column(const Field& field, const std::string& option);

  ParseJsonSettings settings_;
  SessionZone zone_;
  Binding binding_;
  Schema parsed_;        // What is looked for in the texts: without the corrupt column.
  int corrupt_at_ = -1;  // Where the schema has the corrupt column, -1 for nowhere.
  std::shared_ptr<const Schema> rows_;
};

}  // namespace millrace::json
