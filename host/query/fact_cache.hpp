// Answers of vendors, kept for a while, and asked for once however many want them at the same time.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/cache.hpp"

namespace tapedeck {

// The bytes, or why there are none.
struct FactAnswer {
  std::string bytes;
  std::optional<Error> error;
  bool cached = false;
};

// Errors are shared by those who wait for the answer, and never kept. A cache that fails is done without.
// Lifecycle: the cache outlives this. Threads: any.
class FactCache {
 public:
  // One answer for each key, in their order. What it throws is the answer to all of them.
  using Fetch = std::function<std::vector<FactAnswer>(const std::vector<std::string> &keys)>;
  struct Ask {
    Nanos ttl;
    Fetch fetch;
    bool (*is_sound)(std::string_view bytes);  // what the cache has may be of another version
  };

  explicit FactCache(Cache &cache) : cache_(cache) {}

  // One answer for each key, in their order. Calls `ask.fetch` on this thread for those that are neither cached nor
  // being fetched by another one. When the caller of another thread gives up, one of those who wait for it
  // asks in its place.
  // Throws TDK_CANCELLED or TDK_TIMEOUT of the caller's own token.
  std::vector<FactAnswer> get(const std::vector<std::string> &keys, const Ask &ask, const tdk_cancel *cancel);

 private:
  struct Flight {
    enum class State { Up, Landed, Dropped } state = State::Up;
    FactAnswer answer;
  };
  struct Seat {  // one key of one call
    std::size_t key;
    std::shared_ptr<Flight> flight;
  };
  bool look_up(const std::string &key, const Ask &ask, FactAnswer &answer);
  void board(const std::vector<std::string> &keys, const Ask &ask, std::vector<std::size_t> &open,
             std::vector<FactAnswer> &out, std::vector<Seat> &own, std::vector<Seat> &others);
  void fly(const std::vector<std::string> &keys, const std::vector<Seat> &own, const Ask &ask,
           const tdk_cancel *cancel, std::vector<FactAnswer> &out);
  void land(const std::vector<std::string> &keys, const std::vector<Seat> &own, Flight::State state,
            const std::vector<FactAnswer> &answers);
  bool await(Flight &flight, const tdk_cancel *cancel);

  Cache &cache_;
  std::mutex mutex_;
  std::condition_variable landed_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace tapedeck
