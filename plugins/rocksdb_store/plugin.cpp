#include "millrace/plugin.hpp"

#include "plugins/rocksdb_store/rocksdb_space.hpp"

using millrace::rocksdb_store::Settings;

MILLRACE_PLUGIN("rocksdb_store", "0.1.0",
                millrace::store_space<millrace::rocksdb_store::RocksdbSpace>(
                    "rocksdb",
                    "Keeps state larger than memory, in files, within a bound of memory.",
                    std::vector<millrace::Setting<Settings>>{
                        {"memory_limit", &Settings::memory_limit, millrace::optional,
                         "Bound of the store's memory, for all transforms and shards together: "
                         "cached blocks, indexes, filters and write buffers. At least 16 MiB."}}));
