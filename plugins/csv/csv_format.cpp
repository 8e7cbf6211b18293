#include "plugins/csv/csv_format.hpp"

#include <algorithm>

#include "millrace/json.hpp"
#include "millrace/nulls.hpp"

#include "plugins/csv/field_reader.hpp"

namespace millrace::csv {
namespace {

constexpr size_t longest_quote = 60;

char one_character(const std::string& text, const char* option, bool may_be_none) {
  if (may_be_none && text.empty()) return 0;
  if (text.size() != 1 || text[0] == '\n' || text[0] == '\r')
    throw Error::user(std::string("`") + option + "` is one ASCII character, not `" + text + "`")
        .about(option);
  return text[0];
}

Dialect dialect_of(const CsvSettings& settings) {
  Dialect dialect;
  dialect.delimiter = one_character(settings.delimiter, "delimiter", false);
  dialect.quote = one_character(settings.quote, "quote", true);
  dialect.escape = one_character(settings.escape, "escape", true);
  dialect.trim_leading = settings.ignore_leading_white_space;
  dialect.trim_trailing = settings.ignore_trailing_white_space;
  if (dialect.delimiter == dialect.quote)
    throw Error::user("`delimiter` and `quote` are the same character").about("quote");
  return dialect;
}

std::string cut(std::string_view text) {
  return text.size() <= longest_quote ? std::string(text)
                                      : std::string(text.substr(0, longest_quote)) + "...";
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

CsvFormat::CsvFormat(CsvSettings settings, Context context, const Schema& rows)
    : settings_(std::move(settings)),
      zone_(context.session_zone()),
      schema_(std::make_shared<const Schema>(rows)),
      dialect_(dialect_of(settings_)),
      splitter_(dialect_) {
  for (const auto& field : rows.fields) {
    if (!field.hidden && !is_readable(field.type))
      throw Error::user("CSV has no way to hold column `" + field.name + "` of type " +
                        to_string(field.type) + "; use format = \"json\", or leave it out");
    builders_.emplace_back(field.type);
  }
  place_columns();
}

void CsvFormat::place_columns() {
  const auto& names = settings_.columns;
  field_count_ = names.empty() ? schema_->size() : names.size();
  for (size_t i = 0; i < schema_->size(); ++i) {
    if (names.empty() || (*schema_)[i].hidden) {
      places_.push_back(i);
      continue;
    }
    const auto found = std::ranges::find(names, (*schema_)[i].name);
    if (found == names.end())
      throw Error::user("`columns` lists the fields of a record in order, and there is no `" +
                        (*schema_)[i].name + "` among them")
          .about("columns");
    places_.push_back(static_cast<size_t>(found - names.begin()));
  }
}

Batch CsvFormat::decode(const Column& payloads, const Rejects& rejects) {
  std::vector<int64_t> rejected;
  for (int64_t row = 0; row < payloads.length; ++row) {
    if (payloads.is_null(row) || is_blank(payloads.text(row))) {
      for (auto& builder : builders_) builder.append_null();
      continue;
    }
    const auto reason = decode_record(payloads.text(row));
    if (reason.empty()) continue;
    rejects.reject(row, reason);
    rejected.push_back(row);
  }
  std::vector<Column> columns;
  for (auto& builder : builders_) columns.push_back(with_nulls(builder.finish(), rejected));
  return {schema_, std::move(columns), payloads.length};
}

std::string CsvFormat::decode_record(std::string_view record) {
  std::string reason;
  const bool well_formed = splitter_.split(record);
  const auto& fields = splitter_.fields();
  if (!well_formed)
    reason = "not valid CSV: " + splitter_.fault();
  else if (fields.size() != field_count_)
    reason = "the record has " + std::to_string(fields.size()) + " fields where " +
             std::to_string(field_count_) + " were expected";
  for (size_t i = 0; i < builders_.size(); ++i) {
    auto& to = builders_[i];
    if (!reason.empty()) {
      to.append_null();
      continue;
    }
    const auto& field = fields[places_[i]];
    if (!field.quoted && (field.text.empty() || field.text == settings_.null_value)) {
      to.append_null();
    } else if (!append_field(field.text, zone_, to)) {
      to.append_null();
      reason = "field `" + (*schema_)[i].name + "` (number " + std::to_string(places_[i] + 1) +
               ") should be of type " + to_string(to.type()) + ", found `" + cut(field.text) + "`";
    }
  }
  return reason;
}

Column CsvFormat::encode(const Batch& rows) {
  ColumnBuilder payloads(TypeId::binary);
  payloads.reserve(static_cast<size_t>(rows.size()));
  for (int64_t row = 0; row < rows.size(); ++row) {
    record_.clear();
    bool first = true;
    for (size_t i = 0; i < rows.column_count(); ++i) {
      if ((*schema_)[i].hidden) continue;
      if (!first) record_ += dialect_.delimiter;
      first = false;
      append_value(rows.column(i), row);
    }
    payloads.append_bytes(record_);
  }
  return payloads.finish();
}

void CsvFormat::append_value(const Column& column, int64_t row) {
  if (column.is_null(row)) {
    record_ += settings_.null_value;
  } else if (column.type.is_bytes()) {
    append_text(column.text(row));
  } else if (column.type.is_nested()) {
    nested_.clear();
    json::append_value(column, row, nested_);
    append_text(nested_);
  } else {
    // The same spelling as in JSON, without the quotes.
    const size_t first = record_.size();
    json::append_value(column, row, record_);
    if (record_[first] == '"') {
      record_.pop_back();
      record_.erase(first, 1);
    }
  }
}

// Quotes what would not read back the same.
void CsvFormat::append_text(std::string_view text) {
  const bool plain = dialect_.quote == 0 ||
                     (!text.empty() && text != settings_.null_value && text.front() != ' ' &&
                      text.front() != '\t' && text.back() != ' ' && text.back() != '\t' &&
                      text.find_first_of(std::string{dialect_.delimiter, dialect_.quote, '\n',
                                                     '\r'}) == std::string_view::npos);
  if (plain) {
    record_ += text;
    return;
  }
  record_ += dialect_.quote;
  for (const char c : text) {
    if (c == dialect_.quote || (dialect_.escape != 0 && c == dialect_.escape))
      record_ += dialect_.escape != 0 ? dialect_.escape : dialect_.quote;
    record_ += c;
  }
  record_ += dialect_.quote;
}

}  // namespace millrace::csv
