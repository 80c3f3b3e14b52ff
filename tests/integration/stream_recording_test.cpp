// The shared recording of Binance, played to the real programs: everything of it is in the store, exactly.
#include <gmock/gmock.h>
#include <zlib.h>

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <ctime>
#include <map>

#include "support/live_host.hpp"
#include "support/recorded_csv.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;

namespace {

namespace json = boost::json;
using Row = std::vector<std::string>;

constexpr std::size_t kTrades = 9757, kQuotes = 28040;  // as INDEX.md of the shared data has them
constexpr const char *kLastMinuteStored = "SELECT count(*) FROM market_data WHERE time = '2024-08-08T23:59:00Z'";

std::filesystem::path recording() {
  return shared_folder() / "data/stream_binance_spot_btcusdt/binance_spot_btcusdt_20240808.jsonl.gz";
}

// "61837.63000000" and "61837.63" are the same decimal.
std::string shortest(std::string decimal) {
  if (decimal.find('.') == std::string::npos) return decimal;
  decimal.erase(decimal.find_last_not_of('0') + 1);
  if (decimal.back() == '.') decimal.pop_back();
  return decimal;
}

// As the store's views write times.
std::string time_text(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out = text.data();
  if (ms % 1000 == 0) return out + "Z";
  std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(ms % 1000));
  out += text.data();
  return out.substr(0, out.find_last_not_of('0') + 1) + "Z";
}

std::string text_at(const json::object &o, const char *name) { return std::string(o.at(name).as_string()); }

// What the file holds, by this test's own reading.
struct Recording {
  std::map<std::int64_t, Row> trades, quotes;  // by the vendor's number
  std::map<std::int64_t, Candle> minutes;      // by open time, of the trades

  void add(const json::object &line) {
    const auto &raw = line.at("raw").as_object();
    if (!raw.contains("stream")) return;  // the one answer of REST among them
    const auto &data = raw.at("data").as_object();
    const std::string stream = text_at(raw, "stream");
    if (stream == "btcusdt@trade") add_trade(data);
    if (stream == "btcusdt@bookTicker")
      quotes[data.at("u").as_int64()] = {shortest(text_at(data, "b")), shortest(text_at(data, "B")),
                                         shortest(text_at(data, "a")), shortest(text_at(data, "A"))};
  }

 private:
  void add_trade(const json::object &t) {
    const std::int64_t time = t.at("T").as_int64();
    trades[t.at("t").as_int64()] = {time_text(time), shortest(text_at(t, "p")), shortest(text_at(t, "q")),
                                    t.at("m").as_bool() ? "sell" : "buy"};
    const std::int64_t price = units_of(text_at(t, "p")), size = units_of(text_at(t, "q")), open = time - time % kMinuteMs;
    const auto [at, first] = minutes.try_emplace(open, Candle{open, price, price, price, price, 0});
    Candle &c = at->second;
    c.high = std::max(c.high, price);
    c.low = std::min(c.low, price);
    c.close = price;
    c.volume += size;
  }
};

Recording read_recording() {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(recording().c_str(), "rb"), &gzclose);
  Recording out;
  std::array<char, 1 << 16> piece{};
  for (std::string line; in && gzgets(in.get(), piece.data(), piece.size()) != nullptr;) {
    line += piece.data();
    if (line.back() != '\n') continue;
    out.add(json::parse(line).as_object());
    line.clear();
  }
  return out;
}

std::map<std::int64_t, Row> stored(SqliteFile &store, const std::string &columns, const std::string &view) {
  std::map<std::int64_t, Row> out;
  for (Row row : store.rows("SELECT sequence, " + columns + " FROM " + view)) {
    const std::int64_t number = std::stoll(row.at(0));
    row.erase(row.begin());
    for (auto &cell : row)
      if (cell.find_first_not_of("0123456789.") == std::string::npos) cell = shortest(cell);
    EXPECT_TRUE(out.emplace(number, std::move(row)).second) << view << " " << number << " twice";
  }
  return out;
}

// How many differ, and the first of them.
std::string difference(const std::map<std::int64_t, Row> &found, const std::map<std::int64_t, Row> &expected) {
  std::string first;
  std::size_t wrong = 0;
  for (const auto &[number, row] : expected) {
    const auto at = found.find(number);
    if (at != found.end() && at->second == row) continue;
    if (wrong++ > 0) continue;
    first = std::to_string(number) + (at == found.end() ? " is missing" : ":");
    if (at != found.end())
      for (std::size_t i = 0; i < row.size(); ++i) first += " " + at->second.at(i) + "/" + row[i];
  }
  if (found.size() != expected.size()) return std::to_string(found.size()) + " of " + std::to_string(expected.size()) + "; " + first;
  return wrong == 0 ? "" : std::to_string(wrong) + " differ; " + first;
}

TEST(StreamRecording, IsInTheStoreToTheLastDigit) {
  if (!std::filesystem::exists(recording())) GTEST_SKIP() << "no recording at " << recording() << "; set TAPEDECK_SHARED";
  Recording expected = read_recording();
  ASSERT_EQ(expected.trades.size(), kTrades);
  ASSERT_EQ(expected.quotes.size(), kQuotes);

  SimServer sim({"--limits", "off", "--replay", "binance=" + recording().string(), "--replay-pace", "fast"});
  Site site(sim.base_url());
  site.pipeline.backfill = false;
  site.pipeline.stream = "kinds: [candles, trades, quotes], candles_from: trades";
  LiveHost host(site);
  EXPECT_TRUE(wait_until([&] { return host.metric(R"(tapedeck_stream_ticks_total{pipeline="majors"})") >= kTrades + kQuotes; }));
  // The last whole minute is final when its late trades could have come.
  EXPECT_TRUE(wait_until([&] { return site.open_store().number(kLastMinuteStored) == 1; }));
  ASSERT_EQ(host.stop(), 0) << host.err();

  auto store = site.open_store();
  EXPECT_EQ(difference(stored(store, "time, price, size, side", "trades"), expected.trades), "");
  EXPECT_EQ(difference(stored(store, "bid, bid_size, ask, ask_size", "quotes"), expected.quotes), "");
  EXPECT_EQ(store.number("SELECT count(*) FROM trades WHERE trades <> 1 OR source <> 'binance' OR symbol <> 'BTC/USDT'"), 0);

  // The recording begins within the first minute and ends within the last one: these are not whole.
  expected.minutes.erase(expected.minutes.begin());
  expected.minutes.erase(std::prev(expected.minutes.end()));
  ASSERT_EQ(expected.minutes.size(), 5u);
  std::vector<Candle> whole, built;
  for (const auto &[open, candle] : expected.minutes) whole.push_back(candle);
  // What is of today was asked for: a minute that was over while this ran.
  for (const Candle &c : store.candles("BTC/USDT", "1m"))
    if (c.open_ms < whole.back().open_ms + kDayMs) built.push_back(c);
  EXPECT_EQ(tapedeck::integration::difference(built, whole), "");
}

}  // namespace
