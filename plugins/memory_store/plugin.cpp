#include "millrace/plugin.hpp"

#include "plugins/memory_store/memory_store.hpp"

MILLRACE_PLUGIN("memory_store", "0.1.0",
                millrace::store<millrace::memory_store::MemoryStore>(
                    "memory", "Keeps state in memory and writes down what changed.",
                    std::vector<millrace::Setting<millrace::memory_store::Settings>>{}));
