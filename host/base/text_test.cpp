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

// A client of the stream that gets anything else in a text frame has to leave, and a tape could not be read.
TEST(JsonQuoted, IsUtf8WhateverComes) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(json_quoted("\xed\xa0\x80"), '"' + bad + bad + bad + '"') << "half a surrogate pair";
  EXPECT_EQ(json_quoted("\xe0\x80\xaf"), '"' + bad + bad + bad + '"') << "longer than it needs";
  EXPECT_EQ(json_quoted("\xf0\x80\x80\xaf"), '"' + bad + bad + bad + bad + '"') << "longer than it needs";
  EXPECT_EQ(json_quoted("\xf4\x90\x80\x80"), '"' + bad + bad + bad + bad + '"') << "above U+10FFFF";
  EXPECT_EQ(printable("a\xed\xa0\x80z"), "a???z");
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
