// Many clients of the stream at once.
#include <boost/json.hpp>

#include <future>
#include <thread>

#include "api/stream_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

constexpr int kClients = 200;
constexpr std::int64_t kMessages = 1000;

class StreamLoad : public StreamTest {
 protected:
  static std::string trades_request() { return R"({"action":"subscribe","symbol":"BTC/USDT","channel":"trades"})"; }
  // The sequence numbers of the next `count` trades.
  static bool in_order(StreamPeer &peer, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
      if (peer.next().find("\"sequence\":" + std::to_string(i) + ",") == std::string::npos) return false;
    return true;
  }
};

}  // namespace

TEST_F(StreamLoad, TwoHundredClientsGetEveryMessageInOrder) {
  start();
  std::vector<std::unique_ptr<StreamPeer>> peers;
  for (int i = 0; i < kClients; ++i) {
    peers.push_back(std::make_unique<StreamPeer>(server->port()));
    ASSERT_NE(peers.back()->ask(trades_request()).find("subscribed"), std::string::npos);
  }
  EXPECT_EQ(server->counts().stream_clients, kClients);
  std::thread publisher([&] {
    for (std::int64_t i = 0; i < kMessages; ++i) tick(trade(i, 0, i));
  });
  std::vector<std::future<int>> readers;
  for (int part = 0; part < 4; ++part)
    readers.push_back(std::async(std::launch::async, [&, part] {
      int good = 0;
      for (int i = part; i < kClients; i += 4) good += in_order(*peers[static_cast<std::size_t>(i)], kMessages) ? 1 : 0;
      return good;
    }));
  int good = 0;
  for (auto &r : readers) good += r.get();
  publisher.join();
  EXPECT_EQ(good, kClients);
  EXPECT_EQ(server->counts().slow_clients_cut, 0u);
  EXPECT_TRUE(eventually([&] { return server->counts().stream_messages == kClients * (kMessages + 1); }));
}

TEST_F(StreamLoad, ClientsComeAndGoWhilePublishersPublish) {
  start();
  std::atomic<bool> stop{false};
  std::vector<std::thread> publishers;
  for (int p = 0; p < 2; ++p)
    publishers.emplace_back([&, p] {
      for (std::int64_t i = 0; !stop; ++i) {
        if (p == 0) candle(i);
        else tick(quote(i));
        if (i % 200 == 0) status(StreamState::Connected, "again");
        std::this_thread::yield();
      }
    });
  std::vector<std::future<bool>> clients;
  for (int c = 0; c < 4; ++c)
    clients.push_back(std::async(std::launch::async, [&] {
      bool well = true;
      for (int i = 0; i < 10; ++i) {
        StreamPeer peer(server->port());
        for (const char *text : {R"({"action":"subscribe","symbol":"BTC/USDT","interval":"1m"})",
                                 R"({"action":"subscribe","symbol":"BTC/USDT"})", R"({"action":"tap","pipeline":"crypto"})",
                                 R"({"action":"unsubscribe","symbol":"BTC/USDT"})"})
          peer.say(text);
        for (int n = 0; n < 50; ++n) well = well && !peer.next().empty();
      }
      return well;
    }));
  for (auto &c : clients) EXPECT_TRUE(c.get());
  stop = true;
  for (auto &p : publishers) p.join();
  EXPECT_TRUE(eventually([&] { return server->counts().stream_clients == 0; }));
}
