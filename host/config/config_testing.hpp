// What the tests of this folder share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/load_config.hpp"

namespace tapedeck::config_testing {

inline constexpr Nanos kNow = 1'750'000'000 * kSecond;  // 2025-06-15T15:06:40Z

// An environment and files of the test's own.
struct FakeInput {
  std::map<std::string, std::string> env;
  std::map<std::string, std::string> files;

  ConfigInput input() const {
    ConfigInput in;
    in.env = [this](const std::string &name) {
      const auto it = env.find(name);
      return it == env.end() ? std::nullopt : std::optional(it->second);
    };
    in.read_file = [this](const std::string &path) {
      const auto it = files.find(path);
      return it == files.end() ? FileText{"", "no such file"} : FileText{it->second, ""};
    };
    in.now = kNow;
    return in;
  }
};

inline std::vector<std::string> texts(const std::vector<Problem> &problems) {
  std::vector<std::string> out;
  for (const auto &problem : problems) out.push_back(problem.text());
  return out;
}

inline LoadedConfig load_text(const std::string &text, const FakeInput &fake = {}) {
  return load_config(std::vector<ConfigText>{{"a.yaml", text}}, fake.input());
}

inline constexpr const char *kGood = R"(version: 1
plugin_dirs: [./plugins]
plugins:
  binance:
    module: binance
    options: { base_url: "https://${env:HOST}/x", spike: { sigma: 8 }, kinds: [a, b] }
  store: { module: sqlite, options: { path: ./market.db } }
api: { listen: "127.0.0.1:9090" }
pipelines:
  - &base
    name: majors
    symbols: [BTC/USDT, ETH/USDT]
    intervals: [1m, 1M]
    calendar: 24x7
    sources: [binance]
    storage: store
    backfill: &backfill { since: 2y, until: 2025-01-01, parallel: 8 }
  - <<: *base
    name: others
    symbols: [AAPL]
)";

}  // namespace tapedeck::config_testing
