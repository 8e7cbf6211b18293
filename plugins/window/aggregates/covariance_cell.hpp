#pragma once
#include <cstddef>

#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {

/// What covariances and lines through points are made from, kept as Welford keeps a variance:
/// counts, means and sums of products of distances.
struct CovarianceCell {
  double count = 0;
  double x_mean = 0;
  double y_mean = 0;
  double products = 0;
  double x_squares = 0;
  double y_squares = 0;

  void add(const CovarianceCell& other) {
    if (other.count == 0) return;
    const double total = count + other.count;
    const double dx = other.x_mean - x_mean;
    const double dy = other.y_mean - y_mean;
    const double weight = count * other.count / total;
    products += other.products + dx * dy * weight;
    x_squares += other.x_squares + dx * dx * weight;
    y_squares += other.y_squares + dy * dy * weight;
    x_mean += dx * other.count / total;
    y_mean += dy * other.count / total;
    count = total;
  }

  static constexpr size_t saved_bytes = 6 * sizeof(double);
  void save(char* to) const {
    for (const double part : {count, x_mean, y_mean, products, x_squares, y_squares}) {
      store_value(to, part);
      to += sizeof part;
    }
  }
  void merge(const char* from) {
    const auto part = [&](size_t i) { return load_value<double>(from + i * sizeof(double)); };
    add({part(0), part(1), part(2), part(3), part(4), part(5)});
  }
};

/// Adds the pairs of a batch in which both have values.
template <class Cells>
void add_pairs(const Column& x, const Column& y, const Assignment& assignment, Cells& cells) {
  assignment.for_each([&](int64_t row, uint32_t group) {
    if (x.is_null(row) || y.is_null(row)) return;
    cells[group].add({1, real_at(x, row), real_at(y, row), 0, 0, 0});
  });
}

}  // namespace millrace::window
