// What one connection is subscribed to, who still owes an answer, and which series each subscription
// feeds. Pure: time comes in as an argument, bytes go out as a result.
//
// The vendor answers a subscription with one line for each pair. It says nothing to an unknown channel
// and to what is held already, and refuses without saying what; so answers are counted, and what has
// none in time is refused.
#pragma once

#include <tapedeck/layer/streams.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polygon {

class Subscriptions {
 public:
  static constexpr std::size_t kNamesPerMessage = 200;
  static constexpr std::int64_t kPatienceNs = 5'000'000'000;

  using Series = std::unique_ptr<tapedeck::OwnedSeries>;

  // Of a "AM.AAPL". Returns whether the subscription is there and acknowledged already.
  bool add(const std::string &param, Series series);
  // False: there is no such series.
  bool remove(const tdk_series &series);

  // The next message, if there is something to say; answers to it are awaited from `now_ns` on.
  std::optional<std::string> take(std::int64_t now_ns);
  // The series of a subscription that has just been acknowledged for the first time.
  std::vector<const tapedeck::OwnedSeries *> acknowledged(std::string_view param);
  // Those whose answer is overdue, with their series; they are forgotten.
  std::vector<Series> overdue(std::int64_t now_ns);
  // All series; nothing is left to be sent or awaited.
  std::vector<Series> forget_all();

  // Everything has been sent and answered.
  bool settled() const { return queue_.empty() && waiting_.empty(); }
  bool empty() const { return entries_.empty(); }

  // Calls f(const tapedeck::OwnedSeries &) for those of "AM" and "AAPL".
  template <class F>
  void each(std::string_view channel, std::string_view symbol, F &&f) {
    key_.assign(channel).append(".").append(symbol);
    const auto hit = entries_.find(key_);
    if (hit == entries_.end()) return;
    for (const Series &series : hit->second.series) f(*series);
  }

 private:
  struct Entry {
    std::vector<Series> series;
    bool acknowledged = false;
  };
  struct Wish {
    bool subscribes;
    std::string param;
  };
  std::map<std::string, Entry, std::less<>> entries_;
  std::deque<Wish> queue_;
  std::map<std::string, std::int64_t, std::less<>> waiting_;  // until when
  std::string key_;                                           // kept for its memory
};

}  // namespace polygon
