#include "base/text.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;

TEST(Nearest, FindsTheMisspelling) {
  EXPECT_EQ(nearest("simbols", {"symbols", "sources", "storage"}), "symbols");
  EXPECT_EQ(nearest("Sqlite", {"sqlite", "binance"}), "sqlite");
  EXPECT_EQ(nearest("zzzzzz", {"symbols", "sources"}), "");
}

TEST(NearestSymbol, LooksPastTheSlash) {
  EXPECT_EQ(nearest_symbol("btcustd", {"ETH/USDT", "BTC/USDT"}), "BTC/USDT");
  EXPECT_EQ(nearest_symbol("BTC/USTD", {"ETH/USDT", "BTC/USDT"}), "BTC/USDT");
}

TEST(Printable, KeepsTextAndHidesTheRest) {
  EXPECT_EQ(printable("a\nb\x01" "c\xff"), "a b?c?");
  EXPECT_EQ(printable("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
}

TEST(JsonQuoted, EscapesWhatJsonForbids) {
  EXPECT_EQ(json_quoted("a\"b\\c\n\xff"), "\"a\\\"b\\\\c\\u000a\xef\xbf\xbd\"");
}

TEST(RedactUrl, HidesSecretsOnly) {
  EXPECT_EQ(redact_url("https://u:p@h.example/x?symbol=A&apikey=hidden&limit=5"),
            "https://***@h.example/x?symbol=A&apikey=***&limit=5");
  EXPECT_EQ(redact_url("http://h/x?a=1"), "http://h/x?a=1");
  EXPECT_EQ(redact_url("http://h"), "http://h");
  EXPECT_EQ(redact_url("http://h/x?token="), "http://h/x?token=***");
}

TEST(StatusName, CoversEveryStatus) {
  EXPECT_EQ(status_name(TDK_OK), "ok");
  EXPECT_EQ(status_name(TDK_INCOMPATIBLE), "incompatible");
  EXPECT_EQ(status_name(4711), "internal");
}
