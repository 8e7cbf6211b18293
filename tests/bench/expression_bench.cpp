// What an expression costs for a value: parsed and bound once, evaluated over batches.
#include <random>
#include <string>

#include <benchmark/benchmark.h>

#include "millrace/column_builder.hpp"

#include "core/expression/parse.hpp"
#include "core/expression/program.hpp"

namespace millrace {
namespace {

constexpr int64_t rows_per_batch = 16 * 1024;

Batch numbers_and_texts() {
  const auto schema = std::make_shared<const Schema>(Schema{{{"a", TypeId::int64},
                                                             {"x", TypeId::float64},
                                                             {"s", TypeId::string},
                                                             {"t", TypeId::timestamp}}});
  std::mt19937_64 random(1);
  ColumnBuilder a(TypeId::int64);
  ColumnBuilder x(TypeId::float64);
  ColumnBuilder s(TypeId::string);
  ColumnBuilder t(TypeId::timestamp);
  for (int64_t row = 0; row < rows_per_batch; ++row) {
    const auto number = static_cast<int64_t>(random() % 10'000);
    a.append(number);
    x.append(static_cast<double>(number) / 4);
    s.append_bytes("user_" + std::to_string(number));
    t.append(number * 1'000'000);
  }
  return {schema, {a.finish(), x.finish(), s.finish(), t.finish()}, rows_per_batch};
}

void count_values(benchmark::State& state) {
  const auto values = static_cast<double>(state.iterations()) * rows_per_batch;
  state.counters["ns_per_value"] =
      benchmark::Counter(values / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void value_of(benchmark::State& state, const char* text) {
  const Batch batch = numbers_and_texts();
  const auto program = bind(parse(text), batch.schema(), {});
  for (auto _ : state) benchmark::DoNotOptimize(program->evaluate(batch));
  count_values(state);
}
BENCHMARK_CAPTURE(value_of, sum, "a + 1");
BENCHMARK_CAPTURE(value_of, doubles, "x * 2 + 1");
BENCHMARK_CAPTURE(value_of, decimal_product, "0.908 * a");
BENCHMARK_CAPTURE(value_of, choice, "CASE WHEN a > 5000 THEN 'high' ELSE 'low' END");
BENCHMARK_CAPTURE(value_of, upper, "upper(s)");
BENCHMARK_CAPTURE(value_of, concat, "s || '-' || a");
BENCHMARK_CAPTURE(value_of, text_to_long, "CAST(substring(s, 6) AS long)");
BENCHMARK_CAPTURE(value_of, date_format, "date_format(t, 'yyyy-MM-dd HH:mm:ss')");

void filter(benchmark::State& state, const char* text) {
  const Batch batch = numbers_and_texts();
  const auto program = bind_condition(parse(text), batch.schema(), {});
  Buffer<uint32_t> rows;
  for (auto _ : state) {
    evaluate_filter(*program, batch, rows);
    benchmark::DoNotOptimize(rows.data());
  }
  count_values(state);
}
BENCHMARK_CAPTURE(filter, comparison, "a < 5000");
BENCHMARK_CAPTURE(filter, two_sides, "a >= 2500 AND x < 1250e0");
BENCHMARK_CAPTURE(filter, remainder, "mod(a, 123) = 0");
BENCHMARK_CAPTURE(filter, list, "s IN ('user_1', 'user_2', 'user_3')");
BENCHMARK_CAPTURE(filter, like, "s LIKE 'user_1%'");

}  // namespace
}  // namespace millrace

BENCHMARK_MAIN();
