# Every third-party library of the repository, found once. Each is used by one folder.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)                        # core/plugin: Boost.DLL; hash tables
find_package(tomlplusplus REQUIRED)                      # core/config
find_package(nlohmann_json REQUIRED)                     # off the hot path only
find_package(CLI11 REQUIRED)                             # core/cli
find_package(spdlog REQUIRED)                            # core/observe
find_package(prometheus-cpp CONFIG REQUIRED)             # core/observe
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)   # plugins/kafka
# plugins/kafka: checksums and codecs of records
pkg_check_modules(RECORD_BATCHES REQUIRED IMPORTED_TARGET libisal snappy liblz4 libzstd zlib)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)       # plugins/postgres
pkg_check_modules(ROCKSDB REQUIRED IMPORTED_TARGET rocksdb)   # plugins/rocksdb_store
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)  # core/checkpoint
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)      # core/expression
find_package(simdjson REQUIRED)                          # plugins/json
find_library(PG_QUERY_LIBRARY pg_query REQUIRED)         # core/expression
find_path(PG_QUERY_INCLUDE pg_query.h REQUIRED)
add_library(millrace_pg_query INTERFACE)
target_include_directories(millrace_pg_query SYSTEM INTERFACE ${PG_QUERY_INCLUDE})
target_link_libraries(millrace_pg_query INTERFACE ${PG_QUERY_LIBRARY})
find_library(CIVETWEB_LIBRARY civetweb REQUIRED)         # core/observe
find_library(CIVETWEB_CPP_LIBRARY civetweb-cpp REQUIRED)
add_library(millrace_civetweb INTERFACE)
target_link_libraries(millrace_civetweb INTERFACE ${CIVETWEB_CPP_LIBRARY} ${CIVETWEB_LIBRARY} Threads::Threads)
