#include "millrace/plugin.hpp"

#include "plugins/json/json_format.hpp"
#include "plugins/json/parse_json.hpp"

using millrace::json::JsonFormat;
using millrace::json::JsonSettings;
using millrace::json::ParseJson;
using millrace::json::ParseJsonSettings;

MILLRACE_PLUGIN("json", "0.1.0",
                millrace::format<JsonFormat, JsonSettings>(
                    "json", "JSON, one object per record.",
                    {{"timestamp_unit", &JsonSettings::timestamp_unit, millrace::optional,
                      "What a timestamp counts since 1970 when it is given as an integer.",
                      "seconds,milliseconds,microseconds"},
                     {"ignore_null_fields", &JsonSettings::ignore_null_fields, millrace::optional,
                      "Leaves fields that are null out of the objects written."}}),
                millrace::transform<ParseJson, ParseJsonSettings>(
                    "parse_json", "Parses a column of JSON texts into columns.",
                    {{"column", &ParseJsonSettings::column, millrace::required,
                      "The texts, each a JSON object: a column or an expression."},
                     {"schema", &ParseJsonSettings::schema, millrace::required,
                      "Fields to look for and their types. Names are case sensitive."},
                     {"mode", &ParseJsonSettings::mode, millrace::optional,
                      "permissive: what cannot be read is null; failfast: it fails the epoch.",
                      "permissive,failfast"},
                     {"corrupt_column", &ParseJsonSettings::corrupt_column, millrace::optional,
                      "A string column of the schema that takes texts that could not be read, or "
                      "not in full."},
                     {"keep", &ParseJsonSettings::keep, millrace::optional,
                      "Columns of the input to put out in front, or expressions with AS name."}}));
