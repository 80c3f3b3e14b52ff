#include "refusal.hpp"

#include <gmock/gmock.h>

namespace binance {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kNowMs = 1'700'000'015'000;  // 35 s after a full minute

std::string vendor_body(int code, const std::string &message) {
  return "{\"code\":" + std::to_string(code) + ",\"msg\":\"" + message + "\"}";
}

TEST(Refusal, ReadsVendorCodesAndHttpStatuses) {
  struct Row {
    int http;
    std::string body;
    tdk_status status;
    const char *advice;
  };
  const Row table[] = {
      {400, vendor_body(-1121, "Invalid symbol."), TDK_NOT_FOUND, "search for the symbol"},
      {400, vendor_body(-1120, "Invalid interval."), TDK_INVALID_ARGUMENT, "change what"},
      {400, vendor_body(-1220, "symbol does not match status"), TDK_INVALID_ARGUMENT,
       "change what"},
      {500, vendor_body(-1001, "Internal error"), TDK_UNAVAILABLE, "try again"},
      {400, vendor_body(-1007, "Timeout"), TDK_UNAVAILABLE, "try again"},
      {400, vendor_body(-9999, "New."), TDK_BAD_DATA, "check proxy and base_url"},
      {429, vendor_body(-1003, "Too much"), TDK_RATE_LIMITED, "wait"},
      {418, "", TDK_RATE_LIMITED, "banned"},
      {403, "<html>Request blocked</html>", TDK_PERMISSION_DENIED, "firewall"},
      {451, "{}", TDK_PERMISSION_DENIED, "country"},
      {404, "", TDK_NOT_FOUND, "base_url"},
      {502, "<html>", TDK_UNAVAILABLE, "try again"},
      {302, "", TDK_BAD_DATA, "proxy"},
  };
  for (const Row &r : table) {
    const tapedeck::Error e = refusal("fetching x", {r.http, r.body, ""}, kNowMs);
    EXPECT_EQ(e.code(), r.status) << r.http << r.body;
    EXPECT_EQ(e.upstream(), r.http);
    EXPECT_THAT(e.what(), HasSubstr(r.advice));
    EXPECT_THAT(e.what(), testing::StartsWith("fetching x: HTTP " + std::to_string(r.http)));
  }
}

TEST(Refusal, WaitsAsLongAsTheHeaderSays) {
  EXPECT_EQ(refusal("x", {429, "", "17"}, kNowMs).retry_after_ms(), 17'000);
}

TEST(Refusal, WaitsUntilTheBanEnds) {
  const std::string body =
      vendor_body(-1003, "Way too much; IP banned until 1700000100000. Please");
  EXPECT_EQ(refusal("x", {418, body, ""}, kNowMs).retry_after_ms(), 85'000);
}

TEST(Refusal, WaitsForTheNextMinuteWhenNothingIsSaid) {
  EXPECT_EQ(refusal("x", {429, "", ""}, kNowMs).retry_after_ms(), 25'000);
  EXPECT_EQ(refusal("x", {418, "", "soon"}, kNowMs).retry_after_ms(), 120'000);
}

TEST(Refusal, NeverWaitsForOtherErrors) {
  EXPECT_EQ(refusal("x", {500, "", "17"}, kNowMs).retry_after_ms(), 0);
}

}  // namespace
}  // namespace binance
