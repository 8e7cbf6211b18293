// Built for the next major version of the boundary: its entry has another name.
const void* millrace_plugin_v2(void);
const void* millrace_plugin_v2(void) { return 0; }
