// A year of real minutes with every fault of the real world: no-trade minutes, outages, a month that is
// not there at all. Fetched once; each case looks at another side of the result.
#include <gmock/gmock.h>

#include <cstdio>
#include <memory>

#include "support/recorded_csv.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;

namespace {

constexpr std::int64_t kYear2015Ms = 1'420'070'400'000, kYear2016Ms = 1'451'606'400'000;
constexpr std::int64_t kMinutes = (kYear2016Ms - kYear2015Ms) / kMinuteMs;

struct Fetched {
  explicit Fetched(const std::filesystem::path &file)
      : recorded(read_bitfinex(file)), sim({"--limits", "off", "--csv", "binance:BTCUSD:1m=" + file.string()}),
        site(sim.base_url()) {
    site.pipeline.symbols = {"BTC/USD"};
    site.pipeline.since = "2015-01-01";
    site.pipeline.until = "2016-01-01";
    site.pipeline.parallel = 4;
    outcome = site.backfill({"--from", "2015-01-01", "--to", "2016-01-01"}, 170s);
    requests = sim.requests();
    ledger = site.open_store().ledger();
    std::printf("%zu rows, %llu requests, %lld ms\n", recorded.size(), static_cast<unsigned long long>(requests),
                static_cast<long long>(outcome.took.count()));
  }
  std::vector<Candle> recorded;
  SimServer sim;
  Site site;
  Outcome outcome;
  std::uint64_t requests = 0;
  std::vector<LedgerRow> ledger;
};

class RealYear : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto file = shared_folder() / "data/crypto_btcusd_m1_bitfinex_2015/btcusd_bitfinex_m1_2015.csv.gz";
    if (std::filesystem::exists(file)) fetched_ = std::make_unique<Fetched>(file);
  }
  static void TearDownTestSuite() { fetched_.reset(); }
  void SetUp() override {
    if (!fetched_) GTEST_SKIP() << "TAPEDECK_SHARED holds no data/crypto_btcusd_m1_bitfinex_2015";
  }
  static inline std::unique_ptr<Fetched> fetched_;
};

TEST_F(RealYear, EndsWithZero) { EXPECT_EQ(fetched_->outcome.exit_code, 0) << fetched_->outcome.err; }

TEST_F(RealYear, IsStoredRowForRow) {
  const auto stored = fetched_->site.open_store().candles("BTC/USD", "1m");
  EXPECT_EQ(stored.size(), 366'710u);
  EXPECT_EQ(difference(stored, fetched_->recorded), "");
}

// Every absent minute, and nothing but them: gaps between neighbours in the file.
TEST_F(RealYear, EveryAbsentMinuteIsExplainedAsNoTrades) {
  std::vector<std::pair<std::int64_t, std::int64_t>> absent, explained;
  for (std::size_t i = 1; i < fetched_->recorded.size(); ++i) {
    const auto from = fetched_->recorded[i - 1].open_ms + kMinuteMs, to = fetched_->recorded[i].open_ms;
    if (from != to) absent.emplace_back(from, to);
  }
  for (const auto &row : fetched_->ledger) {
    if (row.state != "no trades") continue;
    if (!explained.empty() && explained.back().second == row.from_ms)
      explained.back().second = row.to_ms;  // two reasons, one hole
    else
      explained.emplace_back(row.from_ms, row.to_ms);
  }
  EXPECT_EQ(explained.size(), absent.size());
  EXPECT_TRUE(explained == absent);
}

TEST_F(RealYear, EveryMinuteIsPresentOrWithoutTrades) {
  std::map<std::string, std::int64_t> minutes;
  std::int64_t at = kYear2015Ms;
  for (const auto &row : fetched_->ledger) {
    ASSERT_EQ(row.from_ms, at);
    at = row.to_ms;
    minutes[row.state] += (row.to_ms - row.from_ms) / kMinuteMs;
  }
  EXPECT_EQ(at, kYear2016Ms);
  EXPECT_THAT(minutes, testing::ElementsAre(testing::Pair("no trades", kMinutes - 366'710),
                                            testing::Pair("present", 366'710)));
}

TEST_F(RealYear, GapsSaysThatThereAreNoHoles) {
  EXPECT_EQ(fetched_->site.tapedeck({"gaps", "FILE"}).out, "no holes\n");
}

// 527 pages less the 31 of the lost month, and a question for each edge of a page without a candle:
// every fourth minute of this market is without trades.
TEST_F(RealYear, CostsLittleMoreThanItsPages) { EXPECT_LT(fetched_->requests, 700u); }

TEST_F(RealYear, TheLostMonthCostsFewRequests) {
  Site site(fetched_->sim.base_url());
  site.pipeline = fetched_->site.pipeline;
  site.pipeline.store = site.directory() / "month.db";
  fetched_->sim.reset();
  const auto done = site.backfill({"--from", "2015-05-01T04:00:00Z", "--to", "2015-06-01"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_LE(fetched_->sim.requests(), 12u) << "31 * 1,440 minutes are 45 pages";
}

TEST_F(RealYear, ASecondRunAsksNothing) {
  fetched_->sim.reset();
  EXPECT_EQ(fetched_->site.backfill().exit_code, 0);
  EXPECT_EQ(fetched_->sim.requests(), 0u);
}

TEST_F(RealYear, QueryPrintsTheFlashCrashAsRecorded) {
  const auto printed = fetched_->site.tapedeck({"query", "FILE", "--symbol", "BTC/USD", "--interval", "1m", "--from",
                                                "2015-08-18T23:44:00Z", "--to", "2015-08-18T23:59:00Z"});
  std::vector<Candle> found, recorded;
  const auto lines = lines_of(printed.out);
  for (const auto &c : fetched_->recorded)
    if (c.open_ms >= 1'439'941'440'000 && c.open_ms < 1'439'942'340'000) recorded.push_back(c);
  ASSERT_EQ(lines.size(), recorded.size() + 1);
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    std::vector<std::string> cells;
    for (std::size_t at = 0; at <= lines[i + 1].size();) {
      const auto end = std::min(lines[i + 1].find(',', at), lines[i + 1].size());
      cells.push_back(lines[i + 1].substr(at, end - at));
      at = end + 1;
    }
    found.push_back({recorded[i].open_ms, units_of(cells.at(1)), units_of(cells.at(2)), units_of(cells.at(3)),
                     units_of(cells.at(4)), units_of(cells.at(5))});
  }
  EXPECT_EQ(difference(found, recorded), "");
}

}  // namespace
