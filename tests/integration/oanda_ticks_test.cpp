// Recorded ticks of OANDA: streamed by the simulator, through the host's own network and the plugin, into the
// host's candle builder, they are the recorded minutes, exactly; and so is the history of the same ticks.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <tuple>

#include "live/candle_builder.hpp"
#include "market/time.hpp"
#include "oanda.hpp"
#include "runtime/host_services.hpp"
#include "sim/simulator.hpp"
#include "sim/time_text.hpp"
#include "support/recorded_quotes.hpp"

using namespace tapedeck;

namespace {

using integration::count_differing;
using integration::QuoteMinutes;
using integration::QuotePrices;
using integration::QuoteRecording;

QuotePrices prices_of(std::int64_t open, std::int64_t high, std::int64_t low, std::int64_t close, int exp) {
  QuotePrices out{};
  const std::int64_t mantissas[] = {open, high, low, close};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = rescale(tapedeck::Decimal{mantissas[i], exp}, -8);
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
  const QuoteMinutes &minutes() const { return minutes_; }
  std::size_t late() const { return late_; }

 private:
  void collect(Nanos now) {
    for (const auto &row : builder_.close_due(now))
      minutes_.emplace(format_time(row.open_time), prices_of(row.open, row.high, row.low, row.close, row.price_exp));
  }
  CandleBuilder builder_;
  QuoteMinutes minutes_;
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

tdk_status run_stream(Vendor &vendor, const std::string &symbol, Streamed &out, tdk_error &error) {
  const tdk_stream_sink sink{sizeof sink, 0, &out, nullptr, &on_quotes, &on_event, nullptr};
  tdk_series series{};
  series.struct_size = sizeof series;
  series.symbol = str(symbol);
  series.price_type = TDK_PRICE_MID;
  const tdk_stream_request request{sizeof request, 0, &series, 1, sizeof series};
  return vendor.table().run_stream(vendor.self(), &request, &sink, nullptr, &error);
}

tdk_status stream(Vendor &vendor, const std::string &symbol, Streamed &out) {
  tdk_error error = detail::fresh();
  const tdk_status status = run_stream(vendor, symbol, out, error);
  if (status != TDK_STOP) ADD_FAILURE() << status << ": " << error.message << ", after " << out.ticks << " ticks";
  out.bid.finish();
  out.ask.finish();
  return status;
}

tdk_status fetch(Vendor &vendor, const std::string &symbol, std::uint32_t price_type, tdk_range range, QuoteMinutes &out,
                 tdk_error &error) {
  const tdk_candle_sink sink{sizeof sink, 0, &out, [](void *ctx, const tdk_candle_batch *b) -> tdk_status {
                               for (std::uint64_t i = 0; i < b->count; ++i)
                                 static_cast<QuoteMinutes *>(ctx)->emplace(
                                     format_time(b->open_time[i]),
                                     prices_of(b->open[i], b->high[i], b->low[i], b->close[i], b->price_exp));
                               return TDK_OK;
                             }};
  tdk_series series{};
  series.struct_size = sizeof series;
  series.symbol = str(symbol);
  series.price_type = price_type;
  series.interval = {TDK_UNIT_MINUTE, 1};
  const tdk_candle_request request{sizeof request, 0, &series, range, 0, 0};
  return vendor.table().fetch_candles(vendor.self(), &request, &sink, nullptr, &error);
}

QuoteMinutes history(Vendor &vendor, const std::string &symbol, std::uint32_t price_type, tdk_range range) {
  QuoteMinutes out;
  tdk_error error = detail::fresh();
  EXPECT_EQ(fetch(vendor, symbol, price_type, range, out, error), TDK_OK) << error.message;
  return out;
}

class OandaTicks : public testing::TestWithParam<QuoteRecording> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(GetParam().tick_file()))
      GTEST_SKIP() << "no recorded ticks at " << GetParam().tick_file() << "; set TAPEDECK_SHARED";
  }
  static sim::Options options() {
    sim::Options out;
    out.start_ms = *sim::parse_iso8601("2014-06-01T00:00:00Z");
    out.speed = 0;
    out.replay_fast = true;
    out.ticks = {{"oanda", GetParam().vendor_symbol(), GetParam().tick_file()}};
    return out;
  }
  static Nanos nanos(const std::string &time) { return *sim::parse_iso8601(time) * 1'000'000; }
};

// The minute in which a connection begins is not whole, by the host's rule: it is asked for, as a repair does.
TEST_P(OandaTicks, StreamedTheyBuildTheRecordedMinutes) {
  const QuoteRecording &recording = GetParam();
  const auto expected = read_minutes(recording);
  sim::Simulator simulator(options());
  Vendor vendor(simulator);
  Streamed got{recording.tick_count};
  ASSERT_EQ(stream(vendor, recording.symbol, got), TDK_STOP);
  EXPECT_TRUE(got.connected);
  EXPECT_EQ(got.ticks, recording.tick_count);
  // The simulator strews lines without a price among them.
  EXPECT_NE(vendor.metrics().find("oanda_stream_untradeable_total"), std::string::npos) << vendor.metrics();
  EXPECT_NE(vendor.metrics().find("oanda_stream_ignored_total"), std::string::npos);
  const Nanos first = nanos(expected.bid.begin()->first);
  for (const auto &[kind, built, recorded] : {std::tuple(TDK_PRICE_BID, &got.bid, &expected.bid),
                                              std::tuple(TDK_PRICE_ASK, &got.ask, &expected.ask)}) {
    QuoteMinutes minutes = built->minutes();
    EXPECT_EQ(minutes.size(), recording.minute_count - 1);
    EXPECT_EQ(built->late(), 0u);
    minutes.merge(history(vendor, recording.symbol, kind, {first, first + kMinute}));
    const std::size_t wrong = count_differing(minutes, *recorded);
    EXPECT_EQ(wrong, 0u);
    std::cout << recording.symbol << (kind == TDK_PRICE_BID ? " bid: " : " ask: ") << got.ticks << " ticks, "
              << built->minutes().size() << " minutes built and the first one asked for, "
              << recorded->size() - wrong << " of " << recorded->size() << " equal the recorded ones\n";
  }
}

TEST_P(OandaTicks, TheirHistoryIsTheRecordedMinutes) {
  const QuoteRecording &recording = GetParam();
  const auto expected = read_minutes(recording);
  sim::Simulator simulator(options());
  Vendor vendor(simulator);
  const tdk_range all{nanos(expected.bid.begin()->first), nanos(expected.bid.rbegin()->first) + kMinute};
  const QuoteMinutes bid = history(vendor, recording.symbol, TDK_PRICE_BID, all);
  const QuoteMinutes ask = history(vendor, recording.symbol, TDK_PRICE_ASK, all);
  EXPECT_EQ(count_differing(bid, expected.bid), 0u);
  EXPECT_EQ(count_differing(ask, expected.ask), 0u);
  std::cout << recording.symbol << " history: " << bid.size() << " bid and " << ask.size() << " ask minutes in "
            << simulator.counters("oanda").requests << " requests\n";
}

// What becomes of a stream, and of a request, that the simulator spoils: the status is what the host acts on.
struct Spoiled {
  const char *name;
  sim::FaultKind kind;
  int http;
  std::vector<tdk_status> statuses;  // any of them
};

class OandaFaults : public testing::Test {
 protected:
  static sim::Options options() {
    sim::Options out;
    out.start_ms = *sim::parse_iso8601("2024-05-15T10:00:30Z");
    out.speed = 100;
    out.limits = false;
    return out;
  }
  sim::Simulator simulator{options()};
  Vendor vendor{simulator};
};

TEST_F(OandaFaults, OfAStreamEndIt) {
  using Kind = sim::FaultKind;
  const Spoiled table[] = {{"cut", Kind::Cut, 0, {TDK_UNAVAILABLE}},
                           {"close", Kind::Close, 0, {TDK_UNAVAILABLE}},
                           {"reset_mid_frame", Kind::ResetMidFrame, 0, {TDK_UNAVAILABLE}},
                           {"garbage", Kind::Garbage, 0, {TDK_BAD_DATA, TDK_UNAVAILABLE}},
                           {"garbage_json", Kind::GarbageJson, 0, {TDK_BAD_DATA}},
                           {"refused", Kind::Refuse, 503, {TDK_UNAVAILABLE}},
                           {"refused", Kind::Refuse, 401, {TDK_UNAUTHENTICATED}},
                           {"refused", Kind::Refuse, 403, {TDK_PERMISSION_DENIED}},
                           {"refused", Kind::Refuse, 429, {TDK_RATE_LIMITED}},
                           {"dropped", Kind::Refuse, 0, {TDK_UNAVAILABLE}},
                           {"html_200", Kind::Html200, 0, {TDK_UNAVAILABLE}}};
  for (const Spoiled &row : table) {
    sim::Fault fault;
    fault.vendor = "oanda";
    fault.kind = row.kind;
    fault.status = row.http;
    fault.path = "stream";
    fault.on_stream = row.kind != Kind::Html200;
    if (row.http == 401) fault.count = 2;  // one alone is asked about once more
    if (fault.on_stream && row.kind != Kind::Refuse) fault.after = 5;
    simulator.inject(fault);
    Streamed got{1'000'000};
    tdk_error error = detail::fresh();
    const tdk_status status = run_stream(vendor, "EUR/USD", got, error);
    EXPECT_NE(std::find(row.statuses.begin(), row.statuses.end(), status), row.statuses.end())
        << row.name << " " << row.http << ": " << status << " " << error.message;
    EXPECT_EQ(got.ticks > 0, fault.after > 0) << row.name;
  }
}

TEST_F(OandaFaults, OfARequestMakeNoRow) {
  using Kind = sim::FaultKind;
  const Spoiled table[] = {{"html_200", Kind::Html200, 0, {TDK_UNAVAILABLE}},
                           {"truncated_json", Kind::TruncatedJson, 0, {TDK_BAD_DATA}},
                           {"empty_200", Kind::Empty200, 0, {TDK_BAD_DATA}},
                           {"empty_body", Kind::EmptyBody, 0, {TDK_BAD_DATA}},
                           {"garbage", Kind::Garbage, 0, {TDK_BAD_DATA}},
                           {"status", Kind::Status, 401, {TDK_UNAUTHENTICATED}},
                           {"status", Kind::Status, 403, {TDK_PERMISSION_DENIED}},
                           {"status", Kind::Status, 502, {TDK_UNAVAILABLE}}};
  const Nanos from = *sim::parse_iso8601("2024-05-14T10:00:00Z") * 1'000'000;
  for (const Spoiled &row : table) {
    sim::Fault fault;
    fault.vendor = "oanda";
    fault.kind = row.kind;
    fault.status = row.http;
    fault.path = "candles";
    fault.count = -1;
    simulator.inject(fault);
    QuoteMinutes minutes;
    tdk_error error = detail::fresh();
    const tdk_status status = fetch(vendor, "EUR/USD", TDK_PRICE_BID, {from, from + kHour}, minutes, error);
    EXPECT_EQ(status, row.statuses[0]) << row.name << " " << row.http << ": " << error.message;
    EXPECT_TRUE(minutes.empty()) << row.name;
    simulator.faults().clear();
  }
}

INSTANTIATE_TEST_SUITE_P(, OandaTicks, testing::Values(integration::eur_usd_2014(), integration::xau_usd_2014()),
                         [](const auto &p) { return p.param.vendor_symbol(); });

}  // namespace
