#pragma once
#include <string>

#include "millrace/type.hpp"

namespace millrace::postgres {

/// A column's type as the server's catalog has it; of a domain, the type below it.
struct ColumnType {
  std::string text;          ///< "numeric(10,2)", as SQL spells it
  std::string name;          ///< "numeric"
  char category = 'X';       ///< pg_type.typcategory: A array, S string, ...
  int modifier = -1;         ///< pg_attribute.atttypmod; -1: none
  std::string item;          ///< of an array: the name of its items' type
  char item_category = 'X';  ///< and its category
};

enum class Fit {
  all,      ///< the column takes every value, or a value that it does not take is bad data
  rounded,  ///< it keeps fewer digits of a second than there are
  no
};

/// Whether a column takes values of the type.
Fit fit(const Type& type, const ColumnType& column);

/// The type of a column that is created for values of the type.
std::string column_type_for(const Type& type);

}  // namespace millrace::postgres
