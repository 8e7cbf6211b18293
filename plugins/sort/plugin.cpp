#include "plugins/sort/whole_result.hpp"

using millrace::sorting::LimitSettings;
using millrace::sorting::LimitTransform;
using millrace::sorting::SortSettings;
using millrace::sorting::SortTransform;

MILLRACE_PLUGIN(
    "sort", "0.1.0",
    millrace::transform<SortTransform, SortSettings>(
        "sort", "Sorts the whole result of an aggregation; complete mode only.",
        {{"by", &SortSettings::by, millrace::required,
          "Columns to sort by, most important first: \"total DESC\". Ascending puts nulls first, "
          "descending last."},
         {"rows", &SortSettings::rows, millrace::optional, "Keep only so many rows."}}),
    millrace::transform<LimitTransform, LimitSettings>(
        "limit", "Keeps the first rows of the whole result; complete mode only.",
        {{"rows", &LimitSettings::rows, millrace::required, "How many rows to keep."}}));
