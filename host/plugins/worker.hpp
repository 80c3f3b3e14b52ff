// A thread that runs plugin calls one after another, so that a caller can leave one that hangs.
#pragma once

#include <memory>
#include <thread>

#include "plugins/call.hpp"

namespace tapedeck {

// Threads: one owner. The destructor waits for the call in progress; a worker whose call was
// abandoned is let go instead: its thread ends by itself if the plugin ever returns.
class Worker {
 public:
  Worker();
  ~Worker();
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;

  void start(std::shared_ptr<PluginCall> call);  // only when the one before has ended
  void let_go();

 private:
  struct Slot;
  std::shared_ptr<Slot> slot_;
  std::thread thread_;
};

// For a thread that is no worker's and hangs in a plugin: it is detached, and counts until it says
// came_back(). Threads: any.
void leave_behind(std::thread &thread);
void came_back() noexcept;

// How many threads of ours are inside plugins that do not come back. While there are any, leave the
// process with _exit(): they still use what static destructors would take away. Threads: any.
std::size_t threads_left_behind() noexcept;

}  // namespace tapedeck
