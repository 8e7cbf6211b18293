#include "millrace/plugin.hpp"

#include "plugins/join/join.hpp"

using millrace::join::Join;
using millrace::join::JoinSettings;

MILLRACE_PLUGIN(
    "join", "0.1.0",
    millrace::transform<Join, JoinSettings>(
        "join", "Rows of two streams, or of a stream and a table, that belong together.",
        {{"kind", &JoinSettings::kind, millrace::optional,
          "What comes out besides pairs: rows of one side without a match (outer), or only rows of "
          "the left input that have a match (semi) or none (anti).",
          millrace::join::kind_names},
         {"on", &JoinSettings::on, millrace::required,
          "The condition, in SQL over the columns of both inputs. One that both have is written "
          "left.name or right.name."}},
        millrace::transform_separate_inputs));
