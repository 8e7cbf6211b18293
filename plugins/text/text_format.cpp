#include <millrace/sdk.hpp>

namespace {

struct Settings {};

// The payload itself is the one column: as text, or as bytes.
class PayloadFormat : public millrace::Format {
 public:
  PayloadFormat(const millrace::Schema& rows, const char* name)
      : schema_(std::make_shared<const millrace::Schema>(rows)) {
    size_t visible = 0;
    for (size_t i = rows.size(); i-- > 0;) {
      if (rows[i].hidden) continue;
      column_ = i;
      ++visible;
    }
    if (visible > 1 || (visible == 1 && !rows[column_].type.is_bytes()))
      throw millrace::Error::user(std::string("format `") + name +
                                  "` has one column of type string or binary, not " +
                                  (visible == 1 ? "of type " + to_string(rows[column_].type)
                                                : std::to_string(visible) + " columns") +
                                  "; select the column to write, or use another format");
  }

  millrace::Batch decode(const millrace::Column& payloads, const millrace::Rejects&) override {
    if (schema_->size() == 0) return {schema_, {}, payloads.length};
    millrace::Column column = payloads;
    column.type = (*schema_)[0].type;
    return {schema_, {column}, payloads.length};
  }

  millrace::Column encode(const millrace::Batch& rows) override {
    if (rows.column_count() == 0) throw millrace::Error::user("there is no column to write");
    millrace::Column column = rows.column(column_);
    column.type = millrace::TypeId::binary;
    return column;
  }

 private:
  std::shared_ptr<const millrace::Schema> schema_;
  size_t column_ = 0;  // The first that is not hidden.
};

class TextFormat final : public PayloadFormat {
 public:
  TextFormat(const Settings&, const millrace::Context&, const millrace::Schema& rows)
      : PayloadFormat(rows, "text") {}
};

class RawFormat final : public PayloadFormat {
 public:
  RawFormat(const Settings&, const millrace::Context&, const millrace::Schema& rows)
      : PayloadFormat(rows, "raw") {}
};

}  // namespace

MILLRACE_PLUGIN("text", "0.1.0",
                millrace::format<TextFormat, Settings>("text",
                                                       "The payload as one string, column `value`.",
                                                       {}, millrace::format_default_string),
                millrace::format<RawFormat, Settings>("raw",
                                                      "The payload as bytes, column `value`.", {},
                                                      millrace::format_default_binary));
