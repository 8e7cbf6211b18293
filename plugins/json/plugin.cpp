#include "millrace/plugin.hpp"

#include "plugins/json/json_format.hpp"

using millrace::json::JsonFormat;
using millrace::json::JsonSettings;

MILLRACE_PLUGIN("json", "0.1.0",
                millrace::format<JsonFormat, JsonSettings>(
                    "json", "JSON, one object per record.",
                    {{"timestamp_unit", &JsonSettings::timestamp_unit, millrace::optional,
                      "What a timestamp counts since 1970 when it is given as an integer.",
                      "seconds,milliseconds,microseconds"},
                     {"ignore_null_fields", &JsonSettings::ignore_null_fields, millrace::optional,
                      "Leaves fields that are null out of the objects written."}}));
