#include "publish/publishing_storage.hpp"

#include <gmock/gmock.h>

#include "market/candle_row.hpp"

using namespace tapedeck;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

const Series kBitcoin{"BTC/USDT", *Interval::parse("1m")};

// What a storage was given, with texts of its own.
struct Given {
  OutboxEvent::About about;
  std::uint64_t commit, row;
  std::string sink, type, key;
  Nanos time;
  std::string payload;
};

class ListeningStorage final : public Storage {
 public:
  explicit ListeningStorage(std::vector<Given> &given, int &plain) : given_(given), plain_(plain) {}
  CommitResult commit(const Commit &) override {
    ++plain_;
    return {};
  }
  CommitResult commit_batch(const CommitBatch &b) override {
    for (const auto &e : b.events)
      given_.push_back({e.about, e.commit, e.row, std::string(e.sink), std::string(e.type), std::string(e.key), e.time,
                        std::string(e.payload)});
    return {};
  }
  void query(const CandleScan &, const OnBatch &, const tdk_cancel *) override {}
  std::vector<LedgerEntry> coverage(const Series &, std::string_view, TimeRange, const tdk_cancel *) override { return {}; }
  std::vector<SeriesStat> list_series(const tdk_cancel *) override { return {}; }
  void health() override {}

 private:
  std::vector<Given> &given_;
  int &plain_;
};

CandleColumns candles(std::int64_t from, std::int64_t count, std::uint32_t state_of_the_last = 0) {
  CandleColumns out;
  for (std::int64_t i = from; i < from + count; ++i) {
    CandleRow row{.open_time = i * kMinute, .open = 100, .high = 102, .low = 98, .close = 101, .volume = 7, .price_exp = -2};
    if (i + 1 == from + count) row.state = state_of_the_last;
    out.append(batch_of(row));
  }
  return out;
}

Commit commit_of(const CandleColumns *rows, const std::string &pipeline, const Series &series = kBitcoin) {
  Commit c;
  c.series = series;
  c.source = "binance";
  c.candles = rows;
  c.pipeline = pipeline;
  return c;
}

Tick trade(std::int64_t n) {
  Tick t;
  t.time = t.sequence = n;
  t.last = 5;
  t.flags = TDK_QUOTE_TRADE;
  return t;
}

std::string correlation_of(const Given &g) {
  const auto at = g.payload.find("\"correlation_id\":\"");
  return at == std::string::npos ? "" : g.payload.substr(at, g.payload.find(',', at) - at);
}

struct PublishingStorageTest : testing::Test {
  std::vector<std::string> rows() const {
    std::vector<std::string> out;
    for (const auto &g : given)
      out.push_back(g.sink + " " + g.key + " " + std::to_string(g.commit) + "/" + std::to_string(g.row));
    return out;
  }
  std::vector<Given> given;
  int plain = 0, stored = 0;
  CorrelationIds ids;
  std::unique_ptr<Storage> storage = make_publishing_storage(std::make_unique<ListeningStorage>(given, plain),
                                                             {{"one", {"bus"}}, {"two", {"bus", "archive"}}}, ids,
                                                             [this] { ++stored; });
};

TEST_F(PublishingStorageTest, EachCandleIsAnEventOfTheRowThatItTellsOf) {
  const auto two = candles(10, 2);
  storage->commit(commit_of(&two, "one"));
  EXPECT_THAT(rows(), ElementsAre("bus BTC/USDT 1m 0/0", "bus BTC/USDT 1m 0/1"));
  EXPECT_EQ(given[1].about, OutboxEvent::About::Candle);
  EXPECT_EQ(given[1].type, "candle");
  EXPECT_EQ(given[1].time, 11 * kMinute);
  EXPECT_THAT(given[1].payload, HasSubstr(R"("timestamp":"1970-01-01T00:11:00Z")"));
  EXPECT_EQ(stored, 1);
}

TEST_F(PublishingStorageTest, AFormingCandleIsNone) {
  const auto three = candles(0, 3, TDK_CANDLE_FORMING);
  storage->commit(commit_of(&three, "one"));
  EXPECT_THAT(rows(), ElementsAre("bus BTC/USDT 1m 0/0", "bus BTC/USDT 1m 0/1"));
  const auto forming = candles(0, 1, TDK_CANDLE_FORMING);
  storage->commit(commit_of(&forming, "one"));
  EXPECT_EQ(plain, 1) << "without events it is a commit like any other";
}

TEST_F(PublishingStorageTest, WhoPublishesToNobodyCommitsAsEver) {
  const auto one = candles(0, 1);
  storage->commit(commit_of(&one, "three"));
  storage->commit(commit_of(nullptr, "one"));
  EXPECT_THAT(given, IsEmpty());
  EXPECT_EQ(plain, 2);
  EXPECT_EQ(stored, 0);
}

TEST_F(PublishingStorageTest, PipelinesOfOneStorePublishEachToItsOwnSinks) {
  const auto one = candles(0, 1), other = candles(5, 1);
  CommitBatch batch;
  batch.commits = {commit_of(&one, "three"), commit_of(&one, "one"),
                   commit_of(&other, "two", {"EUR/USD", *Interval::parse("1m"), TDK_PRICE_MID})};
  storage->commit_batch(batch);
  EXPECT_THAT(rows(), ElementsAre("bus BTC/USDT 1m 1/0", "bus EUR/USD 1m mid 2/0", "archive EUR/USD 1m mid 2/0"));
  EXPECT_EQ(given[1].payload, given[2].payload);
}

TEST_F(PublishingStorageTest, TicksAreCountedOverAllSymbols) {
  CommitBatch batch;
  batch.pipeline = "one";
  batch.source = "binance";
  batch.ticks = {{"BTC/USDT", {trade(1), trade(2)}}, {"ETH/USDT", {trade(3)}}};
  storage->commit_batch(batch);
  EXPECT_THAT(rows(), ElementsAre("bus BTC/USDT 0/0", "bus BTC/USDT 0/1", "bus ETH/USDT 0/2"));
  EXPECT_EQ(given[2].about, OutboxEvent::About::Quote);
  EXPECT_EQ(given[2].type, "tick");
}

TEST_F(PublishingStorageTest, OneCommitHasOneCorrelation) {
  const auto two = candles(0, 2);
  storage->commit(commit_of(&two, "one"));
  storage->commit(commit_of(&two, "one"));
  EXPECT_NE(correlation_of(given[0]), "");
  EXPECT_EQ(correlation_of(given[0]), correlation_of(given[1]));
  EXPECT_NE(correlation_of(given[1]), correlation_of(given[2]));
}

}  // namespace
