// SUBSCRIBE and UNSUBSCRIBE within the vendor's limits, and who still owes an answer. Pure: time
// comes in as an argument, bytes go out as a result.
//
// The vendor cuts a connection that sends more than 5 messages a second, pongs included, and pings
// every 20 s (web-socket-streams.md, general information). So at most one pong falls into any
// second: 4 are left for commands, with some room for messages that a network moves closer
// together.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace binance {

class StreamCommands {
 public:
  static constexpr std::size_t kNamesPerMessage = 200;
  static constexpr std::int64_t kSpacingNs = 300'000'000;
  static constexpr std::int64_t kPatienceNs = 10'000'000'000;

  struct Batch {
    bool subscribes = true;
    std::vector<std::string> streams;
    std::int64_t due_ns = 0;  // when its answer has to be there
  };

  void subscribe(const std::string &stream) { queue_.push_back({true, stream}); }
  void unsubscribe(const std::string &stream) { queue_.push_back({false, stream}); }
  // The same again in two messages: the vendor refuses a message as a whole, without saying which
  // of its names it does not know.
  void subscribe_in_halves(const std::vector<std::string> &streams);

  // The next message, if there is one and the rate allows it now; then an answer is awaited.
  std::optional<std::string> take(std::int64_t now_ns);

  // What the answer of that id is about; nothing when none of ours waits for it.
  std::optional<Batch> answered(std::int64_t id);

  // That stream is still to be subscribed to, or its answer is due.
  bool awaits(const std::string &stream) const;

  // The first batch whose answer is overdue.
  const Batch *overdue(std::int64_t now_ns) const;

  // Everything has been sent and answered.
  bool settled() const { return queue_.empty() && waiting_.empty(); }

  // How long nothing is to be done for, at most `longest_ns`.
  std::int64_t idle_for(std::int64_t now_ns, std::int64_t longest_ns) const;

 private:
  struct Wish {
    bool subscribes;
    std::string stream;
    std::int64_t piece = 0;  // wishes of different pieces do not share a message
  };
  std::deque<Wish> queue_;
  std::map<std::int64_t, Batch> waiting_;
  std::int64_t last_id_ = 0, last_piece_ = 0, not_before_ns_ = 0;
};

}  // namespace binance
