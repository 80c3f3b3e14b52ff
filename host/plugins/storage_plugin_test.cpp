#include "plugins/storage_plugin.hpp"

#include <gmock/gmock.h>

#include <semaphore>
#include <thread>

#include "base/cancel.hpp"
#include "market/series.hpp"
#include "plugins/test_support.hpp"

using namespace tapedeck;
using testing::HasSubstr;

namespace {

class StoragePluginTest : public testing::Test {
 protected:
  StoragePlugin make(Watchdog *watchdog = nullptr) {
    InstanceSettings settings;
    settings.options = {{"path", "nowhere"}};
    settings.host = test::BareHost::view(host_);
    settings.watchdog = watchdog;
    settings.on_wedged = [this](const WedgedEvent &event) {
      event_ = event.text;
      raised_.release();
    };
    return StoragePlugin(PluginInstance::make(Module::load(SCRIPTED_PLUGIN), "store", settings));
  }
  tdk_commit_result commit(StoragePlugin &store, const std::string &symbol,
                           const std::vector<std::int64_t> &times) {
    const Series series{symbol, Interval(), TDK_PRICE_TRADE, TDK_ADJ_RAW};
    const auto raw = series.abi("feed");
    tdk_candle_batch batch{};
    batch.struct_size = sizeof batch;
    batch.count = times.size();
    batch.open_time = batch.open = batch.high = batch.low = batch.close = times.data();
    tdk_commit c{};
    c.struct_size = sizeof c;
    c.series = &raw;
    c.batch = &batch;
    return store.commit(c);
  }
  static tdk_candle_request request(const tdk_series &series, tdk_range range) {
    return {sizeof(tdk_candle_request), 0, &series, range, 0, 0};
  }

  std::shared_ptr<test::BareHost> host_ = test::BareHost::make();
  const Series series_{"X", Interval(), TDK_PRICE_TRADE, TDK_ADJ_RAW};
  const tdk_series raw_ = series_.abi();
  std::string event_;
  std::binary_semaphore raised_{0};
};

TEST_F(StoragePluginTest, CommitsAndHandsBack) {
  auto store = make();
  EXPECT_EQ(commit(store, "X", {1, 2, 3}).inserted, 3u);
  std::uint64_t rows = 0;
  EXPECT_EQ(store.query(
                request(raw_, {0, 10}),
                [&](const tdk_candle_batch &b) { return rows += b.count, TDK_OK; }, nullptr),
            TDK_OK);
  EXPECT_EQ(rows, 3u);
  std::string symbol;
  store.list_series([&](const tdk_series_stat &s) { return symbol = sv(s.series->symbol), TDK_OK; },
                    nullptr);
  EXPECT_EQ(symbol, "X");
  EXPECT_EQ(store.remove_before(raw_, 10, nullptr), 3u);
}

TEST_F(StoragePluginTest, ChecksWhatItReads) {
  auto store = make();
  commit(store, "X", {1, 20});
  const auto error = test::error_of([&] {
    store.query(
        request(raw_, {0, 10}), [](auto &) { return TDK_OK; }, nullptr);
  });
  EXPECT_STREQ(error.what(), "store: query: open_time is outside the range asked for");
}

TEST_F(StoragePluginTest, ChecksTheQuotesItReads) {
  auto store = make();
  int quotes = 0;
  const auto query = [&](const char *symbol, std::uint32_t flags, tdk_range range) {
    const tdk_quote_request rq{sizeof rq, flags, str(symbol), range, 0};
    store.query_quotes(
        rq, [&](auto &) { return ++quotes, TDK_OK; }, nullptr);
  };
  query("X", 0, {0, 10});
  EXPECT_EQ(quotes, 2);
  EXPECT_STREQ(test::error_of([&] { query("DISORDER", 0, {0, 10}); }).what(),
               "store: query_quotes: the quotes are not in order");
  EXPECT_STREQ(test::error_of([&] { query("X", TDK_QUOTES_TRADES, {0, 10}); }).what(),
               "store: query_quotes: a quote of the kind not asked for");
  EXPECT_STREQ(test::error_of([&] { query("X", 0, {0, 1}); }).what(),
               "store: query_quotes: a quote's time is outside the range asked for");
}

TEST_F(StoragePluginTest, ALaterFunctionMayBeMissing) {
  auto store = make();
  EXPECT_EQ(test::error_of([&] { store.commit_batch({}); }).code(), TDK_NOT_SUPPORTED);
}

TEST_F(StoragePluginTest, SinksMayStop) {
  auto store = make();
  int entries = 0;
  EXPECT_EQ(store.coverage(
                raw_, {0, 10}, [&](auto &) { return ++entries, TDK_STOP; }, nullptr),
            TDK_STOP);
  EXPECT_EQ(entries, 1);
}

TEST_F(StoragePluginTest, SaysWhatIsNotSupported) {
  auto store = make();
  const auto error = test::error_of([&] {
    store.revisions(
        raw_, {0, 10}, [](auto &) { return TDK_OK; }, nullptr);
  });
  EXPECT_EQ(error.code(), TDK_NOT_SUPPORTED);
  EXPECT_STREQ(error.what(), "store: revisions: not_supported");
}

TEST_F(StoragePluginTest, HealthIsThePluginsWord) {
  auto store = make();
  store.instance().health();
  EXPECT_THROW(commit(store, "FULL", {}), Error);
  EXPECT_STREQ(test::error_of([&] { store.instance().health(); }).what(),
               "store: health: disk is full");
}

TEST_F(StoragePluginTest, ALateCallClosesTheStoreUntilItReturns) {
  ManualClock clock(0);
  Watchdog watchdog({5 * kSecond, 1'000'000, &clock});
  auto store = make(&watchdog);
  const Series hang{"HANG", Interval(), TDK_PRICE_TRADE, TDK_ADJ_RAW};
  const auto raw = hang.abi();
  CancelSource source;
  const CancelToken token(source, 0, clock);
  std::jthread reader([&] {
    test::error_of([&] {
      store.query(
          request(raw, {0, 10}), [](auto &) { return TDK_OK; }, token.raw());
    });
  });
  while (!raised_.try_acquire_for(std::chrono::milliseconds(2))) clock.advance(kSecond);
  EXPECT_THAT(event_, HasSubstr("wedged in query since 00:00:"));
  EXPECT_THAT(event_, HasSubstr("waiting for it to return"));
  const auto meanwhile = test::error_of([&] { store.instance().health(); });
  EXPECT_EQ(meanwhile.code(), TDK_UNAVAILABLE);
  host_->release();
  reader.join();
  store.instance().health();
  EXPECT_EQ(store.instance().wedged(), "");
}

}  // namespace
