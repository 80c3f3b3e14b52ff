// `tapedeck run` with the simulated Twelve Data's stream of prices.
#include <gmock/gmock.h>

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
                                     "    symbols: [BTC/USD]\n"
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
        20s, 50);
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

TEST_F(TwelveDataStream, ARefusedKeyIsFinal) {
  start("wrong");
  ASSERT_TRUE(
      wait_until([&] { return host->err().find("check apikey") != std::string::npos; }, 20s, 20))
      << host->err();
  EXPECT_EQ(number("SELECT count(*) FROM trades"), 0);
  EXPECT_THAT(host->err(), testing::Not(HasSubstr("apikey wrong")));
}

}  // namespace
