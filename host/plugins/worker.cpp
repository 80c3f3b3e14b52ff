#include "plugins/worker.hpp"

#include <condition_variable>
#include <mutex>

namespace tapedeck {

// Shared with the thread, which may outlive the worker.
struct Worker::Slot {
  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<PluginCall> next;
  bool quit = false;

  void serve() {
    for (;;) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return quit || next != nullptr; });
      if (next == nullptr) return;
      const auto call = std::move(next);
      lock.unlock();
      call->perform();
    }
  }
  void end() {
    std::lock_guard lock(mutex);
    quit = true;
    changed.notify_one();
  }
};

Worker::Worker() : slot_(std::make_shared<Slot>()), thread_([slot = slot_] { slot->serve(); }) {}

Worker::~Worker() {
  slot_->end();
  if (thread_.joinable()) thread_.join();
}

void Worker::start(std::shared_ptr<PluginCall> call) {
  std::lock_guard lock(slot_->mutex);
  slot_->next = std::move(call);
  slot_->changed.notify_one();
}

void Worker::let_go() { thread_.detach(); }

}  // namespace tapedeck
