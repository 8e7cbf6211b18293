#include <gtest/gtest.h>

#include "millrace/arrow.hpp"

#include "tests/support/plugin/fake_host.hpp"

extern "C" const mr_plugin* millrace_plugin_v1();

// Through the C boundary, as the engine uses the formats.
namespace millrace {
namespace {

class OpenFormat {
 public:
  OpenFormat(size_t component, const Schema& rows)
      : schema_(std::make_shared<const Schema>(rows)),
        functions_(*static_cast<const mr_format*>(
            millrace_plugin_v1()->components[component]->functions)) {
    arrow::OwnedSchema schema(rows);
    const mr_values values{nullptr, 0, sizeof(mr_value)};
    result_ = functions_.create(&host_.context().host(), &values, schema.get(), &self_, &error_);
  }
  OpenFormat(const OpenFormat&) = delete;
  OpenFormat& operator=(const OpenFormat&) = delete;
  ~OpenFormat() {
    if (result_ == MR_OK) functions_.destroy(self_);
  }

  std::string refusal() const { return result_ == MR_OK ? "" : error_.message; }
  Batch decode(const Column& payloads) {
    arrow::OwnedArray in(payloads);
    ArrowArray out;
    const mr_rejects none{sizeof(mr_rejects), nullptr, nullptr};
    EXPECT_EQ(functions_.decode(self_, in.get(), &out, &none, &error_), MR_OK);
    return arrow::import_batch(schema_, &out);
  }
  Column encode(const Batch& rows) {
    arrow::OwnedArray in(rows);
    ArrowArray out;
    EXPECT_EQ(functions_.encode(self_, in.get(), &out, &error_), MR_OK);
    return arrow::import_column(TypeId::binary, &out);
  }

 private:
  testing::FakeHost host_;
  std::shared_ptr<const Schema> schema_;
  const mr_format& functions_;
  void* self_ = nullptr;
  mr_error error_{};
  mr_result result_;
};

constexpr size_t text = 0;
constexpr size_t raw = 1;

TEST(Text, ThePayloadIsTheColumn) {
  OpenFormat format(text, {{{"value", TypeId::string}}});
  const auto rows = format.decode(testing::binary_column({"a b", "", "é"}));
  EXPECT_EQ(testing::rows_json(rows), "{\"value\":\"a b\"}\n{\"value\":\"\"}\n{\"value\":\"é\"}\n");
  EXPECT_EQ(format.encode(rows).text(2), "é");
}

TEST(Text, RawKeepsBytes) {
  OpenFormat format(raw, {{{"value", TypeId::binary}}});
  const auto rows = format.decode(testing::binary_column({std::string("\0\xff", 2)}));
  EXPECT_EQ(rows.column(0).text(0), std::string_view("\0\xff", 2));
  EXPECT_EQ(format.encode(rows).text(0), std::string_view("\0\xff", 2));
}

TEST(Text, NullsStayNull) {
  ColumnBuilder payloads(TypeId::binary);
  payloads.append_null();
  OpenFormat format(text, {{{"value", TypeId::string}}});
  const auto rows = format.decode(payloads.finish());
  EXPECT_TRUE(rows.column(0).is_null(0));
  EXPECT_TRUE(format.encode(rows).is_null(0));
}

TEST(Text, WithoutColumnsRowsAreStillCounted) {
  EXPECT_EQ(OpenFormat(text, {}).decode(testing::binary_column({"a", "b"})).size(), 2);
}

TEST(Text, HiddenColumnsAreLeftOut) {
  const Schema schema{{{"offset", TypeId::int64, true}, {"name", TypeId::string}}};
  ColumnBuilder offset(TypeId::int64), name(TypeId::string);
  offset.append(int64_t{1});
  name.append_bytes("x");
  std::vector<Column> columns;
  columns.push_back(offset.finish());
  columns.push_back(name.finish());
  OpenFormat format(text, schema);
  ASSERT_EQ(format.refusal(), "");
  const Batch rows(std::make_shared<const Schema>(schema), std::move(columns), 1);
  EXPECT_EQ(format.encode(rows).text(0), "x");
}

TEST(Text, RefusesOtherColumns) {
  EXPECT_NE(OpenFormat(text, {{{"n", TypeId::int64}}}).refusal().find("type string or binary"),
            std::string::npos);
  EXPECT_NE(OpenFormat(raw, {{{"a", TypeId::string}, {"b", TypeId::string}}}).refusal(), "");
}

}  // namespace
}  // namespace millrace
