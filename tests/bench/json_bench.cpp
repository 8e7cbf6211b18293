// What it costs to decode one event of 85 bytes, by the records' shape and without.
#include <random>

#include <benchmark/benchmark.h>

#include "plugins/json/decoder.hpp"

namespace millrace::json {
namespace {

constexpr int64_t rows_per_batch = 16 * 1024;

// One record in `odd` has an escape in it, so that it cannot be read in place; 0: none.
Column events(int odd) {
  std::mt19937 random(1);
  ColumnBuilder payloads(TypeId::binary);
  const char* types[] = {"click", "cart", "view"};
  for (int64_t row = 0; row < rows_per_batch; ++row) {
    const auto number = [&](unsigned below) { return std::to_string(random() % below); };
    const auto* key = odd != 0 && row % odd == 0 ? R"({"key":"us\u0065r_)" : R"({"key":"user_)";
    payloads.append_bytes(key + number(10'000) + R"(","timestamp":"2026-01-01T00:0)" + number(10) +
                          ":" + std::to_string(random() % 50 + 10) + "." +
                          std::to_string(random() % 900 + 100) + R"(Z","value":)" + number(100) +
                          R"(.25,"type":")" + types[random() % 3] + "\"}");
  }
  return payloads.finish();
}

void decode(benchmark::State& state, const Schema& schema, Decoder::Shapes shapes, int odd) {
  const auto payloads = events(odd);
  Decoder decoder(schema, 1000, Decoder::Mismatched::row, Decoder::Behind::refused, shapes);
  for (auto each : state) benchmark::DoNotOptimize(decoder.decode(payloads).column(0).values);
  state.SetItemsProcessed(state.iterations() * rows_per_batch);
}

const Schema two_columns{{{"key", TypeId::string}, {"timestamp", TypeId::timestamp}}};
const Schema four_columns{{{"key", TypeId::string},
                           {"timestamp", TypeId::timestamp},
                           {"value", TypeId::float64},
                           {"type", TypeId::string}}};

BENCHMARK_CAPTURE(decode, two_of_four_by_shape, two_columns, Decoder::Shapes::learned, 0);
BENCHMARK_CAPTURE(decode, two_of_four_by_tokens, two_columns, Decoder::Shapes::ignored, 0);
BENCHMARK_CAPTURE(decode, four_by_shape, four_columns, Decoder::Shapes::learned, 0);
BENCHMARK_CAPTURE(decode, four_by_tokens, four_columns, Decoder::Shapes::ignored, 0);
BENCHMARK_CAPTURE(decode, four_one_in_ten_odd_by_shape, four_columns, Decoder::Shapes::learned, 10);
BENCHMARK_CAPTURE(decode, four_every_second_odd_by_shape, four_columns, Decoder::Shapes::learned,
                  2);
BENCHMARK_CAPTURE(decode, four_every_second_odd_by_tokens, four_columns, Decoder::Shapes::ignored,
                  2);

}  // namespace
}  // namespace millrace::json

BENCHMARK_MAIN();
