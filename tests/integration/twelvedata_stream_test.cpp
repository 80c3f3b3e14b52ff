// `tapedeck run` with the simulated Twelve Data: its stream of prices, and facts that somebody asks for.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "support/http.hpp"
#include "support/live_host.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;

namespace {

struct TwelveDataStream : testing::Test {
  // A second file beside the site's own, which has the store.
  void start(const std::string &key) {
    site.pipeline.backfill = false;
    const std::string url = "http://127.0.0.1:" + std::to_string(sim.port()) + "/twelvedata";
    const auto file = site.write("twelvedata.yaml",
                                 "version: 1\n"
                                 "plugins:\n"
                                 "  td: { module: twelvedata, options: { base_url: \"" +
                                     url + "\", apikey: " + key +
                                     " } }\n"
                                     "pipelines:\n"
                                     "  - name: prices\n"
                                     "    symbols: [BTC/USD, ETH/USD]\n"
                                     "    intervals: [1m]\n"
                                     "    sources: [td]\n"
                                     "    storage: store\n"
                                     "    stream: { kinds: [trades, quotes] }\n");
    host = std::make_unique<LiveHost>(site, std::vector<std::string>{file.string()});
  }
  std::int64_t number(const std::string &sql) const {
    return std::filesystem::exists(site.store()) ? site.open_store().number(sql) : 0;
  }
  bool wait_for(const std::string &table) const {
    return wait_until(
        [&] { return number("SELECT count(*) FROM " + table + " WHERE symbol = 'BTC/USD'") > 2; },
        60s, 50);
  }

  SimServer sim{{}};
  Site site{sim.base_url()};
  std::unique_ptr<LiveHost> host;
};

TEST_F(TwelveDataStream, PricesAreStoredAsTradesWithoutASizeAndAsQuotes) {
  start("k3y");
  ASSERT_TRUE(wait_for("trades")) << host->err();
  ASSERT_TRUE(wait_for("quotes")) << host->err();
  EXPECT_EQ(number("SELECT count(*) FROM trades WHERE size IS NOT NULL"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM quotes WHERE bid IS NULL OR ask IS NULL"), 0);
}

TEST_F(TwelveDataStream, HasNoEconomicCalendarAndSaysSo) {
  start("k3y");
  for (const char *provider : {"", "?provider=td"}) {
    const auto answer = http_get(host->port(), std::string("/api/v1/events/economic") + provider);
    EXPECT_EQ(answer.status, 501) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("not_supported"));
    EXPECT_THAT(answer.body, HasSubstr("not supported by this provider"));
  }
}

TEST_F(TwelveDataStream, QuotesOfSeveralSymbolsAreOneRequest) {
  start("k3y");
  const auto credits_and_requests = [&] {
    const auto state = boost::json::parse(http_get(sim.port(), "/sim/state").body);
    const auto &vendor = state.at("vendors").at("twelvedata");
    return std::pair(vendor.at("weight_used").to_number<int>(),
                     vendor.at("requests").to_number<int>());
  };
  const auto answer = http_get(host->port(), "/api/v1/quotes?symbols=BTCUSD,ETHUSD");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto body = boost::json::parse(answer.body);
  ASSERT_EQ(body.at("quotes").as_array().size(), 2u) << answer.body;
  for (const auto &quote : body.at("quotes").as_array())
    EXPECT_TRUE(quote.at("price").is_string()) << quote;
  EXPECT_EQ(credits_and_requests(), std::pair(2, 1)) << "a credit each";
}

TEST_F(TwelveDataStream, ARefusedKeyIsFinal) {
  start("wrong");
  ASSERT_TRUE(
      wait_until([&] { return host->err().find("check apikey") != std::string::npos; }, 60s, 20))
      << host->err();
  EXPECT_EQ(number("SELECT count(*) FROM trades"), 0);
  EXPECT_THAT(host->err(), testing::Not(HasSubstr("apikey wrong")));
}

}  // namespace
