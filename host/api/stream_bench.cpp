// What WS /api/v1/stream costs: messages a second to 1, 2 and 200 subscribers, and the time from publish()
// to the subscriber at 1,000 messages a second. Publisher, server and subscribers share this process.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/WebSocket.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/api_server.hpp"
#include "api/fake_market.hpp"
#include "live/live_hub.hpp"
#include "net/ws_frame.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

constexpr std::int64_t kInFlight = 8000;  // less than an outbox takes

double cpu_seconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}

// A handshake by POCO; then the bytes are read bare.
class Subscriber {
 public:
  explicit Subscriber(std::uint16_t port)
      : session_("127.0.0.1", port),
        request_(Poco::Net::HTTPRequest::HTTP_GET, "/api/v1/stream", Poco::Net::HTTPMessage::HTTP_1_1),
        socket_(session_, request_, response_) {
    const std::string text = R"({"action":"subscribe","symbol":"BTC/USDT","channel":"trades"})";
    socket_.sendFrame(text.data(), int(text.size()));
    char answer[1000];
    int flags = 0;
    socket_.receiveFrame(answer, sizeof answer, flags);
  }
  int fd() const { return socket_.impl()->sockfd(); }
  // Calls `on_message` with each that is there now.
  template <typename Work>
  void read(const Work &on_message) {
    const auto room = reader_.room();
    const ssize_t n = recv(fd(), room.data(), room.size(), MSG_DONTWAIT);
    if (n <= 0) return;
    reader_.filled(std::size_t(n));
    for (WsEvent e = reader_.next(); e.kind != WsEvent::Kind::None; e = reader_.next())
      if (e.kind == WsEvent::Kind::Text) on_message(e.payload);
  }
  std::int64_t heard = 0;

 private:
  Poco::Net::HTTPClientSession session_;
  Poco::Net::HTTPRequest request_;
  Poco::Net::HTTPResponse response_;
  Poco::Net::WebSocket socket_;
  WsReader reader_{WsRole::Client, {.buffer = 256 * 1024}};
};

struct Bench {
  Bench() {
    symbol = hub.open_symbol("crypto", "BTC/USDT");
    ApiConfig config;
    config.port = 0;
    server = std::make_unique<ApiServer>(config, ApiPorts{*market.query, {}, {}, {}, "bench", system_clock(), {}, {}, &hub});
    server->start();
  }
  void publish(std::int64_t i) {
    Tick t;
    t.time = kStart + i * 1'000'000;
    t.sequence = i;
    t.last = 6'500'000 + i % 1000;
    t.last_size = 1'500 + i % 7;
    t.price_exp = -2;
    t.size_exp = -5;
    t.flags = TDK_QUOTE_TRADE | TDK_QUOTE_BUY;
    hub.publish(LiveStage::Published, *symbol, {&t, 1}, "binance");
  }
  FakeMarket market;
  LiveHub hub;
  std::shared_ptr<const LiveSymbol> symbol;
  std::unique_ptr<ApiServer> server;
};

// Reads for all until each has heard `count`; `slowest` is what the one furthest behind has.
template <typename Work>
void read_all(std::vector<std::unique_ptr<Subscriber>> &all, std::int64_t count, std::atomic<std::int64_t> &slowest,
              const Work &on_message) {
  std::vector<pollfd> fds;
  for (const auto &s : all) fds.push_back({s->fd(), POLLIN, 0});
  while (slowest < count) {
    poll(fds.data(), fds.size(), 1000);
    std::int64_t least = count;
    for (std::size_t i = 0; i < all.size(); ++i) {
      Subscriber &s = *all[i];
      if (fds[i].revents != 0) s.read([&](std::string_view text) { ++s.heard; on_message(text); });
      least = std::min(least, s.heard);
    }
    slowest = least;
  }
}

std::vector<std::unique_ptr<Subscriber>> subscribe(const Bench &bench, int subscribers) {
  std::vector<std::unique_ptr<Subscriber>> all;
  for (int i = 0; i < subscribers; ++i) all.push_back(std::make_unique<Subscriber>(bench.server->port()));
  return all;
}

void throughput(Bench &bench, int subscribers, std::int64_t count) {
  auto all = subscribe(bench, subscribers);
  std::atomic<std::int64_t> slowest{0};
  const double cpu_began = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID), began = cpu_seconds(CLOCK_MONOTONIC);
  double publisher_cpu = 0;
  std::thread publisher([&] {
    for (std::int64_t i = 0; i < count; ++i) {
      while (i - slowest > kInFlight) std::this_thread::yield();
      bench.publish(i);
    }
    publisher_cpu = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  });
  read_all(all, count, slowest, [](std::string_view) {});
  publisher.join();
  const double wall = cpu_seconds(CLOCK_MONOTONIC) - began;
  std::printf("%3d subscribers: %9.0f messages/s published, %10.0f/s delivered; publishing %5.2f us each, %.2f cores in all\n",
              subscribers, double(count) / wall, double(count) * subscribers / wall, publisher_cpu / double(count) * 1e6,
              (cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_began) / wall);
}

void latency(Bench &bench, int subscribers, std::int64_t count) {
  auto all = subscribe(bench, subscribers);
  std::vector<std::atomic<std::int64_t>> sent(static_cast<std::size_t>(count));
  std::vector<std::int64_t> took;
  took.reserve(sent.size() * all.size());
  std::atomic<std::int64_t> slowest{0};
  std::thread publisher([&] {
    const std::int64_t began = system_clock().monotonic_ns();
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t wait = began + i * 1'000'000 - system_clock().monotonic_ns();
      if (wait > 0) system_clock().sleep_ns(wait, nullptr);
      sent[std::size_t(i)] = system_clock().monotonic_ns();
      bench.publish(i);
    }
  });
  read_all(all, count, slowest, [&](std::string_view text) {
    const std::size_t at = text.find("\"sequence\":") + 11;
    took.push_back(system_clock().monotonic_ns() - sent[std::size_t(std::stoll(std::string(text.substr(at, 20))))]);
  });
  publisher.join();
  std::sort(took.begin(), took.end());
  const auto at = [&](double share) { return double(took[std::size_t(double(took.size() - 1) * share)]) / 1e3; };
  std::printf("%3d subscribers, 1,000 messages/s: publish to subscriber p50 %.0f us, p99 %.0f us, most %.0f us\n", subscribers,
              at(0.5), at(0.99), at(1));
}

}  // namespace

int main() {
  Bench bench;
  for (int i = 0; i < 3; ++i) throughput(bench, 1, 1'000'000);
  for (int i = 0; i < 3; ++i) throughput(bench, 2, 1'000'000);
  throughput(bench, 200, 20'000);
  for (const int subscribers : {1, 10, 200}) latency(bench, subscribers, 5'000);
  const ApiCounts counts = bench.server->counts();
  std::printf("cut: %llu\n", static_cast<unsigned long long>(counts.slow_clients_cut));
  bench.server->stop();
  return counts.slow_clients_cut == 0 ? 0 : 1;
}
