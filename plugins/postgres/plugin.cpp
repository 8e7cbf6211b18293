#include "millrace/plugin.hpp"

#include "plugins/postgres/sink.hpp"

MILLRACE_PLUGIN("postgres", "0.1.0",
                millrace::sink<millrace::postgres::PostgresSink, millrace::postgres::SinkSettings>(
                    "postgres",
                    "Writes rows to a table of PostgreSQL, exactly once: appends them, updates "
                    "them by key, or replaces them all.",
                    millrace::postgres::SinkSettings::list(),
                    millrace::sink_single_writer | millrace::sink_idempotent));
