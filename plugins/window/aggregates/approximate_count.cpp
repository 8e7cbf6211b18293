// approx_count_distinct: HyperLogLog with 512 registers (a standard error of 5 %), hashed as Spark
// does it, so that the counts of up to some 1000 values are Spark's exactly. Between 2.5 and 5
// times the registers, where Spark corrects the estimate by tables of measurements, it is Ertl's.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "millrace/xxhash64.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

constexpr int index_bits = 9;
constexpr size_t registers = size_t{1} << index_bits;
constexpr int rank_max = 64 - index_bits + 1;
constexpr uint64_t first_seed = 42;

template <class Bits, class Real>
Bits normal_bits(Real value) {
  if (std::isnan(value)) value = std::numeric_limits<Real>::quiet_NaN();
  return std::bit_cast<Bits>(value == 0 ? Real{0} : value);
}

// Parts of lists and structures are hashed one after the other, each with the hash of those before
// it as its seed; nulls leave it as it is.
uint64_t hash_of(const Column& column, int64_t row, uint64_t seed) {
  if (column.is_null(row)) return seed;
  switch (column.type.id) {
    case TypeId::boolean:
      return xxhash64::of_int(column.boolean(row) ? 1 : 0, seed);
    case TypeId::int32:
    case TypeId::date:
      return xxhash64::of_int(column.int32(row), seed);
    case TypeId::float32:
      return xxhash64::of_int(normal_bits<int32_t>(column.float32(row)), seed);
    case TypeId::float64:
      return xxhash64::of_long(normal_bits<int64_t>(column.float64(row)), seed);
    case TypeId::string:
    case TypeId::binary:
      return xxhash64::of_bytes(column.text(row), seed);
    case TypeId::decimal:
      return xxhash64::of_decimal(column.decimal(row), column.type.precision, seed);
    case TypeId::list:
      for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i)
        seed = hash_of(column.children[0], i, seed);
      return seed;
    case TypeId::structure:
      for (const auto& field : column.children) seed = hash_of(field, row, seed);
      return seed;
    default:
      return xxhash64::of_long(column.int64(row), seed);
  }
}

double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double z = x;
  for (double before = -1; z != before;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (double before = -1; z != before;) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

class Sketch {
 public:
  void add(uint64_t hash) {
    const size_t index = hash >> (64 - index_bits);
    const uint64_t rest = hash << index_bits | uint64_t{1} << (index_bits - 1);
    raise(index, static_cast<uint8_t>(std::countl_zero(rest) + 1));
  }
  void raise(size_t index, uint8_t rank) {
    if (ranks_.empty()) ranks_.resize(registers, 0);
    ranks_[index] = std::max(ranks_[index], rank);
  }
  const std::vector<uint8_t>& ranks() const { return ranks_; }

  int64_t estimate() const {
    constexpr double m = registers;
    if (ranks_.empty()) return 0;
    double inverse = 0;
    double empty = 0;
    for (const auto rank : ranks_) {
      inverse += std::ldexp(1.0, -rank);
      if (rank == 0) empty += 1;
    }
    const double raw = 0.7213 / (1.0 + 1.079 / m) * m * m / inverse;
    constexpr double linear_max = 400;
    const double linear = empty > 0 ? m * std::log(m / empty) : 0;
    if (empty > 0 && (linear <= linear_max || raw <= 2.5 * m)) return std::llround(linear);
    return std::llround(raw < 5 * m ? improved() : raw);
  }

 private:
  double improved() const {
    constexpr double m = registers;
    std::array<double, rank_max + 1> counts{};
    for (const auto rank : ranks_) counts[rank] += 1;
    double z = m * tau(1 - counts[rank_max] / m);
    for (size_t rank = rank_max - 1; rank >= 1; --rank) z = 0.5 * (z + counts[rank]);
    z += m * sigma(counts[0] / m);
    return m * m / (2 * std::log(2.0) * z);
  }

  std::vector<uint8_t> ranks_;  // None as long as nothing was added.
};

// Saved form: how many registers are set, and each as its number and its rank; or all registers,
// where that is shorter.
class ApproximateCount final : public Accumulators {
 public:
  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    assignment.for_each([&](int64_t row, uint32_t group) {
      if (!arguments[0].is_null(row)) cells_[group].add(hash_of(arguments[0], row, first_seed));
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const uint16_t count = set_registers(cells_[groups[i]]);
      sizes[i] += static_cast<uint32_t>(sizeof count + (count > few ? registers : 3U * count));
    }
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& ranks = cells_[groups[i]].ranks();
      const uint16_t count = set_registers(cells_[groups[i]]);
      store_value(cursors[i], count);
      cursors[i] += sizeof count;
      for (size_t index = 0; index < ranks.size(); ++index) {
        if (count <= few && ranks[index] == 0) continue;
        if (count <= few) {
          store_value(cursors[i], static_cast<uint16_t>(index));
          cursors[i] += sizeof(uint16_t);
        }
        *cursors[i]++ = static_cast<char>(ranks[index]);
      }
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    for (size_t i = 0; i < groups.size(); ++i) {
      auto& cell = cells_[groups[i]];
      const auto count = load_value<uint16_t>(cursors[i]);
      cursors[i] += sizeof count;
      const size_t entries = count > few ? registers : count;
      for (size_t entry = 0; entry < entries; ++entry) {
        size_t index = entry;
        if (count <= few) {
          index = load_value<uint16_t>(cursors[i]);
          cursors[i] += sizeof(uint16_t);
        }
        cell.raise(index, static_cast<uint8_t>(*cursors[i]++));
      }
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) to.append(cells_[group].estimate());
  }

 private:
  static constexpr uint16_t few = registers / 3;

  static uint16_t set_registers(const Sketch& sketch) {
    uint16_t count = 0;
    for (const auto rank : sketch.ranks())
      if (rank != 0) ++count;
    return count;
  }

  std::vector<Sketch> cells_;
};

}  // namespace

AggregateKind bind_approximate_count(const AggregateCall& call) {
  check_argument_count(call, 1, 1);
  return free_of_order(kind_of<ApproximateCount>(TypeId::int64));
}

}  // namespace millrace::window
