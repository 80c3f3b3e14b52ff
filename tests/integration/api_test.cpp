// `tapedeck run`: the API of a real process.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include <csignal>
#include <fstream>
#include <sstream>

#include "support/http.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;

namespace {

namespace json = boost::json;

// The local addresses, as the kernel prints them, that a port is listened on.
std::vector<std::string> listeners(std::uint16_t port) {
  std::vector<std::string> out;
  for (const char *file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream in(file);
    std::string line;
    for (std::getline(in, line); std::getline(in, line);) {
      std::istringstream fields(line);
      std::string number, local, remote, state;
      fields >> number >> local >> remote >> state;
      const auto colon = local.find(':');
      if (state == "0A" && std::stoul(local.substr(colon + 1), nullptr, 16) == port) out.push_back(local.substr(0, colon));
    }
  }
  return out;
}

struct Api : testing::Test {
  SimServer sim;
  Site site{sim.base_url()};
  std::unique_ptr<Process> host;
  std::uint16_t port = 0;

  void start() {
    host = std::make_unique<Process>(site.command({"run", "FILE"}));
    const std::string before = "serving http://127.0.0.1:";
    const auto says = [&] { return host->err().find(before) != std::string::npos; };
    if (!wait_until([&] { return says() || !host->running(); }) || !says())
      throw std::runtime_error("tapedeck run does not serve: " + host->err());
    const auto said = host->err();
    port = static_cast<std::uint16_t>(std::stoi(said.substr(said.find(before) + before.size())));
  }
  HttpAnswer get(const std::string &path) const { return http_get(port, path); }
};

TEST_F(Api, IsReadyWhenItServes) {
  start();
  EXPECT_EQ(get("/ready").status, 200);
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(Api, CsvIsWhatQueryPrints) {
  site.backfill();
  start();
  const auto answer = get("/api/v1/candles/BTCUSDT?interval=1m&format=csv");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, site.tapedeck({"query", "FILE", "--symbol", "BTC/USDT", "--interval", "1m"}).out);
  EXPECT_EQ(answer.headers.at("x-coverage"), "complete");
}

TEST_F(Api, JsonNamesTheHolesThatABackfillLeft) {
  sim.fault(R"("kind":"garbage","path":"klines","count":-1,"after":2)");
  EXPECT_EQ(site.backfill().exit_code, 3);
  start();
  const auto answer = get("/api/v1/candles/BTC%2FUSDT?interval=1m&from=2024-01-01&to=2024-01-03");
  EXPECT_EQ(answer.headers.at("x-coverage"), "partial");
  const auto body = json::parse(answer.body);
  EXPECT_EQ(body.at("candles").as_array().size(), 1000u);
  EXPECT_FALSE(body.at("holes").as_array().empty());
}

TEST_F(Api, SeesWhatABackfillBesideItStores) {
  start();
  EXPECT_EQ(lines_of(get("/api/v1/candles/BTCUSDT?interval=1m&format=csv").body).size(), 1u);
  site.backfill();
  EXPECT_EQ(lines_of(get("/api/v1/candles/BTCUSDT?interval=1m&format=csv").body).size(), 2881u);
}

TEST_F(Api, AnUnknownSymbolIsNotFound) {
  start();
  const auto answer = get("/api/v1/candles/BTCUSTD?interval=1m");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("BTC/USDT"));
}

TEST_F(Api, ListensOnLoopbackOnly) {
  start();
  EXPECT_THAT(listeners(port), testing::ElementsAre("0100007F"));
}

TEST_F(Api, PrintsNothingToStandardOutput) {
  start();
  get("/ready");
  EXPECT_EQ(host->out(), "");
}

TEST_F(Api, StopsOnSigtermWithinFiveSeconds) {
  start();
  host->signal(SIGTERM);
  EXPECT_EQ(host->wait(promised(5s)), 0) << host->err();
}

TEST_F(Api, StopsOnSigintWithinFiveSeconds) {
  start();
  host->signal(SIGINT);
  EXPECT_EQ(host->wait(promised(5s)), 0) << host->err();
}

TEST_F(Api, APortThatIsTakenIsOneClearLine) {
  start();
  Site other(sim.base_url());
  other.pipeline.listen = "127.0.0.1:" + std::to_string(port);
  const auto said = other.tapedeck({"run", "FILE"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.err, HasSubstr(std::to_string(port)));
}

}  // namespace
