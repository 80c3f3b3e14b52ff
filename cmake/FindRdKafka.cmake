# librdkafka's C library as RdKafka::rdkafka: Debian's package has no CMake files of its own.
find_path(RdKafka_INCLUDE_DIR librdkafka/rdkafka.h)
find_library(RdKafka_LIBRARY rdkafka)
if(RdKafka_INCLUDE_DIR)
  file(STRINGS ${RdKafka_INCLUDE_DIR}/librdkafka/rdkafka.h version REGEX "#define RD_KAFKA_VERSION 0x[0-9a-f]+")
  string(REGEX REPLACE ".*0x(..)(..)(..)..$" "\\1.\\2.\\3" RdKafka_VERSION "${version}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(RdKafka REQUIRED_VARS RdKafka_LIBRARY RdKafka_INCLUDE_DIR VERSION_VAR RdKafka_VERSION)
if(RdKafka_FOUND AND NOT TARGET RdKafka::rdkafka)
  add_library(RdKafka::rdkafka UNKNOWN IMPORTED)
  set_target_properties(RdKafka::rdkafka PROPERTIES IMPORTED_LOCATION ${RdKafka_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${RdKafka_INCLUDE_DIR})
endif()
