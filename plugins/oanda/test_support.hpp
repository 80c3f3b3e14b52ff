// What the tests of this plugin share: the provider on a scripted host, and bodies to answer with.
#pragma once

#include "kit/testing/calls.hpp"
#include "kit/testing/fake_host.hpp"
#include "kit/testing/stream_rig.hpp"
#include "oanda.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace oanda::test {

using kit::test::Answer;
using kit::test::Candles;
using kit::test::CandlesAsked;
using kit::test::FakeHost;
using kit::test::parameter;

inline constexpr std::int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute, kDay = 24 * kHour;

// Folder of recorded answers of the vendor; may not exist.
std::filesystem::path fixtures();
std::string read_file(const std::filesystem::path &file);

std::int64_t at(const std::string &time);  // ns of "2017-01-02T23:00:00Z"

// {"candles":[...]} with a mid, bid and ask price each, and "incomplete" for the last if asked.
std::string candles_body(const std::vector<std::int64_t> &opens_ns, bool last_forming = false);
std::string error_body(const std::string &message);
// {"instruments":[...]} of EUR_USD, USD_JPY, XAU_USD, DE30_EUR, SPX500_USD, BCO_USD.
std::string instruments_body();
std::string price_line(const std::string &instrument, const std::string &bid,
                       const std::string &ask, const std::string &more = R"("tradeable":true)");
inline const std::string kHeartbeat = R"({"type":"HEARTBEAT","time":"2023-11-14T22:13:20.1Z"})";
inline const std::string kAccounts =
    R"({"accounts":[{"id":"101-004-1435156-002","tags":[]},{"id":"101-004-1435156-001","tags":[]}]})";

// Answers accounts and instruments; the rest from `answer`, which begins as 404.
struct Rig {
  Rig();
  Provider &provider();
  std::string path(std::size_t request) const;  // without host and query

  FakeHost host;
  std::map<std::string, std::string> settings{{"token", "practice-token"}};
  std::function<Answer(const std::string &url)> answer;
  kit::test::StreamScript script;

 private:
  std::unique_ptr<Provider> provider_;
};

}  // namespace oanda::test
