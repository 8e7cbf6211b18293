#include "millrace/plugin.hpp"

#include "plugins/select/select.hpp"

using millrace::Select;
using millrace::SelectSettings;

MILLRACE_PLUGIN("select", "0.1.0",
                millrace::transform<Select, SelectSettings>(
                    "select", "Filters rows, and computes, renames, reorders and drops columns.",
                    {{"columns", &SelectSettings::columns, millrace::optional,
                      "The columns to put out, as SQL over the input. Without it all pass."},
                     {"where", &SelectSettings::where, millrace::optional,
                      "A condition in SQL. Rows for which it is not TRUE are dropped."}}));
