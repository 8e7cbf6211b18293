#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "millrace/type.hpp"

namespace millrace::json {

/// The columns that are wanted and, where they are structures, the fields in them, numbered:
/// columns come first and have their own numbers, fields follow their structure.
class WantedFields {
 public:
  struct Field {
    std::string name;
    TypeId type;
    std::vector<int> fields;  // Of a structure.
  };
  static constexpr int none = -1;

  explicit WantedFields(const Schema& rows) {
    for (const auto& column : rows.fields) {
      columns_.push_back(static_cast<int>(all_.size()));
      all_.push_back({column.name, column.type.id, {}});
    }
    for (size_t i = 0; i < rows.size(); ++i) add_fields(i, rows[i].type);
  }

  size_t size() const { return all_.size(); }
  const Field& operator[](size_t field) const { return all_[field]; }
  const std::vector<int>& columns() const { return columns_; }

  /// Which of `among` has that name.
  int find(const std::vector<int>& among, std::string_view name) const {
    for (const int field : among)
      if (all_[static_cast<size_t>(field)].name == name) return field;
    return none;
  }

 private:
  void add_fields(size_t structure, const Type& type) {
    if (type.id != TypeId::structure) return;
    for (const auto& child : type.children) {
      const size_t number = all_.size();
      all_[structure].fields.push_back(static_cast<int>(number));
      all_.push_back({child.name, child.type.id, {}});
      add_fields(number, child.type);
    }
  }

  std::vector<Field> all_;
  std::vector<int> columns_;
};

}  // namespace millrace::json
