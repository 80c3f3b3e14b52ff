// Recorded answers, which are not ours to ship: read from the shared folder where there is one. Every
// file there has a row here.
#include "granularity.hpp"
#include "kit/exact_json.hpp"
#include "quote_of.hpp"
#include "refusal.hpp"
#include "test_support.hpp"
#include "times.hpp"

#include <algorithm>
#include <set>
#include <sstream>

namespace oanda::test {
namespace {

namespace fs = std::filesystem;

// Lines of the stream: prices, those that make a quote, heartbeats; the first quote's bid and ask.
struct Lines {
  std::size_t prices = 0, quotes = 0, heartbeats = 0;
  std::int64_t first_bid = 0, first_ask = 0;
  int first_exp = 0;
};

Lines read_lines(const std::string &text) {
  Lines out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    StreamLine parsed;
    parse_stream_line(line, parsed);
    out.heartbeats += parsed.kind == StreamLine::Kind::Heartbeat;
    if (parsed.kind != StreamLine::Kind::Price) continue;
    ++out.prices;
    const auto quote = parsed.price.tradeable ? quote_of(parsed.price, {}) : std::nullopt;
    if (!quote) continue;
    if (++out.quotes > 1) continue;
    out.first_bid = quote->bid;
    out.first_ask = quote->ask;
    out.first_exp = quote->price_exp;
  }
  return out;
}

void expect_lines(const std::string &text, const Lines &expected) {
  const Lines got = read_lines(text);
  EXPECT_EQ(got.prices, expected.prices);
  EXPECT_EQ(got.quotes, expected.quotes);
  EXPECT_EQ(got.heartbeats, expected.heartbeats);
  EXPECT_EQ(got.first_bid, expected.first_bid);
  EXPECT_EQ(got.first_ask, expected.first_ask);
  EXPECT_EQ(got.first_exp, expected.first_exp);
}

struct CandlesFile {
  PriceKind kind;
  std::size_t rows;
  const char *first_open, *last_open;
  std::int64_t first, last_close;  // at 10^-5
  std::int64_t first_volume;
  bool last_forming;
};

void expect_candles(const std::string &text, const CandlesFile &f) {
  ParsedCandles got;
  parse_candles(text, f.kind, got);
  ASSERT_EQ(got.rows.size(), f.rows);
  if (f.rows == 0) return;
  const kit::ExactCandle &first = got.rows.front(), &last = got.rows.back();
  EXPECT_EQ(first.open_time, at(f.first_open));
  EXPECT_EQ(last.open_time, at(f.last_open));
  std::int64_t mantissa = 0;
  EXPECT_EQ(kit::mantissa_at(first.open, -5, mantissa), kit::DecimalStatus::Ok);
  EXPECT_EQ(mantissa, f.first);
  EXPECT_EQ(kit::mantissa_at(last.close, -5, mantissa), kit::DecimalStatus::Ok);
  EXPECT_EQ(mantissa, f.last_close);
  EXPECT_EQ(first.volume->mantissa, f.first_volume);
  EXPECT_EQ(last.state, f.last_forming ? TDK_CANDLE_FORMING : 0U);
}

// Each line is {"http":400,"when":...,"body":{...}}; "http" is a text where two are possible.
void expect_errors(const std::string &text) {
  const std::vector<std::vector<tdk_status>> table = {
      {TDK_INVALID_ARGUMENT}, {TDK_NOT_FOUND},        {TDK_INVALID_ARGUMENT},
      {TDK_INVALID_ARGUMENT}, {TDK_INVALID_ARGUMENT}, {TDK_INVALID_ARGUMENT},
      {TDK_INVALID_ARGUMENT}, {TDK_INVALID_ARGUMENT}, {TDK_INVALID_ARGUMENT},
      {TDK_UNAUTHENTICATED},  {TDK_PERMISSION_DENIED, TDK_PERMISSION_DENIED}, {TDK_INVALID_ARGUMENT}};
  std::istringstream in(text);
  std::size_t row = 0;
  for (std::string line; std::getline(in, line); ++row) {
    ASSERT_LT(row, table.size()) << "a recorded error without a row here: " << line;
    const std::size_t begin = line.find("\"body\":") + 7, end = line.rfind(",\"evidence\"");
    const std::string body = line.substr(begin, end - begin);
    const std::vector<int> statuses = line.find("401 or 403") != std::string::npos ? std::vector<int>{401, 403}
                                      : line.find("\"http\":401") != std::string::npos
                                          ? std::vector<int>{401}
                                          : std::vector<int>{400};
    ASSERT_EQ(statuses.size(), table[row].size());
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      const tapedeck::Error e = refusal("x", statuses[i], body);
      EXPECT_EQ(e.code(), table[row][i]) << line << "\n" << e.what();
    }
    const tapedeck::Error e = refusal("x", 400, body);
    EXPECT_EQ(is_future(e, "to"), line.find("for 'to'. Time") != std::string::npos);
    EXPECT_EQ(is_future(e, "from"), line.find("for 'from'. Time") != std::string::npos);
  }
  EXPECT_EQ(row, table.size());
}

// 154 windows asked for one after another, without includeFirst: never as many as there are slots.
void expect_windows(const std::string &text) {
  const Granularity &m5 = find_granularity({TDK_UNIT_MINUTE, 5});
  std::istringstream in(text);
  std::string line, from, to, granularity, received;
  std::getline(in, line);
  EXPECT_EQ(line, "from,to,granularity,received");
  std::size_t rows = 0;
  for (; std::getline(in, line); ++rows) {
    std::istringstream fields(line);
    std::getline(fields, from, ',');
    std::getline(fields, to, ',');
    std::getline(fields, granularity, ',');
    std::getline(fields, received, ',');
    const std::int64_t count = slots(m5, at(from), at(to));
    EXPECT_LE(count, 500);
    EXPECT_LT(std::stol(received), count) << line;
  }
  EXPECT_EQ(rows, 154U);
}

// What comes with these headers is what the host hands over.
void expect_headers(const std::string &text, const std::string &body, std::size_t quotes) {
  Rig rig;
  rig.host.now_ns = at("2024-05-17T12:00:30Z");
  rig.settings["account"] = "101-001-7654321-009";
  Answer answer{0, body, {}, TDK_OK};
  std::istringstream in(text);
  std::string line, version;
  std::getline(in, line);
  std::istringstream(line) >> version >> answer.status;
  EXPECT_EQ(answer.status, 200) << line;
  while (std::getline(in, line))
    if (const auto colon = line.find(": "); colon != std::string::npos)
      answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  EXPECT_GE(answer.headers.size(), 6U);
  rig.host.answer = [&](const std::string &url) {
    if (!url.ends_with("/instruments")) return answer;
    std::string all = instruments_body();
    all.insert(all.find("{\"name\""), R"({"name":"EUR_JPY"},)");
    return Answer{200, all, {}, TDK_OK};
  };
  const auto got = kit::test::fetch_quotes(rig.provider(), {"EUR/USD", "EUR/JPY"});
  EXPECT_EQ(got.status, TDK_OK) << got.text();
  EXPECT_EQ(got.rows.size(), quotes);
}

class FixtureTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(fixtures()))
      GTEST_SKIP() << "no recorded answers in " << fixtures() << "; set TAPEDECK_SHARED";
  }
};

using Check = std::function<void(const std::string &text)>;

std::map<std::string, Check> table() {
  const auto candles = [](CandlesFile f) -> Check { return [f](const std::string &t) { expect_candles(t, f); }; };
  const auto lines = [](Lines l) -> Check { return [l](const std::string &t) { expect_lines(t, l); }; };
  const auto body = [](const char *name) { return read_file(fixtures() / name); };
  return {
      {"SOURCES.md", [](const std::string &t) { EXPECT_FALSE(t.empty()); }},
      {"accounts.json", [](const std::string &t) { EXPECT_EQ(parse_first_account(t), "101-004-1435156-002"); }},
      {"account_summary.json",
       [](const std::string &t) { EXPECT_EQ(parse_summary_account(t), "101-004-1435156-001"); }},
      {"account_instruments_2016.json",
       [](const std::string &t) {
         const auto all = parse_instruments(t);
         ASSERT_EQ(all.size(), 6U);
         EXPECT_EQ(all[0].name, "EU50_EUR");
         EXPECT_EQ(all[5].decimals, 1);
       }},
      {"account_instruments_modern_fragment.json",
       [](const std::string &t) {
         const auto all = parse_instruments(t);
         ASSERT_EQ(all.size(), 7U);
         EXPECT_EQ(all[0].name, "NZD_CHF");
         EXPECT_EQ(all[0].asset_tag, "CURRENCY");
       }},
      {"candles_AUD_USD_M1_unix_2026.json",
       candles({PriceKind::Mid, 2, "1786668660", "1786668720", 70604, 70606, 28, true})},
      {"candles_DE30_EUR_M5_2016.json", candles({PriceKind::Mid, 5, "2016-10-17T19:35:00Z", "2016-10-17T19:55:00Z",
                                                 1'050'380'000, 1'050'780'000, 132, false})},
      {"candles_EUR_USD_H1_from_count10_includeFirst-true_2017.json",
       candles({PriceKind::Mid, 10, "2017-01-02T23:00:00Z", "2017-01-03T08:00:00Z", 104684, 104353, 974, false})},
      {"candles_EUR_USD_H1_from_count10_includeFirst-unset_2017.json",
       candles({PriceKind::Mid, 9, "2017-01-03T00:00:00Z", "2017-01-03T08:00:00Z", 104577, 104353, 481, false})},
      {"candles_EUR_USD_M1_BMA_2023-12-29.json",
       [=](const std::string &t) {
         const char *open = "2023-12-29T15:22:00Z";
         expect_candles(t, {PriceKind::Bid, 1, open, open, 110714, 110718, 18, true});
         expect_candles(t, {PriceKind::Mid, 1, open, open, 110722, 110726, 18, true});
         expect_candles(t, {PriceKind::Ask, 1, open, open, 110730, 110734, 18, true});
       }},
      {"candles_M5_from_to_counts_2017.csv", expect_windows},
      {"candles_empty_range_2016.json", candles({PriceKind::Mid, 0, "", "", 0, 0, 0, false})},
      {"errors.jsonl", expect_errors},
      {"pricing_2016-10-05.json",
       [](const std::string &t) {
         const auto prices = parse_pricing(t);
         ASSERT_EQ(prices.size(), 2U);
         const auto quote = quote_of(prices[1], {});
         ASSERT_TRUE(quote);
         EXPECT_EQ(quote->bid, 11'532'900);
         EXPECT_EQ(quote->ask, 11'534'600);
         EXPECT_EQ(quote->bid_size, 1'000'000);
       }},
      {"pricing_officialdoc_2016-06-22.headers.txt",
       [=](const std::string &t) { expect_headers(t, body("pricing_2016-10-05.json"), 2); }},
      {"pricing_weekend_2019-01-20.headers.txt",
       [=](const std::string &t) { expect_headers(t, body("pricing_weekend_2019-01-20.json"), 1); }},
      {"pricing_weekend_2019-01-20.json",
       [](const std::string &t) {
         const auto prices = parse_pricing(t);
         ASSERT_EQ(prices.size(), 1U);
         EXPECT_FALSE(prices[0].tradeable);
         EXPECT_EQ(prices[0].time_ns, at("2019-01-18T21:59:58.547847843Z"));
         const auto quote = quote_of(prices[0], {});
         ASSERT_TRUE(quote);
         EXPECT_EQ(quote->time, prices[0].time_ns) << "of Friday evening";
       }},
      {"stream_price_unix_format_2020-09.json", lines({1, 0, 0, 0, 0, 0})},
      {"stream_pricing_2016-10-27.jsonl", lines({3, 3, 1, 11'429'500, 11'431'200, -5})},
      {"stream_pricing_2017-03-09.jsonl", lines({4, 4, 0, 105522, 105534, -5})},
      {"stream_pricing_rawlines_2017-2023.jsonl", lines({5, 3, 1, 119197, 119216, -5})},
      {"stream_transactions_heartbeat_2017-03-09.jsonl", lines({0, 0, 4, 0, 0, 0})},
  };
}

TEST_F(FixtureTest, EveryFileIsReadRight) {
  const auto rows = table();
  std::set<std::string> files, named;
  for (const auto &entry : fs::directory_iterator(fixtures())) files.insert(entry.path().filename().string());
  for (const auto &[name, check] : rows) named.insert(name);
  EXPECT_EQ(files, named) << "a recorded answer without a row here, or the other way round";
  for (const auto &[name, check] : rows) {
    SCOPED_TRACE(name);
    check(read_file(fixtures() / name));
  }
  std::cout << rows.size() << " of " << files.size() << " files\n";
}

TEST_F(FixtureTest, TheDocumentedSamplesAsWell) {
  const fs::path folder = fixtures() / "../../data/stream_docs_samples";
  // The samples are others', and lie beside the project: without them there is nothing to compare with.
  if (!fs::is_directory(folder)) GTEST_SKIP() << "no " << folder << "; set TAPEDECK_SHARED";
  std::size_t seen = 0;
  for (const auto &entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("oanda_")) continue;
    SCOPED_TRACE(name);
    ++seen;
    const std::string text = read_file(entry.path());
    if (name == "oanda_pricing_stream_2016-10-27.jsonl")
      expect_lines(text, {3, 3, 1, 11'429'500, 11'431'200, -5});
    else if (name == "oanda_candles_response.json")  // the answer stands in "response", the last member
      expect_candles(text.substr(text.find('{', text.find("\"response\"")), text.rfind('}') - text.find('{', text.find("\"response\""))),
                     {PriceKind::Mid, 5, "2016-10-17T19:35:00Z", "2016-10-17T19:55:00Z", 1'050'380'000,
                      1'050'780'000, 132, false});
    else
      ADD_FAILURE() << "a sample without a row here";
  }
  EXPECT_EQ(seen, 2U);
}

}  // namespace
}  // namespace oanda::test
