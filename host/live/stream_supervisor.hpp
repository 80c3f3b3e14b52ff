// Keeps one set of series connected: to the preferred source, or to the next that works.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "live/breaker.hpp"
#include "live/live_hub.hpp"
#include "live/stream_link.hpp"
#include "market/calendar.hpp"

namespace tapedeck {

struct SupervisorSettings {
  std::string pipeline;
  Nanos stale_after = 60 * kSecond;
  Nanos connect_within = 30 * kSecond;
  Nanos overlap = kSecond;        // how long an old connection still delivers beside its successor
  Nanos expiry_margin = kMinute;  // a successor is opened so long before the vendor ends a connection
  Nanos fallback_after = kSecond;  // a source that takes longer to connect has the next one beside it
  std::shared_ptr<const Calendar> calendar;
};

// One source of the supervisor.
struct SupervisedSource {
  std::string name;
  StreamAsk ask;      // what this source is asked for
  Breaker *breaker;   // shared with the other supervisors of the pipeline
};

// Connects, watches for silence, gives up what is silent, tries again, changes over to the next source
// while the preferred one is away or slow to connect and back when it is there, and opens a successor before a
// connection expires. Makes no thread but those of its connections: tick() does it all.
// Threads: tick(), stop() and the destructor one; the target is called by the connections' threads.
class StreamSupervisor {
 public:
  using OpenProvider = std::function<std::unique_ptr<Provider>(const std::string &source)>;
  // What the supervisor tells. Called inside tick().
  struct Observer {
    std::function<void(const StreamLink &)> active;       // this connection counts from now on, or is connected now
    std::function<void(const StreamLink &)> lost;         // it no longer does
    std::function<void(StreamState, const std::string &source, const std::string &message)> status;
  };
  StreamSupervisor(SupervisorSettings settings, std::vector<SupervisedSource> sources, OpenProvider open,
                   LinkTarget &target, Observer observer, Clock &clock);
  ~StreamSupervisor();

  void tick();
  void stop();  // cancels; the destructor waits

 private:
  using LinkPtr = std::unique_ptr<StreamLink>;
  // Why there is a second connection: its source is preferred; the first one expires; the first one does not come
  // about.
  enum class Standby { Preferred, Successor, Fallback };
  void reap_active(Nanos now);
  void reap_standby(Nanos now);
  void watch(StreamLink &link) const;
  void note_data(const LinkPtr &link, bool &noted);
  void connect(Nanos now);
  void seek_preferred(Nanos now);
  void prepare_successor(Nanos now);
  void seek_fallback(Nanos now);
  void stand_by(std::size_t source, Standby as, Nanos now);
  bool standby_is_ready() const;
  void promote(Nanos now);
  void settle_failure(StreamLink &link, const StreamLink::End &end, Nanos now);
  LinkPtr make(std::size_t source, Nanos now);
  void keep_provider(StreamLink &link, const StreamLink::End &end);
  Nanos open_silence(const StreamLink &link) const;
  void say(StreamState state, const std::string &source, const std::string &message);

  const SupervisorSettings settings_;
  std::vector<SupervisedSource> sources_;
  OpenProvider open_;
  LinkTarget &target_;
  Observer observer_;
  Clock &clock_;
  std::uint64_t connections_ = 0;

  LinkPtr active_, standby_;
  bool announced_ = false;        // the active connection was said to be connected
  bool active_noted_ = false, standby_noted_ = false;  // its data was counted as success
  Standby standby_as_ = Standby::Preferred;
  std::string standby_trouble_;   // said already, since the last change of the source
  struct Draining {
    LinkPtr link;
    Nanos until;
  };
  std::vector<Draining> draining_;
  Nanos successor_not_before_ = INT64_MIN;
  std::map<std::string, std::unique_ptr<Provider>> idle_;  // instances to be used again
  bool stopping_ = false;
};

}  // namespace tapedeck
