// One call into a plugin: what goes in is owned by the call, what comes out is made safe.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace tapedeck {

// How a call ended: a known status, and a message that is printable UTF-8.
struct CallOutcome {
  tdk_status status = TDK_OK;
  std::string message;
  std::int64_t retry_after_ms = 0;
  int upstream = 0;
};

CallOutcome outcome_of(tdk_status status, const tdk_error &error);
CallOutcome escaped_exception();

// The only place where the host enters a plugin: a fresh tdk_error, unknown statuses become
// TDK_INTERNAL, and an exception that crosses (forbidden, but it happens) does too.
template <class F>
CallOutcome enter_plugin(F &&f) {
  tdk_error error{};
  error.struct_size = sizeof error;
  tdk_status status = TDK_OK;
  try {
    status = f(&error);
  } catch (...) {
    return escaped_exception();
  }
  return status == TDK_OK ? CallOutcome{} : outcome_of(status, error);
}

// A call in flight, shared by the caller, the thread that runs it and the watchdog. When the plugin
// does not come back the caller leaves (abandon); what the plugin still reaches then (request,
// token, sink) belongs to this object and answers "stop", and nothing of the caller is touched any
// more. Threads: any.
class PluginCall {
 public:
  // `function` is a literal. `cancel` may be NULL and is the caller's; `limit` is a deadline of the
  // call's own on the monotonic clock, which the plugin sees unless the caller's is nearer.
  PluginCall(const char *function, const tdk_cancel *cancel,
             std::int64_t limit_mono_ns = INT64_MAX);
  virtual ~PluginCall();
  PluginCall(const PluginCall &) = delete;
  PluginCall &operator=(const PluginCall &) = delete;

  const char *function() const { return function_; }
  std::int64_t deadline_mono_ns() const { return token_.deadline_mono_ns; }
  tdk_status token_status() const;  // of the caller's token; TDK_CANCELLED once abandoned

  void perform();  // enters the plugin, on the calling thread; then wait() returns
  void wait();     // until performed or abandoned

  // The caller leaves. False when the call has ended, or is at this moment in the caller's own
  // sink: then it is not the plugin that is late.
  bool abandon();
  bool abandoned() const;

  // After wait(), when not abandoned: what the caller is told. A sink's exception is thrown again.
  CallOutcome result();

 protected:
  virtual tdk_status run(tdk_error *error) = 0;  // the plugin's function
  const tdk_cancel *token() const { return &token_; }

  // For sinks: runs `f` (the caller's code, which answers a status) unless the caller has left or
  // an earlier answer was not TDK_OK: then that answer stands.
  template <class F>
  tdk_status offer(F &&f) noexcept {
    std::lock_guard gate(gate_);
    if (left_) return TDK_STOP;
    if (answer_ != TDK_OK) return answer_;
    try {
      answer_ = f();
    } catch (const Error &e) {
      error_ = e;  // a copy: the caller may still read its text when this call goes
      answer_ = TDK_STOP;
    } catch (...) {
      thrown_ = std::current_exception();
      answer_ = TDK_STOP;
    }
    return answer_;
  }
  // Inside offer(): the plugin's data is unusable; the call ends with TDK_BAD_DATA and this text.
  tdk_status refuse(std::string_view why);

 private:
  static tdk_status check(const tdk_cancel *self);
  enum class Phase { Running, Ended, Abandoned };

  const char *function_;
  tdk_cancel token_{};
  mutable std::mutex token_mutex_;
  const tdk_cancel *caller_token_;

  std::mutex gate_;  // held while the caller's code runs
  bool left_ = false;
  tdk_status answer_ = TDK_OK;
  std::string refusal_;
  std::optional<Error> error_;
  std::exception_ptr thrown_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Phase phase_ = Phase::Running;
  CallOutcome outcome_;
};

// What an observer is told after every call, on the caller's thread.
struct CallReport {
  std::string_view plugin, function;
  tdk_status status;
  std::string_view message;
  std::int64_t latency_ns;
};
using CallObserver = std::function<void(const CallReport &)>;

}  // namespace tapedeck
