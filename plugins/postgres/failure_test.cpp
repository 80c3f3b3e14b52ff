// What a SQLSTATE becomes.
#include "failure.hpp"

#include <gtest/gtest.h>

namespace tapedeck::postgres {
namespace {

struct Row {
  const char *sqlstate;
  tdk_status status;
  bool retried;
};

TEST(Failure, EachRefusalHasItsStatus) {
  const Row rows[] = {{"", TDK_UNAVAILABLE, true},          {"08006", TDK_UNAVAILABLE, true},
                      {"57P01", TDK_UNAVAILABLE, true},     {"57P02", TDK_UNAVAILABLE, true},
                      {"57P03", TDK_UNAVAILABLE, true},     {"40001", TDK_BUSY, true},
                      {"40P01", TDK_BUSY, true},            {"55P03", TDK_BUSY, false},
                      {"57014", TDK_TIMEOUT, false},        {"28P01", TDK_UNAUTHENTICATED, false},
                      {"28000", TDK_UNAUTHENTICATED, false}, {"3D000", TDK_NOT_FOUND, false},
                      {"42501", TDK_PERMISSION_DENIED, false}, {"25006", TDK_PERMISSION_DENIED, false},
                      {"53100", TDK_IO, false},             {"53300", TDK_BUSY, false},
                      {"XX001", TDK_IO, false},             {"22021", TDK_INVALID_ARGUMENT, false},
                      {"42601", TDK_INTERNAL, false}};
  for (const Row &row : rows) {
    EXPECT_EQ(meaning_of(row.sqlstate).status, row.status) << row.sqlstate;
    EXPECT_EQ(worth_retrying(row.sqlstate), row.retried) << row.sqlstate;
  }
}

}  // namespace
}  // namespace tapedeck::postgres
