// What the tests of the HTTP client share.
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <tapedeck/layer/core.hpp>
#include <thread>
#include <vector>

#include "base/cancel.hpp"
#include "net/http_client.hpp"
#include "net/scripted_server.hpp"

namespace tapedeck::testing {

inline constexpr std::int64_t kMs = 1'000'000;
inline constexpr std::int64_t kSecond = 1'000'000'000;

// Stands still, moves when slept on, and keeps how long was slept.
class RecordingClock : public ManualClock {
 public:
  using ManualClock::ManualClock;
  tdk_status sleep_ns(std::int64_t ns, const tdk_cancel *cancel) override {
    {
      const std::lock_guard lock(mutex_);
      slept_.push_back(ns);
    }
    return ManualClock::sleep_ns(ns, cancel);
  }
  std::vector<std::int64_t> slept() {
    const std::lock_guard lock(mutex_);
    return slept_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::int64_t> slept_;
};

struct Outcome {
  tdk_status status = TDK_OK;
  std::string text;
};

// A client with a clock that stands still, and one request to it.
struct Rig {
  explicit Rig(HttpSettings s = {}) : client(std::move(s), clock) {}

  Outcome get(const std::string &url, Account *account = nullptr, const tdk_cancel *cancel = nullptr) {
    request.url = url;
    return send(account, cancel);
  }
  Outcome send(Account *account = nullptr, const tdk_cancel *cancel = nullptr) {
    try {
      client.request(request, account, cancel, answer);
      return {};
    } catch (const Error &e) {
      return {e.code(), e.what()};
    }
  }

  RecordingClock clock{1'700'000'000 * kSecond};
  HttpClient client;
  HttpRequest request;
  HttpAnswer answer;
};

// Cancels once `ready` has been called; then measures how long the call went on.
class Canceller {
 public:
  Canceller() : thread_([this] { run(); }) {}
  ~Canceller() {
    ready();
    thread_.join();
  }
  Canceller(const Canceller &) = delete;
  Canceller &operator=(const Canceller &) = delete;
  void ready() {
    const std::lock_guard lock(mutex_);
    ready_ = true;
    changed_.notify_all();
  }
  const tdk_cancel *token() const { return token_.raw(); }
  std::int64_t ms_since_cancel() {
    const std::lock_guard lock(mutex_);
    return (system_clock().monotonic_ns() - cancelled_at_) / kMs;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_; });
    cancelled_at_ = system_clock().monotonic_ns();
    source_.cancel();
  }
  CancelSource source_;
  CancelToken token_{source_};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
  std::int64_t cancelled_at_ = 0;
  std::thread thread_;
};

inline std::string repeated(std::string_view text, std::size_t size) {
  std::string out;
  while (out.size() < size) out += text;
  out.resize(size);
  return out;
}

}  // namespace tapedeck::testing
