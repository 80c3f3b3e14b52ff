# tapedeck_library(market SOURCES a.cpp LIBS x PRIVATE_LIBS y): a static library `tapedeck_market` of host/.
function(tapedeck_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS;PRIVATE_LIBS" ${ARGN})
  add_library(tapedeck_${name} STATIC ${ARG_SOURCES})
  target_include_directories(tapedeck_${name} PUBLIC ${PROJECT_SOURCE_DIR}/host)
  target_link_libraries(tapedeck_${name} PUBLIC tapedeck::sdk ${ARG_LIBS}
                        PRIVATE ${ARG_PRIVATE_LIBS} tapedeck_warnings)
endfunction()

# tapedeck_test(name SOURCES a_test.cpp LIBS x [TIMEOUT s] [LABELS unit|integration|concurrent|long]):
# one GoogleTest binary, each case a ctest. `concurrent` runs under TSan too, `long` only in ./check --long.
function(tapedeck_test name)
  if(NOT TAPEDECK_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} tapedeck_warnings GTest::gmock GTest::gtest_main)
  if("concurrent" IN_LIST ARG_LABELS)
    set_property(GLOBAL APPEND PROPERTY TAPEDECK_CONCURRENT_TESTS ${name})
  endif()
  # One text with spaces: a list would be taken apart on its way, and ctest -L looks for a part anyway.
  string(JOIN " " labels ${ARG_LABELS})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${labels}")
endfunction()
