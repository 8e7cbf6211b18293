#include "plugins/json/parse_json.hpp"

#include "millrace/column_builder.hpp"

#include "plugins/json/decoder.hpp"
#include "plugins/json/relaxed_text.hpp"

namespace millrace::json {
namespace {

constexpr int64_t seconds = 1'000'000;

class ParseJsonTask final : public TransformTask {
 public:
  ParseJsonTask(const ParseJsonSettings& settings, const Schema& parsed, SessionZone zone,
                int corrupt_at, std::shared_ptr<const Schema> rows)
      : settings_(settings),
        decoder_(parsed, {seconds, zone}, Decoder::Mismatched::value, Decoder::Behind::ignored),
        corrupt_at_(corrupt_at),
        rows_(std::move(rows)) {}

  void process(int, const Batch& batch, const Outputs& outputs) override {
    const Column texts = settings_.column.evaluate(batch);
    std::vector<Column> columns;
    for (const auto& kept : settings_.keep) columns.push_back(kept.evaluate(batch));
    if (texts.type.id == TypeId::null) {
      for (size_t i = columns.size(); i < rows_->size(); ++i)
        columns.push_back(nulls((*rows_)[i].type, batch.size()));
      return outputs.emit(Port::rows, {rows_, std::move(columns), batch.size()});
    }
    const Batch parsed = decoder_.decode(as_plain_json(texts));
    if (settings_.mode == "failfast" && !decoder_.faults().empty()) fail();
    columns.insert(columns.end(), parsed.columns().begin(), parsed.columns().end());
    if (corrupt_at_ >= 0) {
      const auto at = static_cast<int64_t>(settings_.keep.size()) + corrupt_at_;
      columns.insert(columns.begin() + at, corrupt_texts(texts));
    }
    outputs.emit(Port::rows, {rows_, std::move(columns), batch.size()});
  }

 private:
  [[noreturn]] void fail() const {
    const auto& fault = decoder_.faults().front();
    throw Error::data("row " + std::to_string(fault.row) + " of `" + settings_.column.name() +
                      "`: " + fault.reason +
                      "; mode = \"permissive\" makes it null instead of failing the epoch");
  }

  static Column nulls(const Type& type, int64_t count) {
    ColumnBuilder builder(type);
    for (int64_t i = 0; i < count; ++i) builder.append_null();
    return builder.finish();
  }

  Column corrupt_texts(const Column& texts) const {
    ColumnBuilder builder(TypeId::string);
    builder.reserve(static_cast<size_t>(texts.length));
    for (const auto& fault : decoder_.faults()) {
      while (builder.length() < fault.row) builder.append_null();
      builder.append_bytes(texts.text(fault.row));
    }
    while (builder.length() < texts.length) builder.append_null();
    return builder.finish();
  }

  const ParseJsonSettings& settings_;
  Decoder decoder_;
  int corrupt_at_;
  std::shared_ptr<const Schema> rows_;
};

}  // namespace

ParseJson::ParseJson(ParseJsonSettings settings, Context context, const std::vector<Stream>& inputs)
    : settings_(std::move(settings)), zone_(context.session_zone()) {
  if (inputs.size() != 1)
    throw Error::user("parse_json reads one stream; give inputs that have the same columns")
        .about("inputs");
  check();
  const auto& input = inputs[0];
  binding_.time_kind = input.time_kind;
  for (const auto& kept : settings_.keep) {
    if (input.time_column >= 0 && kept.column() == input.time_column && binding_.time_column < 0)
      binding_.time_column = static_cast<int>(binding_.rows.size());
    add_column({kept.name(), kept.type()}, "keep");
  }
  for (size_t i = 0; i < settings_.schema.size(); ++i) {
    const auto& field = settings_.schema[i];
    add_column(field, "schema." + field.name);
    if (field.name == settings_.corrupt_column)
      corrupt_at_ = static_cast<int>(i);
    else
      parsed_.fields.push_back(field);
  }
  rows_ = std::make_shared<const Schema>(binding_.rows);
}

void ParseJson::check() const {
  const auto& type = settings_.column.type();
  if (!type.is_bytes() && type.id != TypeId::null)
    throw Error::user("parse_json reads texts, and this is " + with_article(type)).about("column");
  const auto& wanted = settings_.corrupt_column;
  for (const auto& field : settings_.schema) {
    if (field.name != wanted) continue;
    if (field.type.id == TypeId::string) return;
    throw Error::user("`" + wanted + "` takes the texts that could not be read: it must be a " +
                      "string, not " + with_article(field.type))
        .about("schema." + wanted);
  }
  if (wanted != ParseJsonSettings{}.corrupt_column)
    throw Error::user("the schema has no column `" + wanted + "`; add " + wanted +
                      " = \"string\" to it")
        .about("corrupt_column");
}

void ParseJson::add_column(const Field& field, const std::string& option) {
  if (binding_.rows.index_of(field.name) >= 0)
    throw Error::user("two columns are named `" + field.name +
                      "`; rename one that is kept: \"expression AS other_name\"")
        .about(option);
  binding_.rows.fields.push_back(field);
}

std::unique_ptr<TransformTask> ParseJson::open() {
  return std::make_unique<ParseJsonTask>(settings_, parsed_, zone_, corrupt_at_, rows_);
}

}  // namespace millrace::json
