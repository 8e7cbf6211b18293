#include "millrace/plugin.hpp"

#include "plugins/deduplicate/deduplicate.hpp"

using millrace::deduplicate::Deduplicate;
using millrace::deduplicate::DeduplicateSettings;

MILLRACE_PLUGIN(
    "deduplicate", "0.1.0",
    millrace::transform<Deduplicate, DeduplicateSettings>(
        "deduplicate", "Lets the first row of each key through and drops its duplicates.",
        {{"columns", &DeduplicateSettings::columns, millrace::optional,
          "The columns, or expressions, that make two rows duplicates. Without it all columns."},
         {"within_watermark", &DeduplicateSettings::within_watermark, millrace::optional,
          "Forget a key once the watermark is its delay past the first row with it, so that "
          "duplicates may differ in their event time."}}));
