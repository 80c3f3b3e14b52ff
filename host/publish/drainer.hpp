// Brings what waits in one outbox for one sink there.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "observe/metrics.hpp"
#include "publish/outage.hpp"
#include "runtime/event_sink.hpp"
#include "runtime/outbox.hpp"

namespace tapedeck {

struct DrainerSettings {
  std::string storage, sink;  // their names in the configuration
  std::string owner;          // of the claims: another for each process
  std::size_t batch = 1000;   // events in one call of the sink
  std::size_t blocked_most = 20'000;  // events that are read over because an earlier one of their key has to go first
  Nanos lease = 20 * kSecond;
  Nanos publish_within = 12 * kSecond;  // less than the lease, so that nobody publishes beside us
  Nanos look_after = kSecond;           // for what other processes put
  Nanos count_after = 5 * kSecond;      // between two looks at how many wait
  Nanos count_within = 5 * kSecond;
  Nanos first_pause = kSecond / 2, longest_pause = 30 * kSecond;
  Nanos slice = 100'000'000;  // of a wait, in real time: a test's clock may fly
  std::uint64_t seed = 1;
};

struct DrainerState {
  std::string storage, sink;
  std::uint64_t published = 0, failed = 0, dead = 0;  // by this drainer
  std::string trouble;      // why nothing goes on at present; empty: it does
  bool elsewhere = false;   // another process publishes
};

// Claims the outbox for its sink, reads what waits, publishes it, and settles what became of it: at least once, and of
// one key in order, which is why nothing of a key is handed over while an earlier event of it is to be tried again.
// Events that no try will help become dead letters. While the sink or the store is away it tries again with growing
// pauses, and nothing is lost: it stays in the outbox.
// Lifecycle: drains from its making to stop(). What a sink hangs in is left after the watchdog's grace.
// Threads: one of its own; all functions any, stop() one.
class OutboxDrainer {
 public:
  using OpenOutbox = std::function<std::unique_ptr<Outbox>()>;
  using OpenSink = std::function<std::unique_ptr<EventSink>()>;
  OutboxDrainer(DrainerSettings settings, OpenOutbox open_outbox, OpenSink open_sink, Metrics &metrics, Clock &clock);
  ~OutboxDrainer();

  void poke();  // something was put
  // Waits until what was put before the call is published, or cannot be at present; false when `timeout` (real time)
  // passes or `cancel` (may be NULL) fires first.
  bool finish(Nanos timeout, const tdk_cancel *cancel);
  void cancel();  // begins to stop; stop() ends it
  // Goes on for at most `timeout` (real time) unless there is trouble, then calls off what is under way.
  void stop(Nanos timeout);
  DrainerState state() const;

 private:
  using Entries = std::vector<OutboxEntry>;

  void run();
  void rest(std::unique_lock<std::mutex> &lock, Nanos pause);
  Nanos pass();
  bool drain();
  bool hold_claim();
  void give_up_claim() noexcept;
  std::set<std::string> publish(const Entries &entries);
  std::vector<EventFailure> hand_over(const Entries &entries);
  void settle(const std::vector<OutboxOutcome> &outcomes);
  void count(std::size_t sent, std::size_t failed, std::size_t dead);
  void count_waiting();
  void say_dead(std::size_t n, const OutboxEntry &first, const std::string &why);
  void note_trouble(const std::string &text);
  void note_progress();
  Nanos note_elsewhere(const std::string &why);
  bool stopping() const { return cancel_.cancelled(); }

  const DrainerSettings settings_;
  const OpenOutbox open_outbox_;
  const OpenSink open_sink_;
  Metrics &metrics_;
  Clock &clock_;
  const Metrics::Handle waiting_, dead_, oldest_, published_total_, failed_total_;
  CancelSource cancel_;

  // The thread's own.
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<EventSink> sink_;
  Nanos claimed_until_ = INT64_MIN;
  Nanos count_at_ = INT64_MIN;  // monotonic
  std::size_t batch_;
  Outage outage_;
  std::string refusal_;   // of the events that are to be tried again, the first
  bool refused_ = false;  // the outage is of these: other keys go on meanwhile
  bool at_sink_ = false;  // what is thrown comes from the sink, not from the store

  mutable std::mutex mutex_;
  std::condition_variable changed_, answered_;
  std::uint64_t pokes_ = 0;      // how often somebody put something
  std::uint64_t looked_at_ = 0;  // which of these the last whole pass had seen when it began
  bool resting_ = false, ended_ = false;
  DrainerState state_;
  std::thread thread_;
};

}  // namespace tapedeck
