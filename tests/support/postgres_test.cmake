# Tests that need a real PostgreSQL share one: ctest starts it before the first of them, on a free port, and stops it
# after the last. `ctest -L postgres` and `ctest -LE postgres` run only them, or the rest.
set(millrace_postgres_folder ${CMAKE_BINARY_DIR}/postgres)
set(millrace_postgres_server ${CMAKE_CURRENT_LIST_DIR}/postgres/server.sh)

# What such a test must have among its properties (gtest_discover_tests(... PROPERTIES takes them).
# Below MILLRACE_BUILD it finds postgres/dsn, postgres/admin and bin/millrace.
set(MILLRACE_POSTGRES_TEST_PROPERTIES
  FIXTURES_REQUIRED postgres
  LABELS postgres
  TIMEOUT 300
  ENVIRONMENT MILLRACE_BUILD=${CMAKE_BINARY_DIR})

# millrace_add_postgres_test(NAME COMMAND ...): a test in any language.
function(millrace_add_postgres_test name)
  cmake_parse_arguments(ARG "" "" "COMMAND" ${ARGN})
  add_test(NAME ${name} COMMAND ${ARG_COMMAND})
  set_tests_properties(${name} PROPERTIES ${MILLRACE_POSTGRES_TEST_PROPERTIES})
endfunction()

add_test(NAME postgres.start COMMAND ${millrace_postgres_server} fresh ${millrace_postgres_folder})
add_test(NAME postgres.stop COMMAND ${millrace_postgres_server} stop ${millrace_postgres_folder})
set_tests_properties(postgres.start PROPERTIES FIXTURES_SETUP postgres TIMEOUT 300)
set_tests_properties(postgres.stop PROPERTIES FIXTURES_CLEANUP postgres)
