// Every recorded and documented body in the shared folder: decoded to its rows, refused with the right
// status, or named as one of an endpoint that this plugin does not ask. A file that is in no table
// fails the test.
#include "parse.hpp"
#include "parse_stream.hpp"
#include "refusal.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace polygon {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

fs::path shared() {
  const char *set = std::getenv("TAPEDECK_SHARED");
  return set != nullptr ? set : TAPEDECK_SHARED_DEFAULT;
}
fs::path folder() { return shared() / "fixtures/polygon"; }

std::string text_of(const fs::path &file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}
std::vector<std::string> lines_of(const fs::path &file) {
  std::vector<std::string> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) out.push_back(line);
  return out;
}

#define SKIP_WITHOUT_FIXTURES() \
  if (!fs::exists(folder())) GTEST_SKIP() << "no " << folder() << "; set TAPEDECK_SHARED"

struct Unused {
  const char *file, *endpoint;
};
// What else there is of the vendor: the same facts come from aggregates, snapshots or streams.
constexpr Unused kUnused[] = {
    {"client-python-mocks/v1__conversion__AUD__USD_amount_100_precision_2.json", "/v1/conversion"},
    {"client-python-mocks/v1__last__crypto__BTC__USD.json", "/v1/last/crypto"},
    {"client-python-mocks/v1__last_quote__currencies__AUD__USD.json", "/v1/last_quote/currencies"},
    {"client-python-mocks/v1__marketstatus__now.json", "/v1/marketstatus/now"},
    {"client-python-mocks/v1__open-close__AAPL__2005-04-01_adjusted_true.json", "/v1/open-close"},
    {"client-python-mocks/v1__summaries_ticker.any_of_NCLH_2CO_3ANCLH221014C00005000_2CC_3AEURUSD_2CX_3ABTCUSD_2CAPx.json", "/v1/summaries"},
    {"client-python-mocks/v2__aggs__grouped__locale__us__market__stocks__2005-04-04_adjusted_true.json", "/v2/aggs/grouped"},
    {"client-python-mocks/v2__aggs__ticker__AAPL__prev.json", "/v2/aggs/ticker/*/prev"},
    {"client-python-mocks/v2__last__nbbo__AAPL.json", "/v2/last/nbbo"},
    {"client-python-mocks/v2__last__trade__AAPL.json", "/v2/last/trade"},
    {"client-python-mocks/v2__snapshot__locale__global__markets__crypto__tickers__X_BTCUSD__book.json", "/v2/snapshot/.../book"},
    {"client-python-mocks/v3__quotes__AAPL_cursor_YXA9MTkyODgxNjYmYXM9JmxpbWl0PTEwJm9yZGVyPWRlc2Mmc29ydD10aW1lc3RhbXAmdGltZXN0YW1wLmx0ZT.json", "/v3/quotes"},
    {"client-python-mocks/v3__quotes__AAPL.json", "/v3/quotes"},
    {"client-python-mocks/v3__reference__tickers__AAPL_date_2020-10-01.json", "/v3/reference/tickers/*"},
    {"client-python-mocks/v3__reference__tickers__AAPL.json", "/v3/reference/tickers/*"},
    {"client-python-mocks/v3__reference__tickers__types.json", "/v3/reference/tickers/types"},
    {"client-python-mocks/v3__trades__AAPL_limit_2.json", "/v3/trades"},
    {"openapi-examples/v1__conversion__from__to.json", "/v1/conversion"},
    {"openapi-examples/v1__last__crypto__from__to.json", "/v1/last/crypto"},
    {"openapi-examples/v1__last_quote__currencies__from__to.json", "/v1/last_quote/currencies"},
    {"openapi-examples/v1__marketstatus__now.json", "/v1/marketstatus/now"},
    {"openapi-examples/v1__open-close__crypto__from__to__date.json", "/v1/open-close/crypto"},
    {"openapi-examples/v1__open-close__indicesTicker__date.json", "/v1/open-close"},
    {"openapi-examples/v1__open-close__stocksTicker__date.json", "/v1/open-close"},
    {"openapi-examples/v2__aggs__ticker__cryptoTicker__prev.json", "/v2/aggs/ticker/*/prev"},
    {"openapi-examples/v2__aggs__ticker__forexTicker__prev.json", "/v2/aggs/ticker/*/prev"},
    {"openapi-examples/v2__aggs__ticker__indicesTicker__prev.json", "/v2/aggs/ticker/*/prev"},
    {"openapi-examples/v2__aggs__ticker__stocksTicker__prev.json", "/v2/aggs/ticker/*/prev"},
    {"openapi-examples/v2__last__nbbo__stocksTicker.json", "/v2/last/nbbo"},
    {"openapi-examples/v2__last__trade__stocksTicker.json", "/v2/last/trade"},
    {"openapi-examples/v3__quotes__fxTicker.json", "/v3/quotes"},
    {"openapi-examples/v3__quotes__stockTicker.json", "/v3/quotes"},
    {"openapi-examples/v3__trades__cryptoTicker.json", "/v3/trades"},
    {"openapi-examples/v3__trades__stockTicker.json", "/v3/trades"},
};

struct AggregatesFile {
  const char *file;
  Market market;
  tdk_interval interval;
  std::size_t rows;
  std::int64_t first_open_ms;
  const char *first_close;  // as written
  bool delayed;
};
constexpr tdk_interval kDay{TDK_UNIT_DAY, 1}, kHour{TDK_UNIT_HOUR, 1};
constexpr AggregatesFile kAggregates[] = {
    {"aggs_AAPL_1hour_DELAYED_2024-04-29_tail.json", Market::Stocks, kHour, 9, 1'714'402'800'000, "174.6701", true},
    {"aggs_NVDA_1day_DELAYED_2024-10.json", Market::Stocks, kDay, 1, 1'728'864'000'000, "138.07", true},
    {"aggs_empty_no_results_key.json", Market::Stocks, kDay, 0, 0, "", false},
    {"aggs_empty_results_null_2020.json", Market::Stocks, kDay, 0, 0, "", false},
    {"client-python-mocks/v2__aggs__ticker__AAPL__range__1__day__2005-04-01__2005-04-04.json", Market::Stocks, kDay, 2, 1'112'313'600'000, "1.4604", false},
    {"client-python-mocks/v2__aggs__ticker__AAPL__range__1__day__2005-04-02__2005-04-04.json", Market::Stocks, kDay, 2, 1'112'313'600'000, "1.4604", false},
    {"openapi-examples/v2__aggs__ticker__stocksTicker__range__multiplier__timespan__from__to.json", Market::Stocks, kDay, 2, 1'577'923'200'000, "75.0875", false},
    {"openapi-examples/v2__aggs__ticker__forexTicker__range__multiplier__timespan__from__to.json", Market::Forex, kDay, 1, 1'626'912'000'000, "1.17721", false},
    {"openapi-examples/v2__aggs__ticker__indicesTicker__range__multiplier__timespan__from__to.json", Market::Indices, kDay, 2, 1'678'320'000'000, "11995.88235998666", false},
    {"openapi-examples/v2__aggs__ticker__cryptoTicker__range__multiplier__timespan__from__to.json", Market::Crypto, kDay, 2, 1'590'969'600'000, "10094.75", false},
};

struct SnapshotFile {
  const char *file;
  std::size_t rows;
  const char *ticker, *bid, *ask, *last;  // of the first; empty: none
  std::int64_t time_ns;
  std::size_t errors;
};
constexpr SnapshotFile kSnapshots[] = {
    {"client-python-mocks/v2__snapshot__locale__us__markets__stocks__gainers.json", 2, "NVCN", "6.4", "6.43", "6.42", 1'651'251'738'312'628'478, 0},
    {"client-python-mocks/v2__snapshot__locale__us__markets__stocks__tickers__AAPL.json", 1, "AAPL", "159.98", "159.99", "159.99", 1'651'251'948'407'646'487, 0},
    {"client-python-mocks/v2__snapshot__locale__us__markets__stocks__tickers__index.json", 1, "BCAT", "20.5", "20.6", "20.506", 1'605'192'959'994'246'100, 0},
    {"client-python-mocks/v3__snapshot.json", 3, "O:NCLH221014C00005000", "20.9", "21.25", "0.05", 1'675'280'958'783'136'800, 1},
    {"client-python-mocks/v3__snapshot__indices_ticker.any_of_SPX_2CAPx_2CAPy.json", 3, "SPX", "", "", "3822.39", 0, 2},
    {"openapi-examples/v2__snapshot__locale__global__markets__forex__tickers.json", 1, "C:HKDCHF", "0.11777952", "0.11780678", "", 1'605'280'919'000'000'000, 0},
    {"openapi-examples/v2__snapshot__locale__global__markets__forex__tickers__ticker.json", 1, "C:EURUSD", "1.18398", "1.18403", "", 1'606'163'759'000'000'000, 0},
    {"openapi-examples/v2__snapshot__locale__global__markets__crypto__tickers.json", 1, "X:FSNUSD", "", "", "0.293", 1'605'292'686'010'000'000, 0},
    {"openapi-examples/v2__snapshot__locale__global__markets__crypto__tickers__ticker.json", 1, "X:BTCUSD", "", "", "16242.31", 1'605'294'230'780'000'000, 0},
    {"openapi-examples/v2__snapshot__locale__us__markets__stocks__tickers.json", 1, "BCAT", "20.5", "20.6", "20.506", 1'605'192'959'994'246'100, 0},
    {"openapi-examples/v2__snapshot__locale__us__markets__stocks__tickers__stocksTicker.json", 1, "AAPL", "120.46", "120.47", "120.47", 1'605'195'918'507'251'700, 0},
    {"openapi-examples/v3__snapshot.json", 3, "O:NCLH221014C00005000", "20.9", "21.25", "0.05", 1'675'280'958'783'136'800, 1},
    {"openapi-examples/v3__snapshot__indices.json", 3, "I:DJI", "", "", "3822.39", 1'679'597'116'344'223'500, 2},
};

struct TickersFile {
  const char *file;
  std::size_t rows;
  const char *first;
  std::uint32_t asset_class;
  bool has_next;
};
constexpr TickersFile kTickers[] = {
    {"client-python-mocks/v3__reference__tickers.json", 2, "A", TDK_ASSET_EQUITY, true},
    {"client-python-mocks/v3__reference__tickers_cursor_YWN0aXZlPXRydWUmZGF0ZT0yMDIyLTA0LTI3JmxpbWl0PTImb3JkZXI9YXNjJnBhZ2VfbWFya2VyPUFB.json", 2, "AAA", TDK_ASSET_ETF, false},
    {"openapi-examples/v3__reference__tickers.json", 1, "A", TDK_ASSET_EQUITY, true},
};

// Files with a table of their own below.
constexpr const char *kLineFiles[] = {"errors.jsonl",          "ws_control_transcript_stocks_2026-09-07.jsonl",
                                      "ws_spec_examples.jsonl", "ws_status_frames.jsonl",
                                      "ws_trades_client-python_mock_2022-05-04.jsonl", "ws_xa_recorded_2020-07-16.jsonl"};

TEST(Fixtures, EveryFileHasARow) {
  SKIP_WITHOUT_FIXTURES();
  std::set<std::string> rows{"SOURCES.md"};
  for (const auto &each : kUnused) rows.insert(each.file);
  for (const auto &each : kAggregates) rows.insert(each.file);
  for (const auto &each : kSnapshots) rows.insert(each.file);
  for (const auto &each : kTickers) rows.insert(each.file);
  for (const char *file : kLineFiles) rows.insert(file);
  std::set<std::string> files;
  for (const auto &entry : fs::recursive_directory_iterator(folder()))
    if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), folder()).string());
  EXPECT_EQ(rows, files);
}

// Not one of them is taken for an answer with rows of candles, but for what looks the same: a previous
// day, whose time is the end of something, or not. That is why nobody asks for it.
TEST(Fixtures, BodiesOfOtherEndpointsNeverBecomeRows) {
  SKIP_WITHOUT_FIXTURES();
  const AggregatesAsked asked{"test", Market::Stocks, &find_interval(kDay), 0, kEndOfTimeMs, false};
  for (const Unused &each : kUnused) {
    const std::string body = text_of(folder() / each.file);
    EXPECT_TRUE(json::parse(body).is_object()) << each.file;
    if (std::string_view(each.endpoint).ends_with("prev")) continue;
    try {
      EXPECT_TRUE(parse_aggregates(body, asked).bars.empty()) << each.endpoint << ' ' << each.file;
    } catch (const tapedeck::Error &e) {
      EXPECT_EQ(e.code(), TDK_BAD_DATA) << each.endpoint;
    }
  }
}

std::string written(const std::optional<kit::Decimal> &value) {
  if (!value) return {};
  std::string digits = std::to_string(value->mantissa);
  if (value->exp >= 0) return digits + std::string(static_cast<std::size_t>(value->exp), '0');
  const auto decimals = static_cast<std::size_t>(-value->exp);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  return digits.insert(digits.size() - decimals, ".");
}

TEST(Fixtures, AggregatesBecomeTheirRows) {
  SKIP_WITHOUT_FIXTURES();
  for (const AggregatesFile &each : kAggregates) {
    const AggregatesAsked asked{"test", each.market, &find_interval(each.interval), 0, kEndOfTimeMs, false};
    const Aggregates page = parse_aggregates(text_of(folder() / each.file), asked);
    ASSERT_EQ(page.bars.size(), each.rows) << each.file;
    EXPECT_EQ(page.delayed, each.delayed) << each.file;
    if (each.rows == 0) continue;
    EXPECT_EQ(page.bars[0].open_ms, each.first_open_ms) << each.file;
    EXPECT_EQ(written(page.bars[0].candle.close), each.first_close) << each.file;
    const bool traded = each.market == Market::Stocks || each.market == Market::Crypto;
    EXPECT_EQ(page.bars[0].candle.volume.has_value(), traded) << each.file;
  }
}

TEST(Fixtures, SnapshotsBecomeQuotes) {
  SKIP_WITHOUT_FIXTURES();
  for (const SnapshotFile &each : kSnapshots) {
    const auto all = parse_snapshots(text_of(folder() / each.file));
    ASSERT_EQ(all.size(), each.rows) << each.file;
    EXPECT_EQ(all[0].ticker, each.ticker);
    EXPECT_EQ(written(all[0].bid), each.bid) << each.file;
    EXPECT_EQ(written(all[0].ask), each.ask) << each.file;
    EXPECT_EQ(written(all[0].last), each.last) << each.file;
    EXPECT_EQ(all[0].time_ns, each.time_ns) << each.file;
    const auto errors = std::count_if(all.begin(), all.end(), [](const Snapshot &s) { return !s.error.empty(); });
    EXPECT_EQ(static_cast<std::size_t>(errors), each.errors) << each.file;
  }
}

TEST(Fixtures, TickersBecomeSymbols) {
  SKIP_WITHOUT_FIXTURES();
  for (const TickersFile &each : kTickers) {
    const Listings page = parse_tickers(text_of(folder() / each.file));
    ASSERT_EQ(page.rows.size(), each.rows) << each.file;
    EXPECT_EQ(page.rows[0].ticker, each.first);
    EXPECT_EQ(asset_class_of(page.rows[0].market, page.rows[0].ticker, page.rows[0].type), each.asset_class) << each.file;
    EXPECT_EQ(!page.next_url.empty(), each.has_next) << each.file;
  }
}

TEST(Fixtures, ErrorsBecomeStatuses) {
  SKIP_WITHOUT_FIXTURES();
  const std::map<std::int64_t, tdk_status> statuses{{400, TDK_INVALID_ARGUMENT}, {401, TDK_UNAUTHENTICATED}, {403, TDK_PERMISSION_DENIED},
                                                    {404, TDK_NOT_FOUND},        {429, TDK_RATE_LIMITED}};
  const auto lines = lines_of(folder() / "errors.jsonl");
  ASSERT_EQ(lines.size(), 11U);
  for (const std::string &line : lines) {
    const json::value entry = json::parse(line);
    const std::int64_t http = entry.at("http").as_int64();
    const auto *body = entry.as_object().if_contains("body");
    const std::string text = body ? json::serialize(*body) : std::string(entry.at("body_text").as_string());
    const tapedeck::Error e = refusal("fetching x", {static_cast<int>(http), text, ""});
    EXPECT_EQ(e.code(), statuses.at(http)) << line;
    if (!body) continue;
    const auto *said = body->as_object().if_contains("error");
    if (!said) said = &body->at("message");
    EXPECT_THAT(e.what(), testing::HasSubstr(std::string(said->as_string()).substr(0, 100))) << line;
  }
}

std::vector<StreamEvent::Kind> kinds_in(const std::string &frame, Market market) {
  std::vector<StreamEvent::Kind> out;
  parse_stream_frame(frame, market, [&](const StreamEvent &event) { out.push_back(event.kind); });
  return out;
}

using Kind = StreamEvent::Kind;

TEST(Fixtures, StatusFramesAreRead) {
  SKIP_WITHOUT_FIXTURES();
  const auto frames = lines_of(folder() / "ws_status_frames.jsonl");
  const char *states[] = {"connected", "auth_success", "auth_failed", "auth_failed", "auth_timeout",
                          "success",   "success",      "error",       "max_connections", "max_connections"};
  ASSERT_EQ(frames.size(), std::size(states));
  for (std::size_t i = 0; i < frames.size(); ++i)
    parse_stream_frame(frames[i], Market::Stocks, [&](const StreamEvent &event) {
      EXPECT_EQ(event.kind, Kind::Status);
      EXPECT_EQ(event.status, states[i]);
      EXPECT_FALSE(event.text.empty());
    });
}

TEST(Fixtures, TheControlTranscriptIsRead) {
  SKIP_WITHOUT_FIXTURES();
  std::size_t statuses = 0;
  for (const std::string &line : lines_of(folder() / "ws_control_transcript_stocks_2026-09-07.jsonl")) {
    const json::value entry = json::parse(line);
    if (entry.at("dir").as_string() == "recv") statuses += kinds_in(json::serialize(entry.at("frame")), Market::Stocks).size();
  }
  EXPECT_EQ(statuses, 4U) << "two acknowledgements share a frame";
}

TEST(Fixtures, RecordedTradesAreRead) {
  SKIP_WITHOUT_FIXTURES();
  std::vector<std::string> trades;
  for (const std::string &frame : lines_of(folder() / "ws_trades_client-python_mock_2022-05-04.jsonl"))
    parse_stream_frame(frame, Market::Stocks, [&](const StreamEvent &event) {
      EXPECT_EQ(event.kind, Kind::Trade);
      trades.push_back(std::string(event.symbol) + " " + written(event.price) + " " + written(event.size));
    });
  EXPECT_THAT(trades, testing::ElementsAre("AAPL 161.87 300", "AMZN 161.87 1", "AMZN 161.87 100"));
}

TEST(Fixtures, RecordedMinutesComeAgainAndOutOfOrder) {
  SKIP_WITHOUT_FIXTURES();
  std::vector<std::pair<std::int64_t, std::string>> bars;
  for (const std::string &frame : lines_of(folder() / "ws_xa_recorded_2020-07-16.jsonl"))
    parse_stream_frame(frame, Market::Crypto, [&](const StreamEvent &event) {
      ASSERT_EQ(event.kind, Kind::Candle);
      bars.emplace_back(event.candle.open_time / 1'000'000, written(event.candle.volume));
    });
  ASSERT_EQ(bars.size(), 5U);
  EXPECT_EQ(bars[0], std::pair(std::int64_t{1'594'917'720'000}, std::string("725.09209352")));
  EXPECT_EQ(bars[4], std::pair(std::int64_t{1'594'917'720'000}, std::string("725.19209352")));
}

struct Example {
  const char *channel;
  Market market;
  Kind kind;
};
// FMV, LV, LULD, NOI, XL2 and what is of options are not offered. The bars of the indices' examples
// begin within a second, where no bar does: a slip of the documents, and no row.
constexpr Example kExamples[] = {
    {"/stocks/T", Market::Stocks, Kind::Trade},       {"/stocks/Q", Market::Stocks, Kind::Quote},
    {"/stocks/A", Market::Stocks, Kind::Candle},      {"/stocks/AM", Market::Stocks, Kind::Candle},
    {"/stocks/LULD", Market::Stocks, Kind::Ignored},  {"/stocks/NOI", Market::Stocks, Kind::Ignored},
    {"/business/stocks/FMV", Market::Stocks, Kind::Ignored},
    {"/launchpad/stocks/AM", Market::Stocks, Kind::Candle},
    {"/launchpad/stocks/LV", Market::Stocks, Kind::Ignored},
    {"/options/T", Market::Stocks, Kind::Trade},      {"/options/Q", Market::Stocks, Kind::Quote},
    {"/options/A", Market::Stocks, Kind::Candle},
    {"/business/options/FMV", Market::Stocks, Kind::Ignored},
    {"/launchpad/options/AM", Market::Stocks, Kind::Candle},
    {"/launchpad/options/LV", Market::Stocks, Kind::Ignored},
    {"/forex/C", Market::Forex, Kind::Quote},         {"/forex/CA", Market::Forex, Kind::Candle},
    {"/forex/CAS", Market::Forex, Kind::Candle},
    {"/business/forex/FMV", Market::Forex, Kind::Ignored},
    {"/launchpad/forex/AM", Market::Forex, Kind::Ignored},
    {"/launchpad/forex/LV", Market::Forex, Kind::Ignored},
    {"/crypto/XT", Market::Crypto, Kind::Trade},      {"/crypto/XQ", Market::Crypto, Kind::Quote},
    {"/crypto/XL2", Market::Crypto, Kind::Ignored},   {"/crypto/XA", Market::Crypto, Kind::Candle},
    {"/crypto/XAS", Market::Crypto, Kind::Candle},
    {"/business/crypto/FMV", Market::Crypto, Kind::Ignored},
    {"/launchpad/crypto/AM", Market::Crypto, Kind::Ignored},
    {"/launchpad/crypto/LV", Market::Crypto, Kind::Ignored},
    {"/indices/A", Market::Indices, Kind::OffGrid},     {"/indices/AM", Market::Indices, Kind::OffGrid},
    {"/indices/V", Market::Indices, Kind::Trade},
};

// `seen`: the channels.
void check_examples(const fs::path &file, const char *field, std::set<std::string> &seen) {
  for (const std::string &line : lines_of(file)) {
    const json::value entry = json::parse(line);
    std::string channel(entry.at("channel").as_string());
    while (channel.starts_with("//")) channel.erase(0, 1);
    const auto known = std::find_if(std::begin(kExamples), std::end(kExamples), [&](const Example &e) { return e.channel == channel; });
    ASSERT_NE(known, std::end(kExamples)) << channel;
    seen.insert(channel);
    const std::size_t at = line.find('{', line.find(std::string("\"") + field + "\""));
    const std::string frame = "[" + line.substr(at, line.rfind('}') - at) + "]";
    EXPECT_THAT(kinds_in(frame, known->market), testing::ElementsAre(known->kind)) << channel;
  }
}

TEST(Fixtures, EveryDocumentedChannelIsReadOrPassedOver) {
  SKIP_WITHOUT_FIXTURES();
  std::set<std::string> seen;
  check_examples(folder() / "ws_spec_examples.jsonl", "example", seen);
  check_examples(shared() / "data/stream_docs_samples/polygon_ws_documented_examples.jsonl", "raw", seen);
  for (const Example &e : kExamples) EXPECT_EQ(seen.count(e.channel), 1U) << e.channel;
}

}  // namespace
}  // namespace polygon
