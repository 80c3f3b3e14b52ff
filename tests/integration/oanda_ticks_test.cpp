// Recorded ticks of OANDA: streamed by the simulator, through the host's own network and the plugin, into the
// host's candle builder, they are the recorded minutes, exactly; and so is the history of the same ticks.
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <map>

#include "live/candle_builder.hpp"
#include "market/time.hpp"
#include "oanda.hpp"
#include "runtime/host_services.hpp"
#include "sim/simulator.hpp"
#include "sim/time_text.hpp"
#include "support/recorded_csv.hpp"

using namespace tapedeck;

namespace {

namespace fs = std::filesystem;
using Prices = std::array<std::int64_t, 4>;  // open, high, low, close at 10^-8
using Minutes = std::map<Nanos, Prices>;     // by open time

struct Recording {
  std::string symbol, ticks, minutes;
  std::vector<std::string> days;  // those of the ticks, when the minutes have more
  std::size_t tick_count, minute_count;
  bool covers(std::string_view time) const {
    if (days.empty()) return time.substr(0, 7) == "2014-05";
    return std::find(days.begin(), days.end(), time.substr(0, 10)) != days.end();
  }
};

const Recording kEurUsd{"EUR/USD",
                        "data/fx_eurusd_lean/eurusd_oanda_tick_2014-05.csv.gz",
                        "data/fx_eurusd_lean/eurusd_oanda_m1_quote_2014_2018.csv.gz",
                        {},
                        532'903,
                        15'366};
const Recording kXauUsd{"XAU/USD",
                        "data/xauusd_lean/xauusd_oanda_tick_2014-05-01_02_04.csv.gz",
                        "data/xauusd_lean/xauusd_oanda_m1_quote_2014-05.csv.gz",
                        {"2014-05-01", "2014-05-02", "2014-05-04"},
                        404'648,
                        2'752};

std::int64_t at_eight(std::int64_t mantissa, int exp) { return rescale(tapedeck::Decimal{mantissa, exp}, -8); }

struct Recorded {
  Minutes bid, ask;
};

// time_utc,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size
Recorded read_minutes(const Recording &recording) {
  const fs::path file = integration::shared_folder() / recording.minutes;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(file.c_str(), "rb"), &gzclose);
  Recorded out;
  std::array<char, 512> line{};
  while (in && gzgets(in.get(), line.data(), line.size()) != nullptr) {
    if (line[0] != '2') continue;
    std::vector<std::string_view> field;
    for (std::string_view rest(line.data()); !rest.empty();) {
      const std::size_t end = std::min(rest.find_first_of(",\n"), rest.size());
      field.push_back(rest.substr(0, end));
      rest.remove_prefix(std::min(rest.size(), end + 1));
    }
    if (field.size() != 11 || !recording.covers(field[0])) continue;
    const Nanos time = *sim::parse_iso8601(field[0]) * 1'000'000;
    const auto prices = [&](std::size_t first) {
      Prices p{};
      for (std::size_t i = 0; i < 4; ++i) p[i] = rescale(parse_decimal(field[first + i]), -8);
      return p;
    };
    out.bid.emplace(time, prices(1));
    out.ask.emplace(time, prices(6));
  }
  return out;
}

// The plugin behind its table, with the services that the host gives to plugins.
class Vendor {
 public:
  explicit Vendor(const sim::Simulator &simulator) {
    HostServicesSettings settings;
    settings.plugin = "oanda";
    settings.http = &client_;
    settings.account = &account_;
    settings.metrics = &metrics_;
    settings.clock = &system_clock();
    host_ = make_host_services(settings);
    url_ = simulator.url() + "/oanda";
    const tdk_kv options[] = {{str("token"), str("practice-token")}, {str("base_url"), str(url_)}};
    provider_ = std::make_unique<oanda::Provider>(Host(host_.get()), Config(options, 2));
  }
  ~Vendor() { provider_.reset(); }
  const tdk_provider &table() const { return *detail::ProviderTable<oanda::Provider>::get(); }
  void *self() { return provider_.get(); }
  std::string metrics() { return metrics_.text(); }

 private:
  HttpClient client_{{}, system_clock()};
  Account account_{"oanda", system_clock()};
  Metrics metrics_;
  std::string url_;
  std::shared_ptr<const tdk_host> host_;
  std::unique_ptr<oanda::Provider> provider_;
};

// What the host makes of the quotes of one series.
class Built {
 public:
  explicit Built(std::uint32_t price_type) : builder_(*Interval::parse("1m"), 2 * kSecond, price_type) {}
  void add(const Tick &tick) {
    if (!builder_.add(tick, tick.time)) ++late_;  // time here passes as it did there
    collect(tick.time);
    last_ = tick.time;
  }
  void finish() { collect(last_ + kHour); }
  const Minutes &minutes() const { return minutes_; }
  std::size_t late() const { return late_; }

 private:
  void collect(Nanos now) {
    for (const auto &row : builder_.close_due(now))
      minutes_.emplace(row.open_time, Prices{at_eight(row.open, row.price_exp), at_eight(row.high, row.price_exp),
                                             at_eight(row.low, row.price_exp), at_eight(row.close, row.price_exp)});
  }
  CandleBuilder builder_;
  Minutes minutes_;
  std::size_t late_ = 0;
  Nanos last_ = 0;
};

struct Streamed {
  std::size_t wanted, ticks = 0;
  bool connected = false;
  Built bid{TDK_PRICE_BID}, ask{TDK_PRICE_ASK};
};

Streamed &of(void *ctx) { return *static_cast<Streamed *>(ctx); }

tdk_status on_quotes(void *ctx, const tdk_quote *first, std::uint64_t count, std::uint64_t stride) {
  Streamed &s = of(ctx);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Tick tick = tick_of(detail::at(first, i, stride));
    s.bid.add(tick);
    s.ask.add(tick);
  }
  s.ticks += count;
  return s.ticks >= s.wanted ? TDK_STOP : TDK_OK;
}

tdk_status on_event(void *ctx, const tdk_stream_event *event) {
  of(ctx).connected |= event->kind == TDK_STREAM_CONNECTED;
  return TDK_OK;
}

tdk_status stream(Vendor &vendor, const std::string &symbol, Streamed &out) {
  const tdk_stream_sink sink{sizeof sink, 0, &out, nullptr, &on_quotes, &on_event, nullptr};
  tdk_series series{};
  series.struct_size = sizeof series;
  series.symbol = str(symbol);
  series.price_type = TDK_PRICE_MID;
  const tdk_stream_request request{sizeof request, 0, &series, 1, sizeof series};
  tdk_error error = detail::fresh();
  const tdk_status status = vendor.table().run_stream(vendor.self(), &request, &sink, nullptr, &error);
  if (status != TDK_STOP) ADD_FAILURE() << status << ": " << error.message << ", after " << out.ticks << " ticks";
  out.bid.finish();
  out.ask.finish();
  return status;
}

Minutes history(Vendor &vendor, const std::string &symbol, std::uint32_t price_type, tdk_range range) {
  Minutes out;
  const tdk_candle_sink sink{sizeof sink, 0, &out, [](void *ctx, const tdk_candle_batch *b) -> tdk_status {
                               for (std::uint64_t i = 0; i < b->count; ++i)
                                 static_cast<Minutes *>(ctx)->emplace(
                                     b->open_time[i],
                                     Prices{at_eight(b->open[i], b->price_exp), at_eight(b->high[i], b->price_exp),
                                            at_eight(b->low[i], b->price_exp), at_eight(b->close[i], b->price_exp)});
                               return TDK_OK;
                             }};
  tdk_series series{};
  series.struct_size = sizeof series;
  series.symbol = str(symbol);
  series.price_type = price_type;
  series.interval = {TDK_UNIT_MINUTE, 1};
  const tdk_candle_request request{sizeof request, 0, &series, range, 0, 0};
  tdk_error error = detail::fresh();
  const tdk_status status = vendor.table().fetch_candles(vendor.self(), &request, &sink, nullptr, &error);
  EXPECT_EQ(status, TDK_OK) << error.message;
  return out;
}

std::size_t differing(const Minutes &got, const Minutes &expected) {
  std::size_t count = 0;
  for (const auto &[time, prices] : expected) {
    const auto found = got.find(time);
    if (found != got.end() && found->second == prices) continue;
    if (++count <= 5) std::cout << "differs: " << format_time(time) << "\n";
  }
  return count + (got.size() > expected.size() ? got.size() - expected.size() : 0);
}

class OandaTicks : public testing::TestWithParam<Recording> {
 protected:
  void SetUp() override {
    if (!fs::exists(integration::shared_folder() / GetParam().ticks))
      GTEST_SKIP() << "no recorded ticks in " << integration::shared_folder() << "; set TAPEDECK_SHARED";
  }
  static sim::Options options() {
    sim::Options out;
    out.start_ms = *sim::parse_iso8601("2014-06-01T00:00:00Z");
    out.speed = 0;
    out.replay_fast = true;
    std::string name = GetParam().symbol;
    name.erase(3, 1);
    out.ticks = {{"oanda", name, integration::shared_folder() / GetParam().ticks}};
    return out;
  }
};

// The minute in which a connection begins is not whole, by the host's rule: it is asked for, as a repair does.
TEST_P(OandaTicks, StreamedTheyBuildTheRecordedMinutes) {
  const Recording &recording = GetParam();
  const Recorded expected = read_minutes(recording);
  ASSERT_EQ(expected.bid.size(), recording.minute_count);
  sim::Simulator simulator(options());
  Vendor vendor(simulator);
  Streamed got{recording.tick_count};
  ASSERT_EQ(stream(vendor, recording.symbol, got), TDK_STOP);
  EXPECT_TRUE(got.connected);
  EXPECT_EQ(got.ticks, recording.tick_count);
  // The simulator strews lines without a price among them.
  EXPECT_NE(vendor.metrics().find("oanda_stream_untradeable_total"), std::string::npos) << vendor.metrics();
  EXPECT_NE(vendor.metrics().find("oanda_stream_ignored_total"), std::string::npos);
  const Nanos first = expected.bid.begin()->first;
  for (const auto &[kind, built, recorded] : {std::tuple(TDK_PRICE_BID, &got.bid, &expected.bid),
                                              std::tuple(TDK_PRICE_ASK, &got.ask, &expected.ask)}) {
    Minutes minutes = built->minutes();
    EXPECT_EQ(minutes.size(), recording.minute_count - 1);
    EXPECT_EQ(built->late(), 0u);
    minutes.merge(history(vendor, recording.symbol, kind, {first, first + kMinute}));
    const std::size_t wrong = differing(minutes, *recorded);
    EXPECT_EQ(wrong, 0u);
    std::cout << recording.symbol << (kind == TDK_PRICE_BID ? " bid: " : " ask: ") << got.ticks << " ticks, "
              << built->minutes().size() << " minutes built and the first one asked for, "
              << recorded->size() - wrong << " of " << recorded->size() << " equal the recorded ones\n";
  }
}

TEST_P(OandaTicks, TheirHistoryIsTheRecordedMinutes) {
  const Recording &recording = GetParam();
  const Recorded expected = read_minutes(recording);
  sim::Simulator simulator(options());
  Vendor vendor(simulator);
  const tdk_range all{expected.bid.begin()->first, expected.bid.rbegin()->first + kMinute};
  const Minutes bid = history(vendor, recording.symbol, TDK_PRICE_BID, all);
  const Minutes ask = history(vendor, recording.symbol, TDK_PRICE_ASK, all);
  EXPECT_EQ(differing(bid, expected.bid), 0u);
  EXPECT_EQ(differing(ask, expected.ask), 0u);
  EXPECT_EQ(bid.size() + ask.size(), 2 * recording.minute_count);
  const auto requests = simulator.counters("oanda").requests;
  std::cout << recording.symbol << " history: " << bid.size() << " bid and " << ask.size() << " ask minutes in " << requests
            << " requests\n";
}

INSTANTIATE_TEST_SUITE_P(, OandaTicks, testing::Values(kEurUsd, kXauUsd),
                         [](const auto &p) { return p.param.symbol.substr(0, 3); });

}  // namespace
