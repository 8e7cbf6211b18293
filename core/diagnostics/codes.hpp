#pragma once
#include <string_view>

namespace millrace {

/// A message's stable number and its short title.
struct Code {
  std::string_view id;
  std::string_view title;
};

/// Every code there is. Numbers are never reused. E00xx syntax, E01xx keys and values, E02xx graph,
/// E03xx meaning of the query, E04xx run time, E05xx expressions, E06xx plugins, W the warnings.
namespace codes {

inline constexpr Code syntax{"E0001", "the file is not valid TOML"};
inline constexpr Code unreadable_file{"E0002", "the file cannot be read"};
inline constexpr Code not_utf8{"E0003", "the file is not valid UTF-8"};

inline constexpr Code wrong_type{"E0101", "a value has the wrong type"};
inline constexpr Code unknown_key{"E0102", "a key is not known"};
inline constexpr Code missing_key{"E0103", "a required key is missing"};
inline constexpr Code unknown_choice{"E0104", "a value is not one of the allowed ones"};
inline constexpr Code bad_duration{"E0105", "a duration cannot be understood"};
inline constexpr Code bad_size{"E0106", "a size cannot be understood"};
inline constexpr Code out_of_range{"E0107", "a value is out of range"};
inline constexpr Code missing_variable{"E0108", "an environment variable is not set"};
inline constexpr Code bad_variable{"E0109", "a ${...} cannot be understood"};
inline constexpr Code bad_name{"E0110", "a component name is not allowed"};
inline constexpr Code duplicate_name{"E0111", "two components have one name"};
inline constexpr Code conflicting_keys{"E0112", "two keys say the same thing"};
inline constexpr Code bad_value{"E0113", "a value cannot be used"};

inline constexpr Code unknown_input{"E0201", "an input is not defined"};
inline constexpr Code cycle{"E0202", "components read from each other in a circle"};
inline constexpr Code unreachable{"E0203", "no sink reads what a component makes"};
inline constexpr Code no_sink{"E0204", "the pipeline has no sink"};
inline constexpr Code sink_as_input{"E0205", "a sink has no output to read"};
inline constexpr Code unknown_output{"E0206", "a component has no such output"};
inline constexpr Code no_inputs{"E0207", "a component has no inputs"};
inline constexpr Code duplicate_input{"E0208", "an input is named twice"};
inline constexpr Code no_source{"E0209", "the pipeline has no source"};
inline constexpr Code silent_output{"E0210", "an output never has rows"};

inline constexpr Code bad_output_mode{"E0301", "the query cannot have this output mode"};
inline constexpr Code watermark_column{"E0302", "the watermark's column cannot be used"};
inline constexpr Code missing_watermark{"E0304", "the query needs a watermark"};
inline constexpr Code bad_window{"E0305", "a window cannot be used"};
inline constexpr Code bad_schema{"E0306", "a schema cannot be used"};
inline constexpr Code schema_mismatch{"E0307", "schemas do not fit together"};
inline constexpr Code bad_delivery{"E0308", "a sink cannot keep the asked delivery"};
inline constexpr Code bad_inputs{"E0309", "a component cannot read these inputs"};

inline constexpr Code run_failed{"E0401", "the pipeline failed"};

inline constexpr Code expression_syntax{"E0501", "an expression is not valid SQL"};
inline constexpr Code unknown_column{"E0502", "a column is not known"};
inline constexpr Code expression_type{"E0503", "an expression has the wrong type"};
inline constexpr Code unknown_function{"E0504", "a function is not known"};
inline constexpr Code unsupported_expression{"E0505", "an expression is not supported"};
inline constexpr Code bad_aggregate{"E0506", "an aggregate cannot be used here"};
inline constexpr Code bad_type_name{"E0507", "a type is not known"};
inline constexpr Code duplicate_column{"E0508", "two columns have one name"};

inline constexpr Code unknown_component_type{"E0601", "no plugin has this component type"};
inline constexpr Code plugin_refused{"E0602", "a plugin cannot be used"};
inline constexpr Code plugin_rejects{"E0603", "a plugin refuses its options"};

inline constexpr Code late_watermark_change{"W0301", "a watermark has no effect"};
inline constexpr Code no_checkpoint{"W0302", "progress is not kept"};
inline constexpr Code limit_cannot_hold{"W0303", "a limit cannot hold"};

}  // namespace codes
}  // namespace millrace
