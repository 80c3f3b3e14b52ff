// A vendor that goes silent, and one that goes away: how soon it is noticed, and how soon all is well again.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <cstdio>

#include "support/live_host.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;

namespace {

namespace json = boost::json;
using Moment = WsClient::Moment;

constexpr Millis kStaleAfter = 2s;                    // as configured below
const Millis kNoticed = promised(kStaleAfter + 1s), kFlows = promised(2s), kClosed = promised(5s);

Moment now() { return std::chrono::steady_clock::now(); }
Millis between(Moment a, Moment b) { return std::chrono::duration_cast<Millis>(b - a); }

bool is_candle(const std::string &text) { return text.starts_with(R"({"type":"candle")"); }
bool is_reconnecting(const std::string &text) {
  return text.find(R"("type":"status")") != std::string::npos && text.find(R"("status":"reconnecting")") != std::string::npos;
}

struct Mute : testing::Test {
  std::unique_ptr<SimServer> sim = std::make_unique<SimServer>();
  Site site{sim->base_url()};
  std::unique_ptr<LiveHost> host;
  std::unique_ptr<WsClient> client;

  void SetUp() override {
    site.pipeline.backfill = false;
    site.pipeline.intervals = {"1s", "1m"};
    site.pipeline.stream = "kinds: [candles], stale_after: 2s";
    host = std::make_unique<LiveHost>(site);
    client = std::make_unique<WsClient>(host->port());
    for (const std::string interval : {"1s", "1m"})
      client->send(R"({"action":"subscribe","symbol":"BTC/USDT","interval":")" + interval + "\"}");
    ASSERT_TRUE(wait_until([this] { return seconds_stored().size() > 3; }, 60s, 50)) << host->err();
  }

  std::vector<Candle> seconds_stored() const {
    if (!std::filesystem::exists(site.store())) return {};
    return site.open_store().candles("BTC/USDT", "1s");
  }
  // Nothing is missing between the first second that is stored and that one.
  bool whole_until(std::int64_t second_ms) const {
    const auto found = seconds_stored();
    if (found.empty() || found.back().open_ms < second_ms) return false;
    const auto inside = [&](const Candle &c) { return c.open_ms <= second_ms; };
    const auto count = std::count_if(found.begin(), found.end(), inside);
    return count == (second_ms - found.front().open_ms) / 1000 + 1;
  }

  struct Times {
    Millis flows{0}, closed{0};
  };
  // From `back` on the vendor answers again.
  Times measure_recovery(Moment back) {
    const std::int64_t back_ms = std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch()).count();
    const auto data = client->wait_for(is_candle, 60s, back);
    if (!data) throw std::runtime_error("no data any more: " + host->err());
    Times out;
    out.flows = between(back, data->at);
    // The last second that was over when it came back.
    const std::int64_t last = back_ms - back_ms % 1000 - 1000;
    if (!wait_until([&] { return whole_until(last); }, 60s, 20)) throw std::runtime_error("a hole is left: " + host->err());
    out.closed = between(back, now());
    return out;
  }
  void check(const Times &t) {
    EXPECT_LT(t.flows, kFlows);
    EXPECT_LT(t.closed, kClosed);
    const auto found = seconds_stored();
    EXPECT_EQ(difference(found, sim->candles("BTCUSDT", "1s", found.front().open_ms, found.back().open_ms + 1000)), "");
    EXPECT_EQ(site.open_store().number("SELECT count(*) FROM coverage WHERE state = 5"), 0) << "failed ranges in the ledger";
    EXPECT_EQ(host->stop(), 0) << host->err();
    const auto gaps = site.tapedeck({"gaps", "FILE"});
    EXPECT_EQ(gaps.exit_code, 0) << gaps.out << gaps.err;
    EXPECT_THAT(gaps.out, testing::Not(HasSubstr("1s"))) << gaps.out;
  }

  // What is open goes silent, and no other connection is let in until it is noticed.
  void silence(const std::string &kind) {
    const Moment began = now();
    sim->fault(R"("kind":"refuse","status":503,"count":-1)");
    sim->fault(R"("now":true,"duration_ms":60000,"kind":")" + kind + "\"");
    const auto told = client->wait_for(is_reconnecting, 60s, began);
    ASSERT_TRUE(told) << host->err();
    const Millis noticed = between(began, told->at);
    EXPECT_LT(noticed, kNoticed);
    EXPECT_GT(noticed, kStaleAfter / 4);
    wait_until([] { return false; }, 2s);  // the outage goes on
    sim->clear_faults();
    const Times t = measure_recovery(now());
    std::printf("%s: noticed after %lld ms; from the vendor's return: data after %lld ms, the hole closed after %lld ms\n",
                kind.c_str(), static_cast<long long>(noticed.count()), static_cast<long long>(t.flows.count()),
                static_cast<long long>(t.closed.count()));
    check(t);
  }
};

TEST_F(Mute, NoDataIsNoticedAndMended) { silence("mute"); }

TEST_F(Mute, NothingAtAllIsNoticedAndMended) { silence("half_open"); }

TEST_F(Mute, AVendorThatIsAwayFor15SecondsIsFoundAgain) {
  const std::uint16_t port = sim->port();
  const Moment began = now();
  sim.reset();
  const auto told = client->wait_for(is_reconnecting, 60s, began);
  ASSERT_TRUE(told) << host->err();
  wait_until([] { return false; }, 15s);
  sim = std::make_unique<SimServer>(std::vector<std::string>{"--limits", "off"}, port);
  const Times t = measure_recovery(now());
  std::printf("away for 15 s: noticed after %lld ms; from the vendor's return: data after %lld ms, the hole closed after %lld ms\n",
              static_cast<long long>(between(began, told->at).count()), static_cast<long long>(t.flows.count()),
              static_cast<long long>(t.closed.count()));
  check(t);
}

}  // namespace
