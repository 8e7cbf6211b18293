#include "millrace/plugin.hpp"

#include "plugins/csv/csv_format.hpp"

using millrace::optional;
using millrace::csv::CsvFormat;
using millrace::csv::CsvSettings;

MILLRACE_PLUGIN(
    "csv", "0.1.0",
    millrace::format<CsvFormat, CsvSettings>(
        "csv", "Comma-separated values (RFC 4180), one record per payload, by position.",
        {{"delimiter", &CsvSettings::delimiter, optional, "Between fields; \"\\t\" for tabs."},
         {"quote", &CsvSettings::quote, optional, "Around fields; \"\" for none."},
         {"escape", &CsvSettings::escape, optional, "Before a quote inside quotes."},
         {"null_value", &CsvSettings::null_value, optional,
          "How a null is spelled, without quotes. An empty field without quotes is null too."},
         {"columns", &CsvSettings::columns, optional,
          "The fields of a record in order, when the schema does not name all of them."},
         {"ignore_leading_white_space", &CsvSettings::ignore_leading_white_space, optional,
          "Blanks before fields do not count."},
         {"ignore_trailing_white_space", &CsvSettings::ignore_trailing_white_space, optional,
          "Blanks after fields do not count."}},
        millrace::format_positional));
