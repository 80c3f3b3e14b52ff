// The REST side of the simulated Twelve Data against the checklist of its reference.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "sim/csv.hpp"
#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::StartsWith;

// A Wednesday.
Options standing(std::vector<VendorSetting> settings = {}) {
  Options options;
  options.start_ms = *parse_iso8601("2024-05-01T10:07:30Z");
  options.speed = 0;
  options.settings = std::move(settings);
  return options;
}

VendorSetting set(const std::string &name, const std::string &value) {
  return {"twelvedata", name, value};
}

struct Bench {
  explicit Bench(std::vector<VendorSetting> settings = {}) : Bench(standing(std::move(settings))) {}
  explicit Bench(const Options &options) : simulator(options), client(simulator) {}

  Answer get(const std::string &path_and_query) {
    return client.get("/twelvedata" + path_and_query, {{"Authorization", "apikey k"}});
  }
  Answer series(const std::string &query) { return get("/time_series?" + query); }
  json::value body(const std::string &path_and_query) {
    return json::parse(get(path_and_query).body);
  }
  // The values' texts of one field.
  std::vector<std::string> column(const std::string &query, const std::string &field = "datetime") {
    const Answer answer = series(query);
    const json::value parsed = json::parse(answer.body);
    std::vector<std::string> out;
    if (!parsed.as_object().contains("values")) {
      ADD_FAILURE() << query << ": " << answer.body;
      return out;
    }
    for (const auto &row : parsed.at("values").as_array())
      out.emplace_back(row.at(field).as_string().c_str());
    return out;
  }
  Simulator simulator;
  TestClient client;
};

constexpr const char *kLimitless = "100000";

TEST(TwelveDataSim, ErrorsHaveThreeFieldsAndTheRealStatusOr200) {
  for (const char *errors : {"real", "200"}) {
    Bench b({set("errors", errors)});
    const Answer answer = b.series("symbol=EUR/USD&interval=3min");
    EXPECT_EQ(answer.status, std::string(errors) == "real" ? 400 : 200);
    EXPECT_THAT(answer.body, StartsWith("{\"code\":400,\"message\":\"Invalid **interval** "
                                        "provided: 3min. Supported intervals: 1min, 5min"));
    EXPECT_THAT(answer.body, HasSubstr("\"status\":\"error\"}"));
  }
}

TEST(TwelveDataSim, CreditsAreCountedByTheClockMinuteRejectedCallsToo) {
  Bench b;
  for (int call = 1; call <= 9; ++call) {
    const Answer answer = b.get("/price?symbol=EUR/USD");
    EXPECT_EQ(answer.status, call <= 8 ? 200 : 429);
    EXPECT_EQ(answer.headers.at("api-credits-used"), std::to_string(call));
    EXPECT_EQ(answer.headers.at("api-credits-left"), std::to_string(std::max(0, 8 - call)));
    EXPECT_EQ(answer.headers.at("api-credits-request"), "1");
    EXPECT_EQ(answer.headers.count("retry-after"), 0U);
    if (call == 9) {
      EXPECT_THAT(
          answer.body,
          HasSubstr(
              "for the current minute. 9 API credits were used, with the current limit being 8"));
    }
  }
  b.simulator.clock().advance(30'000);  // the next minute of the clock
  EXPECT_EQ(b.get("/price?symbol=EUR/USD").status, 200);
}

TEST(TwelveDataSim, AMinuteMaySlide) {
  Bench b({set("minute", "sliding")});
  for (int call = 0; call < 8; ++call) b.get("/price?symbol=EUR/USD");
  b.simulator.clock().advance(59'000);
  EXPECT_EQ(b.get("/price?symbol=EUR/USD").status, 429);
}

TEST(TwelveDataSim, TheDayHasItsOwnMessage) {
  Bench b({set("credits_per_minute", kLimitless), set("credits_per_day", "3")});
  for (int call = 0; call < 3; ++call) EXPECT_EQ(b.get("/price?symbol=EUR/USD").status, 200);
  EXPECT_THAT(b.get("/price?symbol=EUR/USD").body,
              HasSubstr("for the day. 4 API credits were used, with the current limit being 3"));
  b.simulator.clock().advance(kDayMs);
  EXPECT_EQ(b.get("/price?symbol=EUR/USD").status, 200);
}

TEST(TwelveDataSim, KeysComeInAHeaderOrTheQuery) {
  Bench b({set("key", "right")});
  EXPECT_EQ(b.get("/price?symbol=EUR/USD").status, 401);
  EXPECT_EQ(b.client.get("/twelvedata/price?symbol=EUR/USD&apikey=right").status, 200);
  EXPECT_EQ(b.client.get("/twelvedata/price?symbol=EUR/USD").status, 401);
}

TEST(TwelveDataSim, NewestFirstThirtyRowsOr5000AndNewestOfARange) {
  Bench b({set("credits_per_minute", kLimitless)});
  const auto usual = b.column("symbol=BTC/USD&interval=1min");
  ASSERT_EQ(usual.size(), 30U);
  EXPECT_EQ(usual.front(), "2024-05-01 10:07:00") << "the forming bar, unmarked";
  EXPECT_EQ(b.column("symbol=BTC/USD&interval=1min&start_date=2024-01-01").size(), 5'000U);
  const auto cut =
      b.column("symbol=BTC/USD&interval=1min&start_date=2024-01-01&outputsize=3&ORDER=ASC");
  EXPECT_THAT(cut, testing::ElementsAre("2024-05-01 10:05:00", "2024-05-01 10:06:00",
                                        "2024-05-01 10:07:00"));
  EXPECT_EQ(b.series("symbol=BTC/USD&interval=1min&outputsize=5001").status, 400);
}

TEST(TwelveDataSim, EndsAreInclusiveIntradayAndExclusiveOfDates) {
  for (const char *daily : {"exclusive", "inclusive"}) {
    Bench b({set("credits_per_minute", kLimitless), set("daily_end", daily)});
    EXPECT_THAT(
        b.column("symbol=BTC/USD&interval=15min&timezone=UTC&start_date=2024-04-30%20"
                 "03:00:00&end_date=2024-04-30T03:30:00&order=asc"),
        testing::ElementsAre("2024-04-30 03:00:00", "2024-04-30 03:15:00", "2024-04-30 03:30:00"));
    const auto days = b.column(
        "symbol=BTC/USD&interval=1day&start_date=2024-04-01&end_date=2024-04-03&order=asc");
    EXPECT_EQ(days.size(), std::string(daily) == "exclusive" ? 2U : 3U);
  }
}

TEST(TwelveDataSim, AWindowWithoutBarsIsAnError400) {
  Bench b;
  const Answer answer = b.series(
      "symbol=EUR/USD&interval=15min&timezone=UTC&start_date=2024-04-27&end_date=2024-04-28");
  EXPECT_EQ(answer.status, 400) << "a Saturday";
  EXPECT_THAT(answer.body, HasSubstr("No data is available on the specified dates."));
}

TEST(TwelveDataSim, ForexIsInSydneysTimeUnlessAZoneIsNamed) {
  Bench b({set("credits_per_minute", kLimitless)});
  EXPECT_EQ(b.column("symbol=EUR/USD&interval=15min").front(), "2024-05-01 20:00:00");
  EXPECT_EQ(b.column("symbol=EUR/USD&interval=15min&timezone=UTC").front(), "2024-05-01 10:00:00");
  EXPECT_EQ(b.column("symbol=EUR/USD&interval=15min&timezone=America/New_York").front(),
            "2024-05-01 06:00:00");
  EXPECT_EQ(b.column("symbol=EUR/USD&interval=1day&timezone=America/New_York").front(),
            "2024-05-01");
  EXPECT_EQ(b.series("symbol=EUR/USD&interval=15min&timezone=utc").status, 400) << "case counts";
}

TEST(TwelveDataSim, BodiesOfPairsAndStocksDiffer) {
  Bench b;
  const Answer forex = b.series("symbol=EUR/USD&interval=1h&outputsize=1");
  EXPECT_THAT(forex.body, testing::Not(HasSubstr("volume")));
  EXPECT_THAT(forex.body, testing::Not(HasSubstr("exchange")));
  EXPECT_THAT(forex.body, HasSubstr("\"currency_base\":\"Euro\""));
  const Answer stock = b.series("symbol=AAPL&interval=1h&outputsize=1");
  EXPECT_THAT(stock.body, HasSubstr("\"volume\":\""));
  EXPECT_THAT(stock.body,
              HasSubstr("\"exchange_timezone\":\"America/New_York\",\"exchange\":\"NASDAQ\""));
}

TEST(TwelveDataSim, WeekendsOfForexAreAbsentUnlessAskedFor) {
  const std::string query =
      "symbol=EUR/"
      "USD&interval=1h&timezone=UTC&order=asc&start_date=2024-04-26T19:00:00&end_date=2024-04-"
      "28T22:00:00";
  Bench closed;
  EXPECT_THAT(closed.column(query),
              testing::ElementsAre("2024-04-26 19:00:00", "2024-04-26 20:00:00",
                                   "2024-04-28 21:00:00", "2024-04-28 22:00:00"))
      << "Friday 17:00 to Sunday 17:00 New York";
  Bench open({set("weekend", "bars")});
  EXPECT_EQ(open.column(query).size(), 52U);
}

TEST(TwelveDataSim, MetalsRestAnHourADay) {
  Bench b;
  EXPECT_THAT(b.column("symbol=XAU/USD&interval=1h&timezone=UTC&order=asc"
                       "&start_date=2024-04-28T20:00:00&end_date=2024-04-28T23:00:00"),
              testing::ElementsAre("2024-04-28 22:00:00", "2024-04-28 23:00:00"))
      << "Sunday 18:00 New York";
  EXPECT_THAT(b.column("symbol=XAU/USD&interval=1h&timezone=UTC&order=asc"
                       "&start_date=2024-04-30T20:00:00&end_date=2024-04-30T22:00:00"),
              testing::ElementsAre("2024-04-30 20:00:00", "2024-04-30 22:00:00"));
}

TEST(TwelveDataSim, StockHoursOpenAtHalfPastAndTheLastIsHalf) {
  Bench b;
  EXPECT_THAT(
      b.column("symbol=AAPL&interval=1h&order=asc&start_date=2024-04-30&end_date=2024-05-01"),
      testing::ElementsAre("2024-04-30 09:30:00", "2024-04-30 10:30:00", "2024-04-30 11:30:00",
                           "2024-04-30 12:30:00", "2024-04-30 13:30:00", "2024-04-30 14:30:00",
                           "2024-04-30 15:30:00"));
}

TEST(TwelveDataSim, CoarserBarsAreSumsOfFinerOnes) {
  Bench b({set("credits_per_minute", kLimitless)});
  for (const char *symbol : {"EUR/USD", "AAPL", "BTC/USD"}) {
    const std::string range =
        std::string("symbol=") + symbol +
        "&timezone=UTC&order=asc&start_date=2024-04-29&end_date=2024-04-29T23:59:00";
    const auto highs = b.column(range + "&interval=1min", "high");
    const auto day = b.column(std::string("symbol=") + symbol +
                                  "&interval=1day&start_date=2024-04-29&end_date=2024-04-30",
                              "high");
    ASSERT_EQ(day.size(), 1U);
    const auto longest =
        std::max_element(highs.begin(), highs.end(), [](const auto &x, const auto &y) {
          return x.size() != y.size() ? x.size() < y.size() : x < y;
        });
    EXPECT_EQ(*longest, day[0]) << symbol;
    EXPECT_EQ(b.column(range + "&interval=1min", "open").front(),
              b.column(std::string("symbol=") + symbol +
                           "&interval=1day&start_date=2024-04-29&end_date=2024-04-30",
                       "open")[0]);
  }
}

TEST(TwelveDataSim, ABarAppearsLateAndOthersAreRestatedOrNoisyOnRequest) {
  Bench late({set("publish_delay_ms", "45000")});
  EXPECT_EQ(late.column("symbol=BTC/USD&interval=1min").front(), "2024-05-01 10:06:00");
  Bench noisy({set("noise", "1000")});
  EXPECT_GT(noisy.column("symbol=BTC/USD&interval=1min", "close")[5],
            noisy.column("symbol=BTC/USD&interval=1min", "high")[5]);
  Bench young({set("restated", "1000"), set("credits_per_minute", kLimitless)});
  const std::string bar =
      "symbol=BTC/"
      "USD&interval=1min&timezone=UTC&start_date=2024-05-01T10:00:00&end_date=2024-05-01T10:00:00";
  const auto before = young.column(bar, "close");
  young.simulator.clock().advance(2 * kHourMs);
  EXPECT_NE(young.column(bar, "close"), before);
}

TEST(TwelveDataSim, OneSymbolIsFlatSeveralAreAMapWithErrorsInside) {
  Bench b;
  const Answer one = b.get("/quote?symbol=EUR/USD,");
  EXPECT_THAT(one.body, StartsWith("{\"symbol\":\"EUR/USD\""));
  EXPECT_EQ(one.headers.count("is_batch"), 0U);
  const Answer several = b.get("/time_series?symbol=EUR/USD,NOPE&interval=1day&outputsize=1");
  EXPECT_EQ(several.status, 200);
  EXPECT_EQ(several.headers.at("is_batch"), "true");
  EXPECT_EQ(several.headers.at("api-credits-request"), "2");
  const json::value parsed = json::parse(several.body);
  EXPECT_EQ(parsed.at("EUR/USD").at("status").as_string(), "ok");
  EXPECT_EQ(parsed.at("NOPE").at("code").as_int64(), 404);
}

TEST(TwelveDataSim, NumbersAreTextsInQuotesAndNumbersElsewhere) {
  Bench b({set("credits_per_minute", kLimitless)});
  EXPECT_TRUE(b.body("/quote?symbol=AAPL").at("close").is_string());
  EXPECT_TRUE(b.body("/quote?symbol=AAPL").at("timestamp").is_int64());
  EXPECT_TRUE(b.body("/exchange_rate?symbol=EUR/USD").at("rate").is_double());
  EXPECT_TRUE(b.body("/price?symbol=EUR/USD").at("price").is_string());
}

TEST(TwelveDataSim, CsvHasSemicolonsAndErrorsStayJson) {
  Bench b;
  const Answer csv = b.series("symbol=EUR/USD&interval=1h&outputsize=1&format=CSV");
  EXPECT_THAT(csv.headers.at("content-type"), StartsWith("text/csv"));
  EXPECT_THAT(csv.body, StartsWith("datetime;open;high;low;close\n2024-05-01 20:00:00;"));
  EXPECT_THAT(b.series("symbol=NOPE&interval=1h&format=CSV").body, StartsWith("{\"code\":404"));
}

TEST(TwelveDataSim, PlansUnknownSymbolsAndPathsAreRefused) {
  Bench b;
  EXPECT_THAT(b.series("symbol=XAG/USD&interval=1h").body,
              HasSubstr("available starting with the Grow or Venture plan"));
  EXPECT_EQ(b.get("/dividends?symbol=AAPL").status, 403);
  const Answer nowhere = b.get("/economic_calendar");
  EXPECT_EQ(nowhere.status, 404);
  EXPECT_EQ(nowhere.body, "404 page not found\n");
}

TEST(TwelveDataSim, ApiUsageTellsWhatIsSpent) {
  Bench b;
  b.get("/price?symbol=EUR/USD");
  const json::value usage = b.body("/api_usage");
  EXPECT_EQ(usage.at("current_usage").as_int64(), 2);
  EXPECT_EQ(usage.at("plan_limit").as_int64(), 8);
  EXPECT_EQ(usage.at("daily_usage").as_int64(), 2);
  EXPECT_EQ(usage.at("plan_category").as_string(), "basic");
}

TEST(TwelveDataSim, SearchRanksAndCataloguesList) {
  Bench b;
  const json::value found = b.body("/symbol_search?symbol=usd&outputsize=3");
  EXPECT_EQ(found.at("data").as_array().size(), 3U);
  EXPECT_EQ(
      b.body("/symbol_search?symbol=xau/usd").at("data").at(0).at("exchange_timezone").as_string(),
      "Australia/Sydney");
  EXPECT_EQ(b.body("/symbol_search?symbol=nope").at("data").as_array().size(), 0U);
  EXPECT_EQ(b.body("/cryptocurrencies").at("count").as_int64(), 2);
  EXPECT_EQ(b.body("/earliest_timestamp?symbol=XAU/USD&interval=1day").at("datetime").as_string(),
            "2017-08-17");
}

TEST(TwelveDataSim, ACsvFileTakesTheSymbolsPlaceAndItsHours) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("twelvedata_sim_" + std::to_string(::getpid()) + ".csv");
  std::ofstream(file) << "time,open,high,low,close,volume\n"
                         "2024-04-27T00:00:00Z,2330.1,2330.5,2330.0,2330.25,0\n"
                         "2024-04-27T00:01:00Z,2330.25,2331.5,2330.2,2331.125,0\n";
  Options options = standing();
  options.csv = {parse_csv_source("twelvedata:XAUUSD:1m=" + file.string())};
  Bench b(options);
  std::filesystem::remove(file);
  EXPECT_EQ(b.column("symbol=XAU/USD&interval=1h&timezone=UTC", "close"),
            std::vector<std::string>{"2331.125"});
  EXPECT_EQ(b.column("symbol=XAU/USD&interval=1h&timezone=UTC", "high"),
            std::vector<std::string>{"2331.5"});
  EXPECT_EQ(b.column("symbol=XAU/USD&interval=1min&timezone=UTC").size(), 2U);
}

TEST(TwelveDataSim, QuotesHaveFiveDecimalsUnlessAskedForMore) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("twelvedata_sim_dp_" + std::to_string(::getpid()) + ".csv");
  std::ofstream(file) << "time,open,high,low,close,volume\n"
                         "2024-05-01T10:06:00Z,1.09123456,1.09123456,1.09123456,1.09123456,0\n";
  Options options = standing();
  options.csv = {parse_csv_source("twelvedata:EURUSD:1m=" + file.string())};
  Bench b(options);
  std::filesystem::remove(file);
  for (const auto &[path, field] : {std::pair{"/quote", "close"}, {"/price", "price"}}) {
    const std::string query = std::string(path) + "?symbol=EUR/USD";
    EXPECT_EQ(b.body(query).at(field).as_string(), "1.09123") << path;
    EXPECT_EQ(b.body(query + "&dp=8").at(field).as_string(), "1.09123456") << path;
  }
  EXPECT_EQ(b.column("symbol=EUR/USD&interval=1min", "close").at(0), "1.09123456");
}

TEST(TwelveDataSim, ADateHeaderHasItsOwnTimeAndFaultsSpoilRows) {
  Bench b({set("credits_per_minute", kLimitless)});
  EXPECT_EQ(b.get("/api_usage").headers.at("date"), "Wed, 01 May 2024 10:07:30 GMT");
  for (const char *kind : {"unordered_rows", "duplicate_rows", "short_page"}) {
    ASSERT_EQ(b.client.fault(R"({"vendor":"twelvedata","kind":")" + std::string(kind) + "\"}"),
              200);
    const auto whole = b.column("symbol=BTC/USD&interval=1h&order=asc");
    EXPECT_NE(whole, b.column("symbol=BTC/USD&interval=1h&order=asc")) << kind;
  }
}

TEST(TwelveDataSim, SettingsAreRefusedByName) {
  for (const char *text : {"twelvedata.nothing=1", "twelvedata.errors=404", "twelvedata.noise=1001",
                           "binance.plan=x", "nobody.x=1"}) {
    Options options = standing();
    options.settings = {parse_vendor_setting(text)};
    EXPECT_THROW(Simulator{options}, std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace tapedeck::sim
