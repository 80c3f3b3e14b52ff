// Every recorded and documented body, which are not ours to ship: read from the shared folder where
// there is one. A row for each file: what it decodes to, or the class of its error.
#include "kit/testing/mutator.hpp"
#include "parse.hpp"
#include "parse_stream.hpp"
#include "quotes.hpp"
#include "times.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

namespace twelvedata {
namespace {

namespace fs = std::filesystem;
using Kind = StreamMessage::Kind;

fs::path folder() {
  const char *shared = std::getenv("TAPEDECK_SHARED");
  return fs::path(shared ? shared : TAPEDECK_SHARED_DEFAULT) / "fixtures" / "twelvedata";
}

std::string body_of(const std::string &name) {
  std::ifstream in(folder() / name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

using Check = std::function<void(const std::string &body)>;

// The page that a body holds, of any range.
SeriesPage page_of(const kit::JsonValue &body, const std::string &symbol, const char *interval) {
  SeriesAsked asked{symbol, find_interval(interval), 0, kEndOfTimeSeconds - 1};
  return parse_time_series(body, asked);
}

// Rows, the first open time, and its open and the last close as texts.
Check series(const char *symbol, const char *interval, std::size_t rows, const char *first,
             const char *open, const char *close) {
  return [=](const std::string &body) {
    const kit::ExactJson tree(body, "fixture");
    EXPECT_FALSE(error_in(tree.root()));
    const SeriesPage page = page_of(tree.root(), symbol, interval);
    ASSERT_EQ(page.rows.size(), rows);
    EXPECT_EQ(page.rows.front().open_time, *parse_date_time(first) * kSecondNs);
    const auto same = [](const kit::Decimal &a, const char *text) {
      const kit::Decimal b = kit::scan_decimal(text).value;
      return a.mantissa == b.mantissa && a.exp == b.exp;
    };
    EXPECT_TRUE(same(page.rows.front().open, open));
    EXPECT_TRUE(same(page.rows.back().close, close));
  };
}

Check error(int http, tdk_status status) {
  return [=](const std::string &body) {
    const kit::ExactJson tree(body, "fixture");
    const auto said = error_in(tree.root());
    ASSERT_TRUE(said);
    for (const int with : {http, 200})
      EXPECT_EQ(refusal("x", with, *said, 0).code(), status) << refusal("x", with, *said, 0).what();
  };
}

Check quote(std::int64_t time, const char *last) {
  return [=](const std::string &body) {
    const kit::ExactJson tree(body, "fixture");
    const Quote got = parse_quote(tree.root());
    EXPECT_EQ(got.time_s, time);
    EXPECT_EQ(got.last->mantissa, kit::scan_decimal(last).value.mantissa);
    EXPECT_EQ(got.last->exp, kit::scan_decimal(last).value.exp);
  };
}

Check listings(std::uint32_t otherwise, std::vector<std::pair<std::string, std::uint32_t>> wanted) {
  return [=](const std::string &body) {
    const kit::ExactJson tree(body, "fixture");
    std::vector<std::pair<std::string, std::uint32_t>> got;
    for (const Listing &l : parse_listings(tree.root(), otherwise))
      got.emplace_back(l.symbol, l.asset_class);
    EXPECT_EQ(got, wanted);
  };
}

Check usage(std::uint64_t minute, std::uint64_t used, std::optional<std::uint64_t> day) {
  return [=](const std::string &body) {
    const kit::ExactJson tree(body, "fixture");
    const Usage got = parse_usage(tree.root());
    EXPECT_EQ(got.per_minute, minute);
    EXPECT_EQ(got.used_this_minute, used);
    EXPECT_EQ(got.per_day, day);
  };
}

// Parts of an answer to several symbols: how many are quotes or series, how many are errors.
Check parts(std::vector<std::string> symbols, int good, int bad) {
  return [=](const std::string &body) {
    const kit::ExactJson tree(body, "fixture");
    int decoded = 0, refused = 0;
    each_part(tree.root(), symbols, [&](const std::string &, const kit::JsonValue &part) {
      if (const auto said = error_in(part)) {
        EXPECT_EQ(refusal("x", 200, *said, 0).code(), TDK_NOT_FOUND);
        ++refused;
      } else if (part["values"].exists()) {
        const kit::JsonValue meta = part["meta"];
        const std::string symbol(meta["symbol"].text()), interval(meta["interval"].text());
        decoded += page_of(part, symbol, interval.c_str()).rows.size() == 1;
      } else {
        decoded +=
            (part["price"].exists() ? parse_price(part) : parse_quote(part)).last.has_value();
      }
    });
    EXPECT_EQ(decoded, good);
    EXPECT_EQ(refused, bad);
  };
}

// Answers that this plugin does not ask for, and CSV: refused by each of its parsers, not misread.
Check refused() {
  return [](const std::string &body) {
    const std::pair<const char *, std::function<void(const kit::JsonValue &)>> parsers[] = {
        {"series", [](const kit::JsonValue &v) { page_of(v, "X", "1min"); }},
        {"quote", [](const kit::JsonValue &v) { parse_quote(v); }},
        {"price", [](const kit::JsonValue &v) { parse_price(v); }},
        {"usage", [](const kit::JsonValue &v) { parse_usage(v); }},
        {"listings", [](const kit::JsonValue &v) { parse_listings(v, TDK_ASSET_OTHER); }}};
    for (const auto &[name, parse] : parsers) try {
        const kit::ExactJson tree(body, "fixture");
        parse(tree.root());
        ADD_FAILURE() << "read as " << name;
      } catch (const tapedeck::Error &e) {
        EXPECT_EQ(e.code(), TDK_BAD_DATA) << name << ": " << e.what();
      }
  };
}

Check series_refused() {
  return [](const std::string &body) {
    const kit::ExactJson tree(body, "fixture");
    EXPECT_THROW(page_of(tree.root(), "JPY/BTC", "1min"), tapedeck::Error);
  };
}

Check message(Kind kind) {
  return [=](const std::string &body) { EXPECT_EQ(parse_stream_message(body).kind, kind); };
}

Check stream_price(const char *symbol, std::int64_t time, const char *price, bool quoted) {
  return [=](const std::string &body) {
    const StreamMessage m = parse_stream_message(body);
    ASSERT_EQ(m.kind, Kind::Price);
    EXPECT_EQ(m.price.symbol, symbol);
    EXPECT_EQ(m.price.time_s, time);
    EXPECT_EQ(m.price.price->mantissa, kit::scan_decimal(price).value.mantissa);
    EXPECT_EQ(m.price.bid.has_value(), quoted);
  };
}

Check status(const char *word, std::size_t success, std::size_t fails) {
  return [=](const std::string &body) {
    const StreamMessage m = parse_stream_message(body);
    ASSERT_EQ(m.kind, Kind::Status);
    EXPECT_EQ(m.status.status, word);
    EXPECT_EQ(m.status.success.size(), success);
    EXPECT_EQ(m.status.fails.size(), fails);
  };
}

void session_lines(const std::string &body) {
  std::istringstream lines(body);
  std::map<Kind, int> kinds;
  for (std::string line; std::getline(lines, line);) ++kinds[parse_stream_message(line).kind];
  EXPECT_EQ(kinds[Kind::Status], 1);
  EXPECT_EQ(kinds[Kind::Price], 6);
  EXPECT_EQ(kinds.size(), 2U);
}

void earliest(const std::string &body) {
  const kit::ExactJson tree(body, "fixture");
  EXPECT_EQ(parse_earliest(tree.root(), *find_interval("1day")), 345'427'200);
  EXPECT_EQ(parse_earliest(tree.root(), *find_interval("1min")), 345'479'400);
}

void price(const std::string &body) {
  const kit::ExactJson tree(body, "fixture");
  EXPECT_EQ(parse_price(tree.root()).last->mantissa, 20'099'001);
}

// Used and left add up to the limit as long as nothing is rejected.
void header_sequence(const std::string &body) {
  const kit::ExactJson tree(body, "fixture");
  for (const kit::JsonValue call : tree.root().children()) {
    const kit::JsonValue headers = call["headers"];
    const auto number = [&](const char *name) { return headers[name].decimal(); };
    const auto used = number("Api-Credits-Used").mantissa,
               left = number("Api-Credits-Left").mantissa;
    EXPECT_EQ(used + left, call["http_status"].whole_number() == 200 ? 8 : 9);
  }
}

void no_data(const std::string &body) {
  const kit::ExactJson tree(body, "fixture");
  const auto said = error_in(tree.root());
  ASSERT_TRUE(said);
  EXPECT_TRUE(says_no_data(*said)) << "an answer: no rows, and no error";
}

const std::map<std::string, Check> &table() {
  static const std::map<std::string, Check> rows{
      {"doc_api_usage.json", usage(20'000, 4'003, 100'000)},
      {"doc_batch_post_request.json", refused()},
      {"doc_batch_post_response.json", refused()},
      {"doc_commodities.json", listings(TDK_ASSET_COMMODITY, {{"C_1", TDK_ASSET_COMMODITY},
                                                              {"CC1", TDK_ASSET_COMMODITY},
                                                              {"XAU/USD", TDK_ASSET_COMMODITY}})},
      {"doc_cryptocurrencies.json", listings(TDK_ASSET_CRYPTO, {{"BTC/USD", TDK_ASSET_CRYPTO}})},
      {"doc_cryptocurrency_exchanges.json", refused()},
      {"doc_earliest_timestamp.json", earliest},
      {"doc_eod.json", refused()},
      {"doc_error_400.json", error(400, TDK_INVALID_ARGUMENT)},
      {"doc_error_400_bad_interval.json", error(400, TDK_INVALID_ARGUMENT)},
      {"doc_error_401.json", error(401, TDK_UNAUTHENTICATED)},
      {"doc_error_403.json", error(403, TDK_PERMISSION_DENIED)},
      {"doc_error_404.json", error(404, TDK_NOT_FOUND)},
      {"doc_error_414.json", error(414, TDK_INVALID_ARGUMENT)},
      {"doc_error_429.json", error(429, TDK_RATE_LIMITED)},
      {"doc_error_500.json", error(500, TDK_UNAVAILABLE)},
      {"doc_exchange_rate.json", refused()},
      {"doc_exchanges.json", refused()},
      {"doc_forex_pairs.json", listings(TDK_ASSET_FX, {{"EUR/USD", TDK_ASSET_FX}})},
      {"doc_instrument_type.json", refused()},
      {"doc_intervals.json", refused()},
      {"doc_market_state.json", refused()},
      {"doc_price.json", price},
      {"doc_quote.json", quote(1'631'772'000, "148.85001")},
      {"doc_stocks.json", listings(TDK_ASSET_EQUITY, {{"AAPL", TDK_ASSET_EQUITY}})},
      {"doc_symbol_search.json", listings(TDK_ASSET_OTHER, {{"AA", TDK_ASSET_EQUITY}})},
      {"doc_time_series.json",
       series("AAPL", "1min", 1, "2021-09-16 15:59:00", "148.735", "148.85001")},
      {"doc_time_series_cross.json",
       series("", "1min", 1, "2025-02-28 14:30:00", "0.0000081115665", "0.0000081268066")},
      {"licence-unknown/api_usage_basic.json", usage(8, 3, 800)},
      {"licence-unknown/api_usage_grow.json", usage(144, 1, std::nullopt)},
      {"licence-unknown/credit_header_sequence.json", header_sequence},
      {"licence-unknown/error_400_no_data.json", no_data},
      {"licence-unknown/error_403_endpoint_plan_2026-09-16.json",
       error(403, TDK_PERMISSION_DENIED)},
      {"licence-unknown/error_404_symbol_invalid.json", error(404, TDK_NOT_FOUND)},
      {"licence-unknown/error_404_symbol_plan.json", error(404, TDK_PERMISSION_DENIED)},
      {"licence-unknown/error_429_day.json", error(429, TDK_RATE_LIMITED)},
      {"licence-unknown/error_429_minute.json", error(429, TDK_RATE_LIMITED)},
      {"licence-unknown/quote_aapl_2025-12-04.json", quote(1'764'858'660, "284.21")},
      {"licence-unknown/quote_aapl_2026-09-16_trimmed.json", quote(1'789'574'220, "332.695")},
      {"licence-unknown/time_series_aapl_1day_asc_2026-08.json",
       series("AAPL", "1day", 2, "2026-08-19", "310.14001", "311.29999")},
      {"licence-unknown/time_series_btcusd_1day_asc_2026-08.json",
       series("BTC/USD", "1day", 2, "2026-08-21", "73027.02", "77074.93")},
      {"licence-unknown/time_series_eurusd_1day_asc_2026-08.json",
       series("EUR/USD", "1day", 2, "2026-08-21", "1.1679", "1.16788")},
      {"licence-unknown/time_series_eurusd_1day_desc_2024-04.json",
       series("EUR/USD", "1day", 3, "2024-04-11", "1.07435", "1.0635")},
      {"licence-unknown/time_series_spy_1h_2025-10-28_asc.json",
       series("SPY", "1h", 2, "2025-10-28 09:30:00", "687.05", "686.02")},
      {"licence-unknown/ws_error_cant_parse.json", status("error", 0, 0)},
      {"licence-unknown/ws_session_2023-03-31.jsonl", session_lines},
      {"licence-unknown/ws_subscribe_status_all_failed.json", status("error", 0, 1)},
      {"licence-unknown/ws_subscribe_status_doc_full.json", status("ok", 5, 0)},
      {"licence-unknown/ws_subscribe_status_forex_ok.json", status("ok", 1, 0)},
      {"licence-unknown/ws_subscribe_status_warning_2026-08-19.json", status("warning", 2, 3)},
      {"real_currency_conversion_eurusd_2025-08-07.json", refused()},
      {"real_error_401.json", error(401, TDK_UNAUTHENTICATED)},
      {"real_error_403_demo_key.json", error(403, TDK_PERMISSION_DENIED)},
      {"real_error_403_endpoint_plan.json", error(403, TDK_PERMISSION_DENIED)},
      {"real_exchange_rate_eurusd_2025-08-07.json", refused()},
      {"real_instrument_type_2025.json", refused()},
      {"real_time_series_cross_jpybtc_2025-08-07.json", series_refused()},
      {"shape_batch_get_one_symbol_fails.json", parts({"AAPL", "INVALID"}, 1, 1)},
      {"shape_batch_get_quote.json", parts({"AAPL", "MSFT"}, 2, 0)},
      {"shape_batch_get_time_series.json", parts({"AAPL", "MSFT"}, 2, 0)},
      {"shape_batch_multi_keys.json", parts({"ts_aapl", "q_msft", "p_goog"}, 3, 0)},
      {"shape_time_series_forex.csv", refused()},
      {"shape_time_series_stock.csv", refused()},
      {"ws_doc_client_heartbeat.json", message(Kind::Ignored)},
      {"ws_doc_client_reset.json", message(Kind::Ignored)},
      {"ws_doc_client_subscribe_extended.json", message(Kind::Ignored)},
      {"ws_doc_client_subscribe_simple.json", message(Kind::Ignored)},
      {"ws_doc_client_unsubscribe.json", message(Kind::Ignored)},
      {"ws_doc_heartbeat.json", message(Kind::Heartbeat)},
      {"ws_doc_price_metal_bid_ask.json", stream_price("XAU/USD", 1'647'950'462, "1925.18", true)},
      {"ws_doc_price_stock.json", stream_price("AAPL", 1'592'249'566, "342.0157", false)},
      {"ws_heartbeat.json", message(Kind::Heartbeat)},
      {"ws_price_minimal.json", stream_price("AAPL", 1'631'772'000, "150.25", false)},
      {"ws_real_price_amzn_2022-11-04.json", stream_price("AMZN", 1'667'563'304, "90.39", false)},
      {"ws_subscribe_status_minimal.json", status("ok", 1, 0)},
  };
  return rows;
}

class FixtureTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(folder()))
      GTEST_SKIP() << "no recorded answers in " << folder() << "; set TAPEDECK_SHARED";
  }
};

TEST_F(FixtureTest, EveryFileIsDecodedOrHasTheRightErrorClass) {
  for (const auto &[name, check] : table()) {
    SCOPED_TRACE(name);
    check(body_of(name));
  }
}

TEST_F(FixtureTest, NoFileIsWithoutARow) {
  std::vector<std::string> files, rows;
  for (const auto &entry : fs::recursive_directory_iterator(folder()))
    if (entry.is_regular_file() && entry.path().filename() != "SOURCES.md")
      files.push_back(fs::relative(entry.path(), folder()).generic_string());
  for (const auto &[name, check] : table()) rows.push_back(name);
  std::sort(files.begin(), files.end());
  EXPECT_EQ(files, rows);
}

// Whatever happens to a body on its way, nothing but TDK_BAD_DATA comes of it.
TEST_F(FixtureTest, DamagedBodiesAreRefusedOrDecodeToRows) {
  int refused = 0;
  for (const auto &[name, check] : table()) {
    const bool of_stream = name.find("ws_") != name.npos;
    refused += kit::test::refused_of(200, body_of(name), [&](std::string_view text) {
      if (of_stream) {
        parse_stream_message(text);
        return;
      }
      const kit::ExactJson tree(text, "fixture");
      if (error_in(tree.root())) return;
      parse_time_series(tree.root(), {"X", find_interval("1min"), 0, 2'000'000'000});
    });
  }
  EXPECT_GT(refused, 5'000);
}

}  // namespace
}  // namespace twelvedata
