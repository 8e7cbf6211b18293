#include "millrace/plugin.hpp"

#include "plugins/console/console_sink.hpp"

using millrace::optional;
using millrace::scalar;
using millrace::console::ConsoleSettings;
using millrace::console::ConsoleSink;

MILLRACE_PLUGIN("console", "0.1.0",
                millrace::batch_sink<ConsoleSink, ConsoleSettings>(
                    "console", "Prints the rows of each epoch to standard output.",
                    {{"num_rows", &ConsoleSettings::num_rows, optional,
                      "Rows to print per epoch: 20 when not given, all for style = \"json\"."},
                     {"truncate", &ConsoleSettings::truncate, scalar,
                      "Cells are cut to 20 characters (true), not at all (false), or to a number."},
                     {"style", &ConsoleSettings::style, optional,
                      "A table, one line per value, or one JSON object per row and nothing else.",
                      "table,vertical,json"}}));
