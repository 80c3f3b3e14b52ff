#include "plugins/worker.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace tapedeck {
namespace {

std::atomic<std::size_t> left_behind{0};

}  // namespace

// Shared with the thread, which may outlive the worker.
struct Worker::Slot {
  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<PluginCall> next;
  bool inside = false;  // a plugin
  bool alone = false;   // nobody waits for what it does
  bool quit = false;

  void serve() {
    while (auto call = take()) {
      call->perform();
      call.reset();
      put_back();
    }
  }
  std::shared_ptr<PluginCall> take() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return quit || next != nullptr; });
    inside = next != nullptr;
    return std::move(next);
  }
  void put_back() {
    std::lock_guard lock(mutex);
    inside = false;
    if (alone) --left_behind;
  }
  void leave_alone() {
    std::lock_guard lock(mutex);
    alone = inside || next != nullptr;
    if (alone) ++left_behind;
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

void Worker::let_go() {
  slot_->leave_alone();
  thread_.detach();
}

void leave_behind(std::thread &thread) {
  ++left_behind;
  thread.detach();
}

void came_back() noexcept { --left_behind; }

std::size_t threads_left_behind() noexcept { return left_behind; }

}  // namespace tapedeck
