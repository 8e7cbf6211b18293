#include "core/engine/refused_rows.hpp"

#include <utility>
#include <vector>

#include "millrace/column_builder.hpp"
#include "millrace/json.hpp"

#include "core/engine/delivery_rows.hpp"

namespace millrace {
namespace {

class Letters {
 public:
  Letters(const Outbox& outbox, std::shared_ptr<const Schema> schema)
      : outbox_(outbox), schema_(std::move(schema)) {}

  void add(const PlannedNode& sink, const OutboxAddress& from,
           const std::map<uint64_t, RefusedRow>& refused) {
    RowNumbers numbers;
    for (const auto& [row, why] : refused) numbers.add(row);
    auto next = refused.begin();
    const KeptRows rows(outbox_, from, sink.input.schema);
    rows.read({0, rows.size(), &numbers, true}, [&](const Batch& batch, const Column*, uint64_t) {
      for (int64_t i = 0; i < batch.size(); ++i, ++next) {
        reasons_.append_bytes(next->second.reason);
        sinks_.append_bytes(from.sink);
        epochs_.append(static_cast<int64_t>(outbox_.epoch()));
        attempts_.append(static_cast<int32_t>(next->second.attempt));
        values_.append_bytes(Row(batch, i).to_json());
        ++size_;
      }
    });
  }

  Batch finish() {
    std::vector<Column> columns{reasons_.finish(), sinks_.finish(), epochs_.finish(),
                                attempts_.finish(), values_.finish()};
    return {schema_, std::move(columns), size_};
  }

 private:
  const Outbox& outbox_;
  const std::shared_ptr<const Schema> schema_;
  int64_t size_ = 0;
  ColumnBuilder reasons_{TypeId::string};
  ColumnBuilder sinks_{TypeId::string};
  ColumnBuilder epochs_{TypeId::int64};
  ColumnBuilder attempts_{TypeId::int32};
  ColumnBuilder values_{TypeId::string};
};

}  // namespace

Batch refused_rows(const Plan& plan, const PlannedNode& reader, const Outbox& outbox,
                   const DeliveryNotes& notes) {
  Letters letters(outbox, reader.input.schema);
  for (const auto& input : reader.inputs)
    for (const auto& [from, refused] : notes.refused)
      if (const auto& sink = plan.nodes[input.node]; sink.name == from.sink)
        letters.add(sink, from, refused);
  return letters.finish();
}

}  // namespace millrace
