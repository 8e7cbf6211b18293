#include "plugins/deduplicate/deduplicate.hpp"

#include <algorithm>

#include "plugins/deduplicate/duplicate_filter.hpp"
#include "plugins/deduplicate/seen_keys.hpp"

namespace millrace::deduplicate {

Deduplicate::Deduplicate(const DeduplicateSettings& settings, const Context& /*context*/,
                         const std::vector<Stream>& inputs) {
  const Stream& input = inputs.at(0);
  plan_.columns = settings.columns;
  plan_.rows = input.schema;
  plan_.time_column = input.time_column;
  plan_.delay_us = input.delay_us;
  choose_keys(input);
  choose_memory(input, settings.within_watermark);
  describe_partials();
  binding_.rows = *input.schema;
  binding_.partials = *plan_.partials;
  binding_.time_column = input.time_column;
  binding_.time_kind = input.time_kind;
  binding_.keyed = true;
  binding_.uses_watermark = plan_.watermarked();
  binding_.modes = MR_MODE_APPEND | MR_MODE_UPDATE;
  binding_.refusals[2] =
      "complete puts out the whole result of an aggregation, and a de-duplication has none to "
      "keep; "
      "use output_mode = \"append\"";
  binding_.reads_all_columns = true;
  binding_.needs_every_column = plan_.columns.empty();
}

void Deduplicate::choose_keys(const Stream& input) {
  std::vector<Type> types;
  const auto take = [&](const Type& type) {
    types.push_back(type);
    plan_.layout += (plan_.layout.empty() ? "" : ", ") + to_string(type);
  };
  for (const auto& column : plan_.columns) take(column.type());
  if (plan_.columns.empty())
    for (const auto& field : input.schema->fields)
      if (!field.hidden) take(field.type);
  // Unlike where rows are grouped, 0.0 and -0.0 are two values here, as in Spark.
  plan_.codec = KeyCodec(std::move(types), SignedZeros::distinct);
}

void Deduplicate::choose_memory(const Stream& input, bool within_watermark) {
  if (within_watermark) {
    if (input.time_column < 0)
      throw Error::user(
          "the input has no watermark that would say when a key can be forgotten; add watermark = "
          "{ "
          "column = \"ts\", delay = \"10 minutes\" } to its source, or remove `within_watermark`")
          .about("within_watermark");
    plan_.memory = Memory::within_watermark;
    plan_.layout = "keys within a watermark (" + plan_.layout + ")";
    return;
  }
  const bool has_time =
      plan_.watermarked() &&
      (plan_.columns.empty() || std::ranges::any_of(plan_.columns, [&](const auto& column) {
         return column.column() == input.time_column;
       }));
  plan_.memory = has_time ? Memory::until_its_time : Memory::for_ever;
  plan_.layout = (has_time ? "keys with an event time (" : "keys (") + plan_.layout + ")";
}

void Deduplicate::describe_partials() {
  Schema partials{{{"hash", TypeId::int64}, {"key", TypeId::binary}, {"until", TypeId::int64}}};
  const auto& fields = plan_.rows->fields;
  partials.fields.insert(partials.fields.end(), fields.begin(), fields.end());
  plan_.partials = std::make_shared<const Schema>(std::move(partials));
}

std::unique_ptr<TransformTask> Deduplicate::open() {
  return std::make_unique<DuplicateFilter>(plan_);
}

std::unique_ptr<ShardTask> Deduplicate::open_shard(int /*shard*/, State state) {
  return std::make_unique<SeenKeys>(plan_, state);
}

}  // namespace millrace::deduplicate
