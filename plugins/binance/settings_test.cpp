#include "settings.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace binance {
namespace {

Settings read(const std::vector<std::pair<std::string, std::string>> &options) {
  std::vector<tdk_kv> kv;
  for (const auto &[k, v] : options) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
  return read_settings(tapedeck::Config(kv.data(), kv.size()));
}

TEST(Settings, TheStreamHostFollowsTheRestHost) {
  const std::pair<const char *, const char *> table[] = {
      {"https://data-api.binance.vision", "wss://stream.binance.com:9443"},
      {"https://api.binance.com/", "wss://stream.binance.com:9443"},
      {"https://api3.binance.com", "wss://stream.binance.com:9443"},
      {"https://api.binance.us", "wss://stream.binance.us:9443"},
      {"https://testnet.binance.vision", "wss://stream.testnet.binance.vision:9443"},
      {"http://127.0.0.1:8080/binance", "ws://127.0.0.1:8080/binance"},
      {"https://proxy.example:8443/a/b/", "wss://proxy.example:8443/a/b"},
  };
  for (const auto &[base, stream] : table) EXPECT_EQ(read({{"base_url", base}}).stream_url, stream);
}

TEST(Settings, AStreamHostOfOnesOwnStays) {
  EXPECT_EQ(read({{"base_url", "http://a.test"}, {"stream_url", "wss://b.test/"}}).stream_url,
            "wss://b.test");
}

TEST(Settings, StreamLifeIsADuration) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::pair<const char *, std::int64_t> table[] = {
      {"1430m", 85'800 * kSecond}, {"23h50m", 85'800 * kSecond}, {"250ms", kSecond / 4},
      {"90s", 90 * kSecond},       {"1d", 86'400 * kSecond},
  };
  for (const auto &[text, ns] : table) EXPECT_EQ(read({{"stream_life", text}}).stream_life_ns, ns);
  EXPECT_EQ(read({}).stream_life_ns, 85'800 * kSecond);
}

TEST(Settings, RefusalsNameTheOption) {
  const std::pair<const char *, const char *> table[] = {
      {"base_url", "ftp://x"},
      {"stream_url", "https://x"},
      {"stream_life", "0s"},
      {"stream_life", "10"},
      {"stream_life", "-5s"},
      {"stream_life", "5 s"},
      {"stream_life", "9999999999999d"},
      {"weight_limit", "0"},
  };
  for (const auto &[key, value] : table) {
    try {
      read({{key, value}});
      ADD_FAILURE() << key << " accepted " << value;
    } catch (const tapedeck::Error &e) {
      EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT);
      EXPECT_THAT(e.what(), testing::StartsWith(std::string(key) + " is '"));
    }
  }
}

}  // namespace
}  // namespace binance
