// Wakes a thread that polls sockets: a file descriptor that becomes readable when it is told to.
#pragma once

namespace tapedeck::sim {

/// Threads: wake() from any thread; drain() from the one that polls.
/// Failures: the constructor throws std::system_error when the process is out of descriptors.
class Waker {
 public:
  Waker();
  ~Waker();
  Waker(const Waker &) = delete;
  Waker &operator=(const Waker &) = delete;

  /// Becomes readable on wake(), until drain().
  int descriptor() const { return descriptor_; }
  void wake() const;
  void drain() const;

 private:
  int descriptor_;
};

}  // namespace tapedeck::sim
