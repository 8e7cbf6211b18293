# Tests that need a real Kafka broker share one: ctest starts it before the first of them, on a free
# port, and stops it after the last. `ctest -L kafka` and `ctest -LE kafka` run only them, or the rest.
set(millrace_kafka_folder ${CMAKE_BINARY_DIR}/kafka)
set(millrace_kafka_broker ${CMAKE_CURRENT_LIST_DIR}/kafka/broker.sh)

# What such a test must have among its properties (gtest_discover_tests(... PROPERTIES takes them).
# Below MILLRACE_BUILD it finds kafka/bootstrap (HOST:PORT), bin/kafka_tool and bin/millrace.
set(MILLRACE_KAFKA_TEST_PROPERTIES
  FIXTURES_REQUIRED kafka
  LABELS kafka
  TIMEOUT 300
  ENVIRONMENT MILLRACE_BUILD=${CMAKE_BINARY_DIR})

# millrace_add_kafka_test(NAME COMMAND ...): a test in any language.
function(millrace_add_kafka_test name)
  cmake_parse_arguments(ARG "" "" "COMMAND" ${ARGN})
  add_test(NAME ${name} COMMAND ${ARG_COMMAND})
  set_tests_properties(${name} PROPERTIES ${MILLRACE_KAFKA_TEST_PROPERTIES})
endfunction()

add_test(NAME kafka.start COMMAND ${millrace_kafka_broker} fresh ${millrace_kafka_folder})
add_test(NAME kafka.stop COMMAND ${millrace_kafka_broker} stop ${millrace_kafka_folder})
set_tests_properties(kafka.start PROPERTIES FIXTURES_SETUP kafka TIMEOUT 600)
set_tests_properties(kafka.stop PROPERTIES FIXTURES_CLEANUP kafka)
