#include "live_scenarios.hpp"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <random>
#include <stdexcept>
#include <thread>

#include "base/clock.hpp"
#include "figures.hpp"
#include "live_feed.hpp"
#include "live_host.hpp"

namespace tapedeck::bench {
namespace {

namespace json = boost::json;

constexpr std::size_t kSymbols = 100;
constexpr std::size_t kPerSecond = 1000;  // of all symbols together
constexpr double kMedianUs = 200, kP99Us = 1000, kStoredP99Ms = 500;
constexpr timespec kLookAgain{0, 1'000'000};

std::int64_t monotonic_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

void sleep_until(std::int64_t ns) {
  const timespec at{ns / 1'000'000'000, ns % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

std::vector<std::string> symbols() {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kSymbols; ++i) out.push_back("S" + std::to_string(100 + i));
  return out;
}

// When each message was sent, reached the subscriber, and was seen in the store; by number.
struct Moments {
  explicit Moments(std::size_t count) : sent(count), heard(count), stored(count) {}
  std::vector<std::atomic<std::int64_t>> sent;
  std::vector<std::int64_t> heard, stored;
};

// Each message alone, of any symbol, at random moments: as many markets make them.
void send_all(int fd, const std::vector<LiveMessage> &recorded, Moments &moments) {
  std::mt19937_64 random(7);
  std::exponential_distribution<double> gap(kPerSecond);
  std::uniform_int_distribution<std::size_t> any(0, kSymbols - 1);
  const auto names = symbols();
  std::int64_t due = monotonic_ns();
  std::string frame;
  for (std::size_t i = 0; i < moments.sent.size(); ++i) {
    due += static_cast<std::int64_t>(gap(random) * 1e9);
    frame.clear();
    const LiveMessage &message = recorded[i % recorded.size()];
    message.append(frame, names[any(random)], i,
                   system_clock().now_ns() / 1'000'000);
    sleep_until(due);
    moments.sent[i] = monotonic_ns();
    if (!write_all(fd, frame.data(), frame.size())) throw std::runtime_error("the host left its vendor");
  }
}

std::size_t index_of(std::string_view text) {
  const std::size_t at = text.find("\"sequence\":") + 11;
  std::int64_t number = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), number);
  return static_cast<std::size_t>(number - (number < kFirstQuote ? kFirstTrade : kFirstQuote));
}

// Rows come in the order in which they were sent, so their number says which are there.
void watch_store(const std::string &file, Moments &moments, const std::atomic<bool> &given_up) {
  LiveStore store(file);
  std::size_t seen = 0;
  for (std::int64_t version = -1; seen < moments.stored.size() && !given_up; nanosleep(&kLookAgain, nullptr)) {
    const std::int64_t now_at = store.version();
    if (std::exchange(version, now_at) == now_at) continue;
    const auto rows = static_cast<std::size_t>(store.ticks());
    const std::int64_t now = monotonic_ns();
    while (seen < std::min(rows, moments.stored.size())) moments.stored[seen++] = now;
  }
}

// Nanoseconds between two moments of every message, ascending.
std::vector<double> spans(const Moments &moments, const std::vector<std::int64_t> &to) {
  std::vector<double> out;
  for (std::size_t i = 0; i < to.size(); ++i) out.push_back(static_cast<double>(to[i] - moments.sent[i]));
  std::sort(out.begin(), out.end());
  return out;
}

double at(const std::vector<double> &sorted, double share) {
  return sorted[static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * share)];
}

std::size_t count_trades(const std::vector<LiveMessage> &recorded, std::size_t messages) {
  std::size_t trades = 0;
  for (std::size_t i = 0; i < messages; ++i) trades += recorded[i % recorded.size()].trade();
  return trades;
}

}  // namespace

json::object measure_live_latency(const LiveSetup &setup, int seconds) {
  const std::size_t messages = kPerSecond * static_cast<std::size_t>(seconds);
  const std::size_t trades = count_trades(setup.recorded, messages);
  LiveFeed feed(symbols());
  LiveHost host(setup.bin, setup.work + "/latency", feed.url(), symbols());
  const int fd = feed.wait_for_streams(2 * kSymbols);
  LiveSubscriber subscriber(host.port());
  subscriber.subscribe(symbols());

  Moments moments(messages);
  std::atomic<bool> given_up{false};
  const double cpu = host.cpu_s();
  const std::int64_t began = monotonic_ns();
  std::thread watcher([&] { watch_store(host.store(), moments, given_up); });
  std::thread sender([&] { send_all(fd, setup.recorded, moments); });
  const bool heard = subscriber.read_until(trades, messages - trades, [&](std::string_view text) {
    moments.heard[index_of(text)] = monotonic_ns();
  });
  const double took_s = static_cast<double>(monotonic_ns() - began) / 1e9, cpu_s = host.cpu_s() - cpu;
  given_up = !heard;
  sender.join();
  watcher.join();
  if (!heard) throw std::runtime_error("the subscriber lost its connection: " + subscriber.last_words());

  const auto to_subscriber = spans(moments, moments.heard), to_store = spans(moments, moments.stored);
  const double dropped = host.metric("tapedeck_dropped_total");
  return {{"symbols", kSymbols},
          {"messages", messages},
          {"messages_per_s", static_cast<double>(messages) / took_s},
          {"to_subscriber_p50_us", at_most(at(to_subscriber, 0.5) / 1e3, kMedianUs)},
          {"to_subscriber_p99_us", at_most(at(to_subscriber, 0.99) / 1e3, kP99Us)},
          {"to_subscriber_most_us", at(to_subscriber, 1) / 1e3},
          {"to_store_p50_ms", at(to_store, 0.5) / 1e6},
          {"to_store_p99_ms", at_most(at(to_store, 0.99) / 1e6, kStoredP99Ms)},
          {"to_store_most_ms", at(to_store, 1) / 1e6},
          {"candles", subscriber.candles()},
          {"host_cpu_cores", cpu_s / took_s},
          {"dropped_rows", at_most(dropped, 0)},
          {"peak_rss_mb", host.stop().max_rss_mb}};
}

}  // namespace tapedeck::bench
