#include "base/utf8.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;

TEST(Utf8, RefusesWhatTheStandardForbids) {
  for (const char *good : {"", "plain ascii, longer than a word", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "12345678\xc3\xa9"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const char *bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "12345678\xff", "\xe2\x82"})
    EXPECT_FALSE(is_utf8(bad));
}
