// Long answers: cut, left, slow, stopped and many at once.
#include <future>

#include "api/api_test_support.hpp"
#include "base/cancel.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
using namespace std::chrono_literals;
namespace {

class Streaming : public ApiTest {
 protected:
  // A scan that gives one batch and then waits until its token fires.
  void stall_after_first_batch() {
    market.before_batch = [](std::uint64_t batch, const tdk_cancel *cancel) {
      if (batch > 0) eventually([&] { return status_of(cancel) != TDK_OK; });
    };
  }
};

const std::string kBig = get_text("/api/v1/candles/BIGUSDT?interval=1m&format=csv");
const std::string kEndless = get_text("/api/v1/candles/BIGUSDT?interval=1m&format=csv&limit=10000000");

}  // namespace

TEST_F(Streaming, SendsABatchAsOneChunk) {
  const Answer a = request(get_text("/api/v1/candles/BIGUSDT?interval=1m&format=csv&limit=40960"));
  EXPECT_TRUE(a.whole);
  EXPECT_EQ(a.chunks, 11u) << "a header and ten batches";
  EXPECT_EQ(std::count(a.body.begin(), a.body.end(), '\n'), 40961);
}

TEST_F(Streaming, BeginsBeforeTheScanIsOver) {
  stall_after_first_batch();
  start();
  RawClient client(server->port());
  client.send(kBig);
  EXPECT_EQ(client.some().substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_EQ(server->counts().open_streams, 1);
}

TEST_F(Streaming, CutsTheBodyWhenTheStoreFailsInTheMiddle) {
  market.before_batch = [](std::uint64_t batch, const tdk_cancel *) {
    if (batch == 2) throw Error(TDK_IO, "the disk is on fire");
  };
  const Answer a = request(kBig);
  EXPECT_EQ(a.status, 200);
  EXPECT_FALSE(a.whole);
  EXPECT_EQ(a.chunks, 3u) << "what was read before is there";
  ASSERT_TRUE(eventually([&] { return server->counts().answers_cut == 1; }));
  ASSERT_TRUE(eventually([&] { return warnings().size() == 1; }));
  EXPECT_NE(warnings()[0].find("the disk is on fire"), std::string::npos) << warnings()[0];
}

TEST_F(Streaming, ResetsHttp10WhenItIsCut) {
  market.before_batch = [](std::uint64_t batch, const tdk_cancel *) {
    if (batch == 2) throw Error(TDK_IO, "the disk is on fire");
  };
  const Answer a = request("GET /api/v1/candles/BIGUSDT?interval=1m&format=csv HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(a.whole);
}

TEST_F(Streaming, StopsTheScanWhenTheClientLeaves) {
  start();
  RawClient client(server->port());
  client.send(kEndless);
  client.some();
  client.close();
  EXPECT_TRUE(market.await_no_scan());
  EXPECT_LT(market.batches, 2000u);
  EXPECT_TRUE(eventually([&] { return server->counts().clients_gone == 1; }));
  EXPECT_EQ(warnings().size(), 0u);
}

TEST_F(Streaming, StopsAScanThatFindsNothingWhenTheClientLeaves) {
  std::atomic<bool> waiting{false}, told{false};
  market.before_batch = [&](std::uint64_t, const tdk_cancel *cancel) {
    waiting = true;
    // The fixture's clock stands still; the look at the socket is due all the same once it moves.
    told = eventually([&] { clock.advance(kSecond / 1000); return status_of(cancel) == TDK_CANCELLED; });
  };
  start();
  RawClient client(server->port());
  client.send(kBig);
  ASSERT_TRUE(eventually([&] { return waiting.load(); }));
  client.close();
  EXPECT_TRUE(eventually([&] { return told.load(); }));
}

TEST_F(Streaming, CutsAClientThatDoesNotRead) {
  ApiLimits limits;
  limits.write = 200ms;
  start(limits);
  RawClient client(server->port(), 4096);
  client.send(kEndless);
  ASSERT_TRUE(eventually([&] { return server->counts().slow_clients_cut == 1; }));
  EXPECT_TRUE(market.await_no_scan());
  ASSERT_TRUE(eventually([&] { return warnings().size() == 1; }));
  EXPECT_NE(warnings()[0].find("the client does not read; cut off"), std::string::npos) << warnings()[0];
  client.rest();
  EXPECT_TRUE(client.reset());
}

TEST_F(Streaming, EndsWhenTheServerStops) {
  start();
  RawClient reading(server->port()), stuck(server->port(), 4096);
  reading.send(kEndless);
  stuck.send(kEndless);
  reading.some();
  stuck.some();
  auto rest = std::async(std::launch::async, [&] { return reading.answer().whole; });
  const auto began = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
  EXPECT_EQ(market.scans, 0);
  EXPECT_FALSE(rest.get());
}

TEST_F(Streaming, IsLimitedInNumber) {
  ApiLimits limits;
  limits.candle_streams = 2;
  start(limits);
  stall_after_first_batch();
  RawClient a(server->port()), b(server->port());
  a.send(kBig);
  b.send(kBig);
  a.some();
  b.some();
  const Answer third = request(kBig);
  EXPECT_EQ(third.status, 503);
  EXPECT_EQ(third.headers.at("retry-after"), "1");
  EXPECT_EQ(get("/health").status, 200);
  EXPECT_EQ(get("/api/v1/coverage").status, 200);
  server->stop();  // before the hook goes: requests are still in it
}

TEST_F(Streaming, ServesFortyAtOnce) {
  ApiLimits limits;
  limits.candle_streams = 32;
  start(limits);
  std::vector<std::future<std::size_t>> clients;
  for (int i = 0; i < 40; ++i)
    clients.push_back(std::async(std::launch::async, [&] {
      RawClient client(server->port());
      client.send(get_text("/api/v1/candles/BIGUSDT?interval=1m&format=ndjson&limit=5000", "Connection: close\r\n"));
      const Answer a = client.answer();
      return a.whole && a.status == 200 ? static_cast<std::size_t>(std::count(a.body.begin(), a.body.end(), '\n')) : 0;
    }));
  for (auto &c : clients) EXPECT_EQ(c.get(), 5000u);
}

TEST_F(Streaming, ConnectionsBeyondTheQueueAreRefusedAtOnce) {
  ApiLimits limits;
  limits.threads = 2;
  limits.queued = 1;
  start(limits);
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 3; ++i) idle.push_back(std::make_unique<RawClient>(server->port()));
  ASSERT_TRUE(eventually([&] { return server->counts().open_connections == 3; }));
  const Answer refused = get("/health");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  EXPECT_EQ(server->counts().refused_connections, 1u);
  idle.clear();
  ASSERT_TRUE(eventually([&] { return server->counts().open_connections == 0; }));
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(Streaming, AnIdleConnectionMakesRoomForOneThatWaits) {
  ApiLimits limits;
  limits.threads = 1;
  start(limits);
  RawClient idle(server->port());
  idle.send(get_text("/health"));
  EXPECT_EQ(idle.answer().status, 200);
  EXPECT_EQ(get("/health").status, 200);
  EXPECT_EQ(idle.rest(), "");
}

TEST_F(Streaming, StoppingTwiceAndStartingTwiceAreHarmless) {
  start();
  EXPECT_THROW(server->start(), Error);
  server->stop();
  server->stop();
  EXPECT_THROW(server->start(), Error);
}
