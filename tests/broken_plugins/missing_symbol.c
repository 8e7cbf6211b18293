// A shared object like any other, but no plugin.
int millrace_plugin_forgotten(void);
int millrace_plugin_forgotten(void) { return 1; }
