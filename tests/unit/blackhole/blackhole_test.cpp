#include <gtest/gtest.h>

#include "millrace/arrow.hpp"

#include "tests/support/plugin/fake_host.hpp"

extern "C" const mr_plugin* millrace_plugin_v1();

namespace millrace {
namespace {

// Through the C boundary: the rows are taken over, so whatever holds them must be let go.
TEST(Blackhole, TakesRowsAndLetsThemGo) {
  const auto& component = *millrace_plugin_v1()->components[0];
  EXPECT_EQ(component.flags, static_cast<uint32_t>(MR_SINK_IDEMPOTENT));
  const auto& sink = *static_cast<const mr_sink*>(component.functions);
  const testing::FakeHost host;
  const Schema schema{{{"value", TypeId::binary}}};
  arrow::OwnedSchema rows_schema(schema);
  const mr_values values{nullptr, 0, sizeof(mr_value)};
  mr_error error;
  void* self = nullptr;
  ASSERT_EQ(sink.create(&host.context().host(), &values, rows_schema.get(), MR_MODE_APPEND, &self,
                        &error),
            MR_OK);
  void* writer = nullptr;
  ASSERT_EQ(sink.open_writer(self, 0, &writer, &error), MR_OK);
  std::weak_ptr<const void> memory;
  for (const Epoch epoch : {0, 0, 1}) {
    ASSERT_EQ(sink.open(writer, epoch, &error), MR_OK);
    auto column = testing::binary_column({"a", "b"});
    memory = column.owner;
    arrow::OwnedArray rows(Batch(std::make_shared<const Schema>(schema), {std::move(column)}, 2));
    ASSERT_EQ(sink.write(writer, rows.get(), nullptr, &error), MR_OK);
    EXPECT_TRUE(memory.expired());
    ASSERT_EQ(sink.close(writer, nullptr, &error), MR_OK);
  }
  sink.close_writer(writer);
  sink.destroy(self);
}

}  // namespace
}  // namespace millrace
