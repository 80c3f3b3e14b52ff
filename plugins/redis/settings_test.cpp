#include "settings.hpp"

#include <gmock/gmock.h>

#include "keys.hpp"

namespace tapedeck::redis {
namespace {

using testing::HasSubstr;
using testing::Not;

Settings settings(std::vector<std::pair<std::string, std::string>> options) {
  std::vector<tdk_kv> raw;
  for (const auto &[key, value] : options) raw.push_back({str(key), str(value)});
  return Settings(Config(raw.data(), raw.size()));
}

TEST(RedisSettings, ReadsTheUrl) {
  const Settings s = settings({{"url", "redis://10.0.0.7:7000/3"}});
  EXPECT_EQ(s.name(), "redis at 10.0.0.7:7000/3");
  EXPECT_FALSE(s.tls);
  EXPECT_EQ(settings({{"url", "rediss://[::1]"}}).name(), "redis at [::1]:6379/0");
  EXPECT_TRUE(settings({{"url", "rediss://h"}}).tls);
}

TEST(RedisSettings, ReadsUserAndPasswordOfUrlAndOptions) {
  const Settings in_url = settings({{"url", "redis://ann:p%40ss@h/1"}});
  EXPECT_EQ(in_url.username + " " + in_url.password + " " + in_url.host, "ann p@ss h");
  const Settings apart = settings({{"url", "redis://:old@h"}, {"username", "bob"}, {"password", "new"}});
  EXPECT_EQ(apart.username + " " + apart.password, "bob new");
}

TEST(RedisSettings, RefusesWhatCannotBeMeant) {
  for (const char *url : {"", "h:1", "http://h", "redis://", "redis://h:0", "redis://h:x", "redis://h:70000", "redis://h/x",
                          "redis://h/-1", "redis://ann@h", "redis://:%zz@h", "redis://:%4@h"}) {
    try {
      settings({{"url", url}});
      ADD_FAILURE() << url;
    } catch (const Error &e) {
      EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT) << url;
    }
  }
  const std::string good = "redis://h";
  for (const auto &[key, value] : std::vector<std::pair<std::string, std::string>>{
           {"call_timeout", "5"}, {"call_timeout", "0s"}, {"connect_timeout", "2m"}, {"prefix", "a b"}, {"max_value_mb", "65"},
           {"ca_file", "x.pem"}, {"username", "ann"}})
    EXPECT_THROW(settings({{"url", good}, {key, value}}), Error) << key << " " << value;
}

TEST(RedisSettings, NeverTellsThePassword) {
  try {
    settings({{"url", "redis://ann:hunter2@h:x/1"}});
    ADD_FAILURE();
  } catch (const Error &e) {
    EXPECT_THAT(e.what(), Not(HasSubstr("hunter2")));
  }
  EXPECT_THAT(settings({{"url", "redis://:hunter2@h"}}).name(), Not(HasSubstr("hunter2")));
}

TEST(RedisKeyNames, APrefixIsNoPattern) {
  EXPECT_EQ(glob_of_prefix("a*b?[c]\\"), "a\\*b\\?\\[c\\]\\\\*");
  EXPECT_EQ(cache_key("t:", "quote/a"), "t:cache:quote/a");
  EXPECT_EQ(budget_key("t:", "binance"), "t:budget:{binance}");
}

}  // namespace
}  // namespace tapedeck::redis
