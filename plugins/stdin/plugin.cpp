#include "millrace/plugin.hpp"

#include "plugins/stdin/stdin_source.hpp"

using millrace::StdinSettings;
using millrace::StdinSource;

MILLRACE_PLUGIN("stdin", "0.1.0",
                millrace::source<StdinSource, StdinSettings>(
                    "stdin",
                    "Lines of standard input. They cannot be read twice: a crash loses the lines "
                    "of the epoch that was running.",
                    {{"skip_blank_lines", &StdinSettings::skip_blank_lines, millrace::optional,
                      "Lines of nothing but blanks are not records."}},
                    millrace::source_payloads | millrace::source_not_replayable |
                        millrace::source_announces));
