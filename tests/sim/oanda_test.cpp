// The simulated OANDA: REST by the rules of its reference, the stream of prices, and its faults.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "sim/line_test_client.hpp"
#include "sim/oanda/candle_grid.hpp"
#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

const std::map<std::string, std::string> kToken{{"Authorization", "Bearer practice-token"}};
const std::string kAccount = "/oanda/v3/accounts/101-001-1234567-001";
const std::string kCandles = "/oanda/v3/instruments/EUR_USD/candles?";
const std::int64_t kStart = *parse_iso8601("2024-05-15T10:00:30.500Z");  // a Wednesday

Options frozen() {
  Options options;
  options.start_ms = kStart;
  options.speed = 0;
  options.limits = false;
  return options;
}

std::string text(const json::value &v) { return {v.as_string().data(), v.as_string().size()}; }

class OandaTest : public testing::Test {
 protected:
  explicit OandaTest(const Options &options = frozen()) : simulator(options), rest(simulator) {}

  Answer get(const std::string &path) { return rest.get(path, kToken); }
  json::value body(const std::string &path) {
    const Answer answer = get(path);
    EXPECT_EQ(answer.status, 200) << path << " " << answer.body;
    return json::parse(answer.body);
  }
  json::array candles(const std::string &query) { return body(kCandles + query).at("candles").as_array(); }
  std::vector<std::string> times(const std::string &query) {
    std::vector<std::string> out;
    for (const json::value &c : candles(query)) out.push_back(text(c.at("time")));
    return out;
  }
  std::string refused(const std::string &path, int status) {
    const Answer answer = get(path);
    EXPECT_EQ(answer.status, status) << path;
    return answer.body.empty() ? "" : text(json::parse(answer.body).at("errorMessage"));
  }
  void advance(std::int64_t ms) {
    simulator.clock().advance(ms);
    EXPECT_TRUE(simulator.settle());
  }

  Simulator simulator;
  TestClient rest;
};

TEST_F(OandaTest, AsksForATokenOfItsEnvironment) {
  for (const char *token : {"", "Basic abcdefgh", "Bearer ", "Bearer live-token-123"}) {
    const Answer answer = rest.get("/oanda/v3/accounts", {{"Authorization", token}});
    EXPECT_EQ(answer.status, 401) << token;
    EXPECT_THAT(answer.body, HasSubstr("Insufficient authorization to perform request."));
    EXPECT_FALSE(answer.headers.at("requestid").empty());
  }
  EXPECT_NE(get("/oanda/v3/accounts").headers.at("requestid"),
            get("/oanda/v3/accounts").headers.at("requestid"));
}

TEST_F(OandaTest, AccountsSummaryAndInstruments) {
  EXPECT_EQ(text(body("/oanda/v3/accounts").at("accounts").at(0).at("id")), "101-001-1234567-001");
  EXPECT_EQ(text(body(kAccount + "/summary").at("account").at("currency")), "USD");
  const json::value all = body(kAccount + "/instruments");
  EXPECT_GE(all.at("instruments").as_array().size(), 20U);
  const json::value two = body(kAccount + "/instruments?instruments=DE30_EUR,XAU_USD");
  EXPECT_EQ(text(two.at("instruments").at(0).at("type")), "CFD");
  EXPECT_EQ(two.at("instruments").at(1).at("displayPrecision").as_int64(), 3);
  EXPECT_EQ(refused("/oanda/v3/accounts/101-001-7777777-001/summary", 403), "The provided request was forbidden.");
  refused("/oanda/v3/nothing", 404);
  EXPECT_EQ(rest.send("POST", "/oanda/v3/accounts", "{}", kToken).status, 405);
}

TEST_F(OandaTest, EveryRuleOfCandlesHasItsRefusal) {
  const std::pair<const char *, const char *> table[] = {
      {"granularity=M3", "Invalid value specified for 'granularity'"},
      {"granularity=m1", "Invalid value specified for 'granularity'"},
      {"price=X", "Invalid value specified for 'price'"},
      {"count=5001", "Maximum value for 'count' exceeded"},
      {"count=0", "Invalid value specified for 'count'"},
      {"count=x", "Invalid value specified for 'count'"},
      {"from=yesterday", "Invalid value specified for 'from'"},
      {"from=2030-01-01T00:00:00Z", "Invalid value specified for 'from'. Time is in the future"},
      {"to=1893456000", "Invalid value specified for 'to'. Time is in the future"},
      {"from=1715700000&to=1715700060&count=1",
       "'count' cannot be specified when 'to' and 'from' parameters are set"},
      {"granularity=S5&from=2024-05-14T00:00:00Z&to=2024-05-15T00:00:00Z", "Maximum value for 'count' exceeded"},
      {"includeFirst=true", "Invalid value specified for 'includeFirst'"},
      {"dailyAlignment=24", "Invalid value specified for 'dailyAlignment'"},
      {"alignmentTimezone=Mars/Base", "Invalid value specified for 'alignmentTimezone'"},
      {"weeklyAlignment=Someday", "Invalid value specified for 'weeklyAlignment'"}};
  for (const auto &[query, message] : table) EXPECT_EQ(refused(kCandles + query, 400), message) << query;
  EXPECT_EQ(refused("/oanda/v3/instruments/FOO_BAR/candles", 400), "Invalid value specified for 'instrument'");
}

TEST_F(OandaTest, ThePricesAskedForAreThere) {
  const json::value answer = body(kCandles + "granularity=M1&price=MBA&count=3");
  EXPECT_EQ(text(answer.at("granularity")), "M1");
  const json::array &rows = answer.at("candles").as_array();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_TRUE(rows[1].at("complete").as_bool());
  EXPECT_FALSE(rows[2].at("complete").as_bool());
  EXPECT_EQ(text(rows[2].at("time")), "2024-05-15T10:00:00.000000000Z");
  EXPECT_EQ(text(rows[1].at("mid").at("o")).size(), 7U);  // five decimals
  EXPECT_LT(text(rows[1].at("bid").at("c")), text(rows[1].at("ask").at("c")));
  EXPECT_FALSE(candles("granularity=M1&count=1")[0].as_object().contains("bid"));
}

TEST_F(OandaTest, ToIsExclusiveAndFromIsItsCandle) {
  const std::string range = "granularity=M5&from=2024-05-15T09:02:00Z&to=2024-05-15T09:20:00Z&includeFirst=";
  EXPECT_THAT(times(range + "true"),
              testing::ElementsAre("2024-05-15T09:00:00.000000000Z", "2024-05-15T09:05:00.000000000Z",
                                   "2024-05-15T09:10:00.000000000Z", "2024-05-15T09:15:00.000000000Z"));
  EXPECT_EQ(times(range + "false").size(), 3U);
}

// As recorded in 2017, against the documents.
TEST_F(OandaTest, WithoutIncludeFirstTheFirstCandleIsDropped) {
  const std::string query = "granularity=H1&from=2024-05-11T00:00:00Z&count=10";  // a Saturday
  const auto all = times(query + "&includeFirst=true"), unset = times(query);
  ASSERT_EQ(all.size(), 10U);
  EXPECT_EQ(all.front(), "2024-05-12T21:00:00.000000000Z");
  EXPECT_EQ(unset, std::vector<std::string>(all.begin() + 1, all.end()));
}

TEST_F(OandaTest, ToAndCountAreTheNewestBefore) {
  const auto rows = times("granularity=M1&to=2024-05-13T00:00:00Z&count=200");
  ASSERT_EQ(rows.size(), 200U);
  EXPECT_LT(rows.back(), "2024-05-13T00:00:00.000000000Z");
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
  const auto across = times("granularity=H1&to=2024-05-13T00:00:00Z&count=5");
  EXPECT_EQ(across.front(), "2024-05-10T19:00:00.000000000Z") << "over the weekend";
}

TEST_F(OandaTest, WhatIsClosedOrQuietHasNoCandles) {
  EXPECT_TRUE(times("granularity=M1&from=2024-05-11T00:00:00Z&to=2024-05-12T00:00:00Z").empty());
  const auto week = times("granularity=M1&from=2024-05-13T00:00:00Z&to=2024-05-15T00:00:00Z&includeFirst=true");
  EXPECT_LT(week.size(), 2880U - 10U);
  EXPECT_GT(week.size(), 2600U);
  const std::set<std::string> there(week.begin(), week.end());
  EXPECT_FALSE(there.count("2024-05-13T21:00:00.000000000Z")) << "the daily pause, 16:58 to 17:03 in New York";
}

TEST_F(OandaTest, UnixTimesWhenAskedFor) {
  auto headers = kToken;
  headers["Accept-Datetime-Format"] = "UNIX";
  const Answer answer = rest.get(kCandles + "granularity=M1&from=1715760000&count=1&includeFirst=true", headers);
  EXPECT_EQ(text(json::parse(answer.body).at("candles").at(0).at("time")), "1715760000.000000000");
}

TEST_F(OandaTest, DaysBeginAtSeventeenInNewYorkOrWhereTheyAreWanted) {
  const auto usual = times("granularity=D&to=2024-05-15T00:00:00Z&count=3");
  EXPECT_EQ(usual.back(), "2024-05-14T21:00:00.000000000Z");
  const auto winter = times("granularity=D&to=2024-01-18T00:00:00Z&count=1");
  EXPECT_EQ(winter.back(), "2024-01-17T22:00:00.000000000Z");
  const std::string utc = "&dailyAlignment=0&alignmentTimezone=UTC&weeklyAlignment=Monday";
  EXPECT_EQ(times("granularity=D&to=2024-05-15T00:00:00Z&count=1" + utc).back(), "2024-05-14T00:00:00.000000000Z");
  EXPECT_EQ(times("granularity=W&to=2024-05-15T00:00:00Z&count=1" + utc).back(), "2024-05-13T00:00:00.000000000Z");
  EXPECT_EQ(times("granularity=M&to=2024-05-15T00:00:00Z&count=1" + utc).back(), "2024-05-01T00:00:00.000000000Z");
  // A day on which nothing happens is absent: the one that would begin on Friday evening.
  const auto week = times("granularity=D&from=2024-05-09T21:00:00Z&count=3&includeFirst=true");
  EXPECT_EQ(week[0].substr(0, 10), "2024-05-09");
  EXPECT_EQ(week[1].substr(0, 10), "2024-05-12");
}

TEST_F(OandaTest, LargerCandlesAreSumsOfSmallerOnes) {
  const std::string range = "&price=B&from=2024-05-14T09:00:00Z&to=2024-05-14T10:00:00Z&includeFirst=true";
  const json::value hour = candles("granularity=H1" + range).at(0);
  for (const char *granularity : {"M1", "S5", "M10"}) {
    const json::array parts = candles(std::string("granularity=") + granularity + range);
    std::int64_t volume = 0;
    std::string high, low = "9";
    for (const json::value &part : parts) {
      volume += part.at("volume").as_int64();
      high = std::max(high, text(part.at("bid").at("h")));
      low = std::min(low, text(part.at("bid").at("l")));
    }
    EXPECT_EQ(volume, hour.at("volume").as_int64()) << granularity;
    EXPECT_EQ(high, text(hour.at("bid").at("h"))) << granularity;
    EXPECT_EQ(low, text(hour.at("bid").at("l"))) << granularity;
    EXPECT_EQ(text(parts.front().at("bid").at("o")), text(hour.at("bid").at("o"))) << granularity;
    EXPECT_EQ(text(parts.back().at("bid").at("c")), text(hour.at("bid").at("c"))) << granularity;
  }
}

TEST_F(OandaTest, TheSameCandlesBelowTheAccountAndTheLatestOfMany) {
  const std::string query = "?granularity=M1&count=2";
  EXPECT_EQ(get(kAccount + "/instruments/EUR_USD/candles" + query).body,
            get("/oanda/v3/instruments/EUR_USD/candles" + query).body);
  const json::value latest = body(kAccount + "/candles/latest?candleSpecifications=EUR_USD:M1:BM,USD_JPY:H1:A");
  ASSERT_EQ(latest.at("latestCandles").as_array().size(), 2U);
  EXPECT_TRUE(latest.at("latestCandles").at(1).at("candles").at(0).as_object().contains("ask"));
  refused(kAccount + "/candles", 404);
}

TEST_F(OandaTest, PricingNamesOldPricesOnWeekends) {
  EXPECT_EQ(refused(kAccount + "/pricing", 400), "The request was missing required data");
  EXPECT_EQ(refused(kAccount + "/pricing?instruments=EUR_USD,FOO_BAR", 400), "Invalid value specified for 'instruments'");
  const json::value open = body(kAccount + "/pricing?instruments=EUR_USD,USD_JPY");
  ASSERT_EQ(open.at("prices").as_array().size(), 2U);
  EXPECT_TRUE(open.at("prices").at(0).at("tradeable").as_bool());
  const std::string since = text(open.at("time"));
  EXPECT_TRUE(body(kAccount + "/pricing?instruments=EUR_USD&since=" + since).at("prices").as_array().empty());
  simulator.clock().set(*parse_iso8601("2024-05-18T12:00:00Z"));
  const json::value closed = body(kAccount + "/pricing?instruments=EUR_USD").at("prices").at(0);
  EXPECT_FALSE(closed.at("tradeable").as_bool());
  EXPECT_EQ(text(closed.at("time")).substr(0, 10), "2024-05-17");
}

TEST_F(OandaTest, AStreamBeginsWithASnapshotAndGoesOnWithTheMarket) {
  const auto client = std::make_unique<LineTestClient>(simulator, kAccount + "/pricing/stream?instruments=EUR_USD,USD_JPY", kToken);
  ASSERT_EQ(client->status(), 200);
  EXPECT_EQ(client->header("transfer-encoding"), "chunked");
  EXPECT_FALSE(client->header("requestid").empty());
  ASSERT_TRUE(client->wait_for_count(2));
  EXPECT_THAT(client->lines()[0], HasSubstr("\"instrument\":\"EUR_USD\""));
  EXPECT_THAT(client->lines()[1], HasSubstr("\"instrument\":\"USD_JPY\""));
  advance(30'000);
  ASSERT_TRUE(client->wait_for([&] {
    std::size_t data = 0;
    for (const std::string &line : client->lines()) data += line.find("\"tradeable\":") != std::string::npos;
    return data >= simulator.messages_sent();
  }));
  std::size_t beats = 0;
  std::string last;
  for (const std::string &line : client->lines()) {
    const json::value v = json::parse(line);
    beats += text(v.at("type")) == "HEARTBEAT";
    if (text(v.at("type")) != "PRICE" || client->lines()[0] == line || client->lines()[1] == line) continue;
    EXPECT_LE(last, text(v.at("time")));
    last = text(v.at("time"));
  }
  EXPECT_EQ(beats, 5U);  // every 5.06 to 5.08 s
  EXPECT_GT(client->lines().size(), 30U);
}

// What the stream has said of a minute is what REST says of it.
TEST_F(OandaTest, TheTicksOfAMinuteAreItsCandle) {
  simulator.clock().set(*parse_iso8601("2024-05-15T10:01:00Z") - 1);
  LineTestClient client(simulator, kAccount + "/pricing/stream?instruments=EUR_USD&snapshot=false", kToken);
  ASSERT_EQ(client.status(), 200);
  advance(60'001);
  ASSERT_TRUE(client.wait_for([&] {
    std::size_t data = 0;
    for (const std::string &line : client.lines()) data += line.find("\"bids\":[{") != std::string::npos;
    return data >= simulator.messages_sent();
  }));
  std::vector<std::string> bids;
  for (const std::string &line : client.lines()) {
    const json::value v = json::parse(line);
    if (!v.as_object().contains("bids") || v.at("bids").as_array().empty() ||
        text(v.at("time")).substr(0, 16) != "2024-05-15T10:01")
      continue;
    std::string best;
    for (const json::value &level : v.at("bids").as_array()) best = std::max(best, text(level.at("price")));
    bids.push_back(best);
  }
  const json::value candle = candles("granularity=M1&price=B&from=2024-05-15T10:01:00Z&to=2024-05-15T10:02:00Z&includeFirst=true").at(0);
  EXPECT_EQ(candle.at("volume").as_int64(), static_cast<std::int64_t>(bids.size()));
  EXPECT_EQ(text(candle.at("bid").at("o")), bids.front());
  EXPECT_EQ(text(candle.at("bid").at("c")), bids.back());
  EXPECT_EQ(text(candle.at("bid").at("h")), *std::max_element(bids.begin(), bids.end()));
  EXPECT_EQ(text(candle.at("bid").at("l")), *std::min_element(bids.begin(), bids.end()));
}

class OandaWindows : public OandaTest {
 protected:
  static constexpr std::int64_t kWindow = 5'000;
  OandaWindows() : OandaTest(windows()) {}
  static Options windows() {
    Options options = frozen();
    options.settings = {{"oanda", "window_ms", std::to_string(kWindow)}};
    return options;
  }
};

// Of each window the price that is in force at its end; windows begin with the stream.
TEST_F(OandaWindows, OnlyTheLastPriceOfAWindowIsSent) {
  LineTestClient client(simulator, kAccount + "/pricing/stream?instruments=EUR_USD&snapshot=false", kToken);
  ASSERT_EQ(client.status(), 200);
  advance(120'000);
  const auto prices = [&] {
    std::vector<std::int64_t> out;
    for (const std::string &line : client.lines())
      if (line.find("\"bids\":[{") != std::string::npos) out.push_back(*parse_iso8601(text(json::parse(line).at("time"))));
    return out;
  };
  ASSERT_TRUE(client.wait_for([&] { return prices().size() >= simulator.messages_sent(); }));
  std::int64_t last = -1;
  for (const std::int64_t time : prices()) {
    const std::int64_t window = (time - kStart - 1) / kWindow;
    EXPECT_GT(window, last) << iso8601(time);
    last = window;
  }
  EXPECT_GT(prices().size(), 5U);
  EXPECT_LE(prices().size(), 24U);
  const json::value candle = candles("granularity=M1&price=B&from=2024-05-15T10:01:00Z&to=2024-05-15T10:02:00Z&includeFirst=true").at(0);
  EXPECT_GT(candle.at("volume").as_int64(), 12) << "the candles know all of them";
}

TEST(OandaSettings, RefusesWhatItDoesNotKnow) {
  for (const VendorSetting &bad : {VendorSetting{"oanda", "window_ms", "-1"}, {"oanda", "window_ms", "x"}, {"oanda", "windows", "1"}}) {
    Options options = frozen();
    options.settings = {bad};
    EXPECT_THROW(Simulator{options}, std::invalid_argument) << bad.name << "=" << bad.value;
  }
}

TEST_F(OandaTest, HeartbeatsGoOnWhenTheMarketIsClosed) {
  simulator.clock().set(*parse_iso8601("2024-05-18T12:00:00Z"));
  LineTestClient client(simulator, kAccount + "/pricing/stream?instruments=EUR_USD", kToken);
  ASSERT_TRUE(client.wait_for_count(1));
  EXPECT_THAT(client.lines()[0], HasSubstr("\"tradeable\":false"));
  advance(26'000);
  ASSERT_TRUE(client.wait_for_count(6));
  EXPECT_THAT(client.lines()[5], HasSubstr("HEARTBEAT"));
}

// More real time passes between two heartbeats than a slow client is given.
TEST(OandaQuiet, AClientIsNotSlowWhenThereWasNothingToTake) {
  Options options = frozen();
  options.start_ms = *parse_iso8601("2024-05-18T12:00:00Z");  // a Saturday
  options.speed = 20;
  options.patience.slow_client = std::chrono::milliseconds(60);
  Simulator simulator(options);
  LineTestClient client(simulator, kAccount + "/pricing/stream?instruments=EUR_USD", kToken);
  EXPECT_TRUE(client.wait_for_count(4));
  EXPECT_EQ(client.end(), "");
}

TEST_F(OandaTest, RefusalsOfTheStreamHaveNoBodyButForWrongRequests) {
  const std::string path = kAccount + "/pricing/stream?instruments=";
  EXPECT_EQ(rest.get(path + "EUR_USD").status, 401);
  EXPECT_EQ(rest.get(path + "EUR_USD").body, "");
  EXPECT_EQ(refused(path + "FOO_BAR", 400), "Invalid value specified for 'instruments'");
  EXPECT_EQ(refused(kAccount + "/pricing/stream", 400), "The request was missing required data");
  EXPECT_EQ(get("/oanda/v3/accounts/101-9/pricing/stream?instruments=EUR_USD").status, 403);
}

TEST_F(OandaTest, LinesAreCutAcrossChunksAndGatheredInThem) {
  simulator.clock().set(kStart);
  LineTestClient client(simulator, kAccount + "/pricing/stream?instruments=EUR_USD,USD_JPY,GBP_USD", kToken);
  advance(300'000);
  ASSERT_TRUE(client.wait_for([&] { return client.lines().size() >= simulator.messages_sent(); }));
  for (const std::string &line : client.lines()) EXPECT_NO_THROW(json::parse(line)) << line;
  EXPECT_NE(client.chunks(), client.lines().size());
}

class OandaFaults : public OandaTest {
 protected:
  Fault fault(FaultKind kind) {
    Fault f;
    f.vendor = "oanda";
    f.kind = kind;
    f.now = true;
    f.on_stream = true;
    return f;
  }
  LineTestClient client{simulator, kAccount + "/pricing/stream?instruments=EUR_USD,USD_JPY", kToken};
};

TEST_F(OandaFaults, CutEndsTheResponseInTheMiddle) {
  ASSERT_TRUE(client.wait_for_count(2));
  EXPECT_EQ(simulator.inject(fault(FaultKind::Cut)), 1U);
  EXPECT_EQ(client.wait_for_end(), "closed");
}

TEST_F(OandaFaults, CloseEndsItInOrder) {
  ASSERT_TRUE(client.wait_for_count(2));
  simulator.inject(fault(FaultKind::Close));
  EXPECT_EQ(client.wait_for_end(), "done");
}

TEST_F(OandaFaults, GarbageIsNoChunk) {
  ASSERT_TRUE(client.wait_for_count(2));
  simulator.inject(fault(FaultKind::Garbage));
  advance(1'000);
  EXPECT_NE(client.wait_for_end(), "done");
}

TEST_F(OandaFaults, HalfOpenSaysNothingAtAll) {
  ASSERT_TRUE(client.wait_for_count(2));
  simulator.inject(fault(FaultKind::HalfOpen));
  ASSERT_TRUE(simulator.settle());
  advance(60'000);
  EXPECT_EQ(client.lines().size(), 2U);
  EXPECT_EQ(client.end(), "");
}

TEST_F(OandaFaults, MuteLeavesTheHeartbeats) {
  ASSERT_TRUE(client.wait_for_count(2));
  simulator.inject(fault(FaultKind::Mute));
  ASSERT_TRUE(simulator.settle());
  advance(60'000);
  ASSERT_TRUE(client.wait_for_count(13));
  for (std::size_t i = 2; i < client.lines().size(); ++i) EXPECT_THAT(client.lines()[i], HasSubstr("HEARTBEAT"));
}

TEST_F(OandaFaults, DuplicatesAndBrokenLines) {
  ASSERT_TRUE(client.wait_for_count(2));
  Fault twice = fault(FaultKind::Duplicates);
  twice.now = false;
  simulator.inject(twice);
  advance(20'000);
  ASSERT_TRUE(client.wait_for([&] {
    const auto lines = client.lines();
    return std::adjacent_find(lines.begin(), lines.end()) != lines.end();
  }));
  simulator.inject(fault(FaultKind::GarbageJson));
  ASSERT_TRUE(simulator.settle());
  EXPECT_TRUE(client.wait_for([&] {
    const auto lines = client.lines();
    return std::any_of(lines.begin(), lines.end(), [](const std::string &l) { return l.back() != '}'; });
  }));
}

TEST_F(OandaTest, RefuseAndFaultsOfRequestsHitTheOpeningOfAStream) {
  Fault refuse;
  refuse.vendor = "oanda";
  refuse.kind = FaultKind::Refuse;
  refuse.status = 503;
  simulator.inject(refuse);
  EXPECT_EQ(get(kAccount + "/pricing/stream?instruments=EUR_USD").status, 503);
  Fault html;
  html.vendor = "oanda";
  html.kind = FaultKind::Html200;
  html.path = "stream";
  simulator.inject(html);
  const Answer answer = get(kAccount + "/pricing/stream?instruments=EUR_USD");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("<html>"));
}

Options limited() {
  Options options = frozen();
  options.limits = true;
  return options;
}

class OandaLimits : public OandaTest {
 protected:
  OandaLimits() : OandaTest(limited()) {}
};

// A second of the machine's passes too: on one that is too slow to connect three times within it, again.
TEST_F(OandaLimits, TwoNewConnectionsASecond) {
  std::vector<int> statuses;
  for (int i = 0; i < 20 && statuses != std::vector{200, 200, 429}; ++i) {
    simulator.clock().advance(1'000);
    statuses.clear();
    for (int n = 0; n < 3; ++n) statuses.push_back(get("/oanda/v3/accounts").status);
  }
  EXPECT_EQ(statuses, (std::vector{200, 200, 429}));
  simulator.clock().advance(1'000);
  EXPECT_EQ(get("/oanda/v3/accounts").status, 200);
  EXPECT_EQ(simulator.counters("oanda").refused_429, 1U);
}

TEST_F(OandaLimits, TwentyStreams) {
  std::vector<std::unique_ptr<LineTestClient>> clients;
  const auto open = [&] {
    simulator.clock().advance(1'000);
    clients.push_back(std::make_unique<LineTestClient>(simulator, kAccount + "/pricing/stream?instruments=EUR_USD", kToken));
    return clients.back()->status();
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(open(), 200) << i;
  EXPECT_EQ(open(), 429);
}

}  // namespace
}  // namespace tapedeck::sim
