// What `tapedeck run` asks a vendor for when somebody wants it: quotes, symbols, where data begins, events.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "support/http.hpp"
#include "support/live_host.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;
namespace json = boost::json;

namespace {

struct Facts : testing::Test {
  json::object get(const std::string &path, int status = 200) const {
    const auto answer = http_get(host.port(), path);
    EXPECT_EQ(answer.status, status) << path << " " << answer.body;
    return json::parse(answer.body).as_object();
  }

  SimServer sim;
  Site site{sim.base_url()};
  LiveHost host{without_backfill(site)};  // so that every request is for a fact

 private:
  static const Site &without_backfill(Site &site) {
    site.pipeline.backfill = false;
    return site;
  }
};

TEST_F(Facts, AQuoteIsAskedOnceKeptAndStored) {
  const auto first = get("/api/v1/quotes/BTCUSDT");
  EXPECT_EQ(first.at("symbol"), "BTC/USDT");
  EXPECT_EQ(first.at("source"), "binance");
  EXPECT_TRUE(first.at("price").is_string());
  const auto requests = sim.requests();
  const auto second = get("/api/v1/quotes/BTC%2FUSDT");
  EXPECT_EQ(second.at("cached"), true);
  EXPECT_EQ(second.at("price"), first.at("price"));
  EXPECT_EQ(sim.requests(), requests);
  EXPECT_EQ(site.open_store().text("SELECT symbol || ' ' || last || ' ' || source FROM quotes"),
            "BTC/USDT " + std::string(first.at("last").as_string()) + " binance");
}

TEST_F(Facts, SeveralQuotesAndOneThatThereIsNot) {
  const auto quotes = get("/api/v1/quotes?symbols=BTCUSDT,ETHUSDT,NOSUCHUSDT").at("quotes").as_array();
  ASSERT_EQ(quotes.size(), 3u);
  EXPECT_TRUE(quotes[0].at("price").is_string());
  EXPECT_TRUE(quotes[1].at("price").is_string()) << "not configured, of a class that is";
  EXPECT_EQ(quotes[2].at("error").at("code"), "unknown_symbol") << quotes[2];
}

TEST_F(Facts, SymbolsAreFoundAndStored) {
  const auto found = get("/api/v1/symbols?query=BTC&limit=3");
  ASSERT_FALSE(found.at("symbols").as_array().empty());
  EXPECT_EQ(found.at("symbols").at(0).at("asset_class"), "crypto");
  EXPECT_EQ(found.at("symbols").at(0).at("source"), "binance");
  EXPECT_GE(site.open_store().number("SELECT count(*) FROM instruments WHERE symbol = 'BTC/USDT'"), 1);
  const auto catalogue = get("/api/v1/instruments").at("instruments").as_array();
  ASSERT_EQ(catalogue.size(), 1u);
  EXPECT_EQ(catalogue[0].at("exchange"), "Binance");
}

TEST_F(Facts, TheVendorsFirstCandle) {
  const auto first = get("/api/v1/symbols/BTCUSDT/earliest?interval=1m");
  EXPECT_TRUE(first.at("earliest").is_string());
  EXPECT_EQ(first.at("source"), "binance");
}

TEST_F(Facts, AVendorWithoutACalendarSaysSo) {
  const auto refused = get("/api/v1/events/economic", 501).at("error").as_object();
  EXPECT_EQ(refused.at("code"), "not_supported");
  EXPECT_THAT(std::string(refused.at("message").as_string()), testing::HasSubstr("binance: an economic calendar is not supported by this provider"));
}

TEST_F(Facts, AVendorThatIsAwayIsNoEmptyAnswer) {
  sim.fault(R"("kind":"garbage","path":"ticker","count":-1)");
  const auto refused = get("/api/v1/quotes/BTCUSDT", 502).at("error").as_object();
  EXPECT_EQ(refused.at("code"), "vendor_failed");
}

}  // namespace
