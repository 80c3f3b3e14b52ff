#include "live_scenarios.hpp"

#include <time.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "base/clock.hpp"
#include "figures.hpp"
#include "live_feed.hpp"
#include "live_host.hpp"

namespace tapedeck::bench {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr double kShareOfBare = 0.5;
constexpr double kAssumedPerSecond = 170'000;  // for the trades' times only
constexpr std::size_t kWrite = 256 * 1024;
constexpr std::chrono::milliseconds kLookAgain{5};
constexpr std::chrono::minutes kLongest{3};
constexpr int kMostCuts = 5;

double seconds_since(Clock::time_point began) { return std::chrono::duration<double>(Clock::now() - began).count(); }

double thread_cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

LiveTape fresh_tape(const LiveSetup &setup, std::size_t messages) {
  return make_live_tape(setup.recorded, messages, system_clock().now_ns() / 1'000'000, kAssumedPerSecond);
}

// Writes on a thread of its own.
class Sending {
 public:
  Sending(int fd, const LiveTape &tape) : thread_([this, fd, &tape] { run(fd, tape.bytes); }) {}
  Sending(const Sending &) = delete;
  Sending &operator=(const Sending &) = delete;
  ~Sending() { join(); }
  double join() {  // the CPU time it took
    if (thread_.joinable()) thread_.join();
    return cpu_s_;
  }

 private:
  void run(int fd, const std::string &bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += kWrite)
      if (!write_all(fd, bytes.data() + at, std::min(kWrite, bytes.size() - at))) break;
    cpu_s_ = thread_cpu_s();
  }
  double cpu_s_ = 0;
  std::thread thread_;
};

struct Rounds {
  std::vector<double> rate, cpu_us;  // messages a second; microseconds of CPU a message
  void add(std::size_t messages, double wall_s, double cpu_s) {
    rate.push_back(static_cast<double>(messages) / wall_s);
    cpu_us.push_back(cpu_s / static_cast<double>(messages) * 1e6);
  }
  json::object report(const char *cpu) const {
    return {{"messages_per_s", median(rate)}, {"rounds", all_of(rate)}, {cpu, median(cpu_us)}};
  }
};

// Receives and does nothing else.
void run_bare(const LiveSetup &setup, std::size_t messages, Rounds &into) {
  const LiveTape tape = fresh_tape(setup, messages);
  LiveFeed feed({"BTC"});
  Poco::Net::HTTPClientSession session("127.0.0.1", feed.port());
  Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_GET, "/stream", Poco::Net::HTTPMessage::HTTP_1_1);
  Poco::Net::HTTPResponse response;
  Poco::Net::WebSocket socket(session, request, response);
  const double cpu = thread_cpu_s();
  const auto began = Clock::now();
  Sending sending(feed.wait_for_streams(0), tape);
  char text[4096];
  int flags = 0;
  for (std::size_t i = 0; i < tape.messages(); ++i)
    if (socket.receiveFrame(text, sizeof text, flags) <= 0) throw std::runtime_error("the bare loop lost its connection");
  into.add(tape.messages(), seconds_since(began), thread_cpu_s() - cpu);
}

// The host had no patience with us: on a busy machine the subscriber may not run for some milliseconds.
struct CutOff : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Totals {
  Rounds all;
  int cut_off = 0;
  std::vector<double> subscriber_rate, sender_cpu_us, subscriber_cpu_us, rss_mb, spooled;
  double dropped = 0;
};

void expect(const char *what, double got, double wanted) {
  if (got != wanted)
    throw std::runtime_error(std::string(what) + ": " + std::to_string(got) + " instead of " + std::to_string(wanted));
}

// The numbers of all that was sent are 0 to n - 1 after the first of their kind.
void check_store(const LiveHost &host, const LiveTape &tape) {
  LiveStore store(host.store());
  const auto trades = store.rows("trades", kFirstTrade), quotes = store.rows("quotes", kFirstQuote);
  const auto n = static_cast<double>(tape.messages());
  expect("rows of the view trades", static_cast<double>(trades.count), static_cast<double>(tape.trades));
  expect("rows of the view quotes", static_cast<double>(quotes.count), static_cast<double>(tape.quotes));
  expect("the sum of the sequences", static_cast<double>(trades.sum + quotes.sum), n * (n - 1) / 2);
}

void wait_until_stored(const LiveHost &host, std::size_t messages) {
  const auto began = Clock::now();
  while (host.metric("tapedeck_delivered_total", "kind=\"tick\"") < static_cast<double>(messages)) {
    if (Clock::now() - began > kLongest) throw std::runtime_error("not everything comes into the store");
    std::this_thread::sleep_for(kLookAgain);
  }
}

void run_host(const LiveSetup &setup, std::size_t messages, Totals &into) {
  LiveFeed feed({"BTC"});
  LiveHost host(setup.bin, setup.work + "/throughput", feed.url(), {"BTC"});
  const int fd = feed.wait_for_streams(2);
  LiveSubscriber subscriber(host.port());
  subscriber.subscribe({"BTC"});
  const LiveTape tape = fresh_tape(setup, messages);
  const auto per_message = [&](double cpu_s) { return cpu_s / static_cast<double>(tape.messages()) * 1e6; };
  const double cpu = host.cpu_s(), own_cpu = thread_cpu_s();
  const auto began = Clock::now();
  Sending sending(fd, tape);
  if (!subscriber.read_until(tape.trades, tape.quotes, [](std::string_view) {}))
    throw CutOff("the subscriber got " + std::to_string(subscriber.trades() + subscriber.quotes()) + " of " +
                             std::to_string(tape.messages()) + " messages; the host said: " + subscriber.last_words());
  into.subscriber_rate.push_back(static_cast<double>(tape.messages()) / seconds_since(began));
  into.subscriber_cpu_us.push_back(per_message(thread_cpu_s() - own_cpu));
  wait_until_stored(host, tape.messages());
  into.all.add(tape.messages(), seconds_since(began), host.cpu_s() - cpu);
  into.sender_cpu_us.push_back(per_message(sending.join()));
  into.spooled.push_back(host.metric("tapedeck_spooled_total"));
  into.dropped += host.metric("tapedeck_dropped_total");
  check_store(host, tape);
  into.rss_mb.push_back(host.stop().max_rss_mb);
}

// Again when the subscriber was cut off, which is counted.
void run_host_to_the_end(const LiveSetup &setup, std::size_t messages, Totals &into) {
  for (;;) try {
      return run_host(setup, messages, into);
    } catch (const CutOff &e) {
      std::fprintf(stderr, "live_bench: %s\n", e.what());
      if (++into.cut_off >= kMostCuts) throw;
    }
}

double median_ratio(const Rounds &a, const Rounds &b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < a.rate.size(); ++i) ratios.push_back(a.rate[i] / b.rate[i]);
  return median(ratios);
}

}  // namespace

json::object measure_live_throughput(const LiveSetup &setup, std::size_t messages, int rounds) {
  Rounds bare;
  Totals host;
  for (int i = 0; i < rounds; ++i) {
    run_bare(setup, messages, bare);
    run_host_to_the_end(setup, messages, host);
    std::fprintf(stderr, "live_bench: round %d of %d: %.0f messages/s stored and passed on, bare %.0f\n", i + 1, rounds,
                 host.all.rate.back(), bare.rate.back());
  }
  json::object of_host = host.all.report("host_cpu_us_per_message");
  of_host["to_subscriber_per_s"] = median(host.subscriber_rate);
  of_host["sender_cpu_us_per_message"] = median(host.sender_cpu_us);
  of_host["subscriber_cpu_us_per_message"] = median(host.subscriber_cpu_us);
  of_host["peak_rss_mb"] = median(host.rss_mb);
  of_host["spooled_rows"] = all_of(host.spooled);
  of_host["rounds_repeated_subscriber_cut_off"] = host.cut_off;
  of_host["dropped_rows"] = at_most(host.dropped, 0);
  return {{"messages", messages},
          {"host", of_host},
          {"reference", bare.report("receiver_cpu_us_per_message")},
          {"ratio", at_least(median_ratio(host.all, bare), kShareOfBare)}};
}

}  // namespace tapedeck::bench
