// Recorded streams, which are not ours to ship, against an independent reading by Boost.JSON.
#include "parse_stream.hpp"

#include <tapedeck/layer/candles.hpp>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace binance {
namespace {

namespace json = boost::json;
using Kind = StreamMessage::Kind;

constexpr std::int64_t kMs = 1'000'000;

std::filesystem::path shared() {
  const char *folder = std::getenv("TAPEDECK_SHARED");
  return folder ? folder : TAPEDECK_SHARED_DEFAULT;
}

std::string lines_of_gzip(const std::filesystem::path &file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE *)> pipe(
      popen(("gzip -dc '" + file.string() + "'").c_str(), "r"), &pclose);
  std::string out;
  char buffer[65'536];
  while (const std::size_t n = pipe ? std::fread(buffer, 1, sizeof buffer, pipe.get()) : 0)
    out.append(buffer, n);
  return out;
}

std::string_view text_at(const json::object &o, const char *key) {
  const json::string &s = o.at(key).as_string();
  return {s.data(), s.size()};
}
std::int64_t decimal_at(const json::object &o, const char *key) {
  return tapedeck::rescale(tapedeck::parse_decimal(text_at(o, key)), -8);
}

void expect_trade(const StreamMessage &m, const json::object &data) {
  ASSERT_EQ(m.kind, Kind::Trade);
  ASSERT_EQ(m.symbol, text_at(data, "s"));
  ASSERT_EQ(m.trade.id, data.at("t").as_int64());
  ASSERT_EQ(m.trade.time_ns, data.at("T").as_int64() * kMs);
  ASSERT_EQ(m.trade.price, decimal_at(data, "p"));
  ASSERT_EQ(m.trade.size, decimal_at(data, "q"));
  ASSERT_EQ(m.trade.aggressor_sold, data.at("m").as_bool());
  ASSERT_EQ(m.trade.price_exp, -8);
  ASSERT_EQ(m.trade.size_exp, -8);
}

void expect_book(const StreamMessage &m, const json::object &data) {
  ASSERT_EQ(m.kind, Kind::BookTicker);
  ASSERT_EQ(m.symbol, text_at(data, "s"));
  ASSERT_EQ(m.book.update_id, data.at("u").as_int64());
  ASSERT_EQ(m.book.bid, decimal_at(data, "b"));
  ASSERT_EQ(m.book.bid_size, decimal_at(data, "B"));
  ASSERT_EQ(m.book.ask, decimal_at(data, "a"));
  ASSERT_EQ(m.book.ask_size, decimal_at(data, "A"));
  ASSERT_EQ(m.book.price_exp, -8);
}

void expect_kline(const StreamMessage &m, const json::object &data) {
  const json::object &k = data.at("k").as_object();
  ASSERT_EQ(m.kind, Kind::Kline);
  ASSERT_EQ(m.kline.interval->name, text_at(k, "i"));
  ASSERT_EQ(m.kline.open_time_ns, k.at("t").as_int64() * kMs);
  ASSERT_EQ(m.kline.open, decimal_at(k, "o"));
  ASSERT_EQ(m.kline.high, decimal_at(k, "h"));
  ASSERT_EQ(m.kline.low, decimal_at(k, "l"));
  ASSERT_EQ(m.kline.close, decimal_at(k, "c"));
  ASSERT_EQ(m.kline.volume, decimal_at(k, "v"));
  ASSERT_EQ(m.kline.turnover, decimal_at(k, "q"));
  ASSERT_EQ(m.kline.trades, k.at("n").as_int64());
  ASSERT_EQ(m.kline.closed, k.at("x").as_bool());
}

// What was on the wire, as the vendor writes it: without white space.
StreamMessage decoded(const std::string &wire) {
  StreamMessage m{};
  parse_stream_message(wire, m);
  return m;
}

TEST(StreamRecording, EveryTradeAndBookTickerDecodesExactly) {
  const auto file =
      shared() / "data" / "stream_binance_spot_btcusdt" / "binance_spot_btcusdt_20240808.jsonl.gz";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file << "; set TAPEDECK_SHARED";
  std::istringstream lines(lines_of_gzip(file));
  int trades = 0, books = 0, ignored = 0;
  for (std::string line; std::getline(lines, line);) {
    const json::value raw = json::parse(line).at("raw");
    const std::string wire = json::serialize(raw);
    const json::value *stream = raw.as_object().if_contains("stream");
    const std::string name = stream ? stream->as_string().c_str() : "";
    StreamMessage m{};
    ASSERT_NO_THROW(parse_stream_message(wire, m)) << wire.substr(0, 300);
    if (name == "btcusdt@trade") {
      ++trades;
      expect_trade(m, raw.at("data").as_object());
    } else if (name == "btcusdt@bookTicker") {
      ++books;
      expect_book(m, raw.at("data").as_object());
    } else {
      ++ignored;
      ASSERT_EQ(m.kind, Kind::Ignored) << wire.substr(0, 300);
    }
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << wire;
  }
  EXPECT_EQ(trades, 9'757);
  EXPECT_EQ(books, 28'040);
  EXPECT_EQ(ignored, 3'452);
}

class StreamFixtureTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(folder()))
      GTEST_SKIP() << "no recorded messages in " << folder() << "; set TAPEDECK_SHARED";
  }
  static std::filesystem::path folder() { return shared() / "fixtures" / "binance"; }
  static std::string whole(const std::string &name) {
    std::ifstream in(folder() / name, std::ios::binary);
    EXPECT_TRUE(in) << name;
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
  }
};

TEST_F(StreamFixtureTest, EveryRecordedLineIsWhatItsStreamSays) {
  int files = 0, known = 0;
  for (const auto &entry : std::filesystem::directory_iterator(folder())) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("real_ws_") || !name.ends_with(".jsonl")) continue;
    ++files;
    std::istringstream lines(whole(name));
    for (std::string line; std::getline(lines, line);) {
      const json::object raw = json::parse(line).as_object();
      const json::object &data = raw.contains("data") ? raw.at("data").as_object() : raw;
      const StreamMessage m = decoded(line);
      const std::string event = data.contains("e") ? data.at("e").as_string().c_str() : "";
      known += m.kind != Kind::Ignored;
      if (event == "trade") expect_trade(m, data);
      if (event == "kline") expect_kline(m, data);
      if (event.empty() && data.contains("A")) expect_book(m, data);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << name << ": " << line;
    }
  }
  EXPECT_EQ(files, 6);
  EXPECT_GT(known, 1'000);
}

TEST_F(StreamFixtureTest, DocumentedMessagesHaveTheirKinds) {
  const std::pair<const char *, Kind> table[] = {
      {"doc_ws_aggTrade.json", Kind::AggTrade},
      {"doc_ws_avgPrice.json", Kind::Ignored},
      {"doc_ws_blockTrade.json", Kind::Ignored},
      {"doc_ws_bookTicker.json", Kind::BookTicker},
      {"doc_ws_depthUpdate.json", Kind::Ignored},
      {"doc_ws_get_property_response.json", Kind::Reply},
      {"doc_ws_list_response.json", Kind::Reply},
      {"doc_ws_miniTicker.json", Kind::Ignored},
      {"doc_ws_partial_depth.json", Kind::Ignored},
      {"doc_ws_referencePrice.json", Kind::Ignored},
      {"doc_ws_serverShutdown_combined.json", Kind::ServerShutdown},
      {"doc_ws_serverShutdown_raw.json", Kind::ServerShutdown},
      {"doc_ws_set_property_response.json", Kind::Reply},
      {"doc_ws_subscribe_response.json", Kind::Reply},
      {"doc_ws_ticker.json", Kind::Ignored},
      {"doc_ws_trade.json", Kind::Trade},
      {"doc_ws_unsubscribe_response.json", Kind::Reply},
      {"lgpl-nautilus/ws_aggTrade_2023_extra_st_field.json", Kind::AggTrade},
      {"lgpl-nautilus/ws_trade_2021_with_b_a_fields.json", Kind::Trade},
      {"licence-unknown/ws_error_invalid_stream_wrapped.json", Kind::Reply},
      {"licence-unknown/ws_error_too_many_subscriptions.json", Kind::Reply},
      {"licence-unknown/ws_kline_1s_empty_closed_2023.json", Kind::Kline},
      {"licence-unknown/ws_trade_2026-09-29.json", Kind::Trade},
  };
  for (const auto &[name, kind] : table) EXPECT_EQ(decoded(whole(name)).kind, kind) << name;
}

// The example's open lies below its low: no market makes such a candle.
TEST_F(StreamFixtureTest, TheDocumentedCandleIsRefusedForItsPrices) {
  for (const char *name : {"doc_ws_kline.json", "doc_ws_kline_tz_offset.json"}) {
    try {
      decoded(whole(name));
      ADD_FAILURE() << "accepted " << name;
    } catch (const tapedeck::Error &e) {
      EXPECT_NE(std::string(e.what()).find("open (o) is outside low to high"), std::string::npos)
          << e.what();
    }
  }
}

TEST_F(StreamFixtureTest, TheRecordedErrorsKeepTheirText) {
  const std::string text = whole("licence-unknown/ws_error_too_many_subscriptions.json");
  const StreamMessage m = decoded(text);
  EXPECT_TRUE(m.reply.is_error);
  EXPECT_EQ(m.reply.code, 4);
  EXPECT_EQ(m.reply.message, "Too many subscriptions");
}

}  // namespace
}  // namespace binance
