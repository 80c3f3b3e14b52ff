// How data crosses threads: a queue with a stated limit; a full one makes the producer wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace tapedeck {

// Threads: any.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t limit) : limit_(limit) {}

  // Waits while full; false (and `item` untouched) once closed.
  bool push(T &&item) {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [&] { return closed_ || items_.size() < limit_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    has_item_.notify_one();
    return true;
  }
  // Waits while empty; nothing once closed and drained.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    has_item_.wait(lock, [&] { return closed_ || !items_.empty(); });
    return take();
  }
  // What is there already; waits for nothing.
  std::optional<T> try_pop() {
    std::lock_guard lock(mutex_);
    return take();
  }
  // No more is taken in; what is inside can still be popped.
  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    has_item_.notify_all();
    has_room_.notify_all();
  }
  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  std::optional<T> take() {
    if (items_.empty()) return std::nullopt;
    T item = std::move(items_.front());
    items_.pop_front();
    has_room_.notify_one();
    return item;
  }

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable has_item_, has_room_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace tapedeck
