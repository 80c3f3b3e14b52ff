#include "plugins/call.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/cancel.hpp"
#include "base/text.hpp"

namespace tapedeck {

CallOutcome outcome_of(tdk_status status, const tdk_error &error) {
  CallOutcome out;
  out.status = status;
  out.message = printable({error.message, strnlen(error.message, sizeof error.message)},
                          sizeof error.message);
  out.retry_after_ms = std::max<std::int64_t>(error.retry_after_ms, 0);
  out.upstream = error.upstream_code;
  if (status < TDK_OK || status > TDK_INCOMPATIBLE) {
    out.status = TDK_INTERNAL;
    out.message = "the plugin returned the unknown status " + std::to_string(status) +
                  (out.message.empty() ? "" : ": " + printable(out.message, 60));
  }
  return out;
}

CallOutcome escaped_exception() {
  return {TDK_INTERNAL, "the plugin let an exception escape", 0, 0};
}

PluginCall::PluginCall(const char *function, const tdk_cancel *cancel, std::int64_t limit_mono_ns)
    : function_(function), caller_token_(cancel) {
  token_.struct_size = sizeof token_;
  // A descriptor of its own: the caller's may be closed while an abandoned plugin still waits on
  // it.
  token_.wait_fd =
      cancel != nullptr && cancel->wait_fd >= 0 ? fcntl(cancel->wait_fd, F_DUPFD_CLOEXEC, 0) : -1;
  token_.ctx = this;
  token_.deadline_mono_ns =
      std::min(limit_mono_ns, cancel != nullptr ? cancel->deadline_mono_ns : INT64_MAX);
  token_.check = &check;
}

PluginCall::~PluginCall() {
  if (token_.wait_fd >= 0) close(token_.wait_fd);
}

tdk_status PluginCall::token_status() const {
  std::lock_guard lock(token_mutex_);
  return left_ ? TDK_CANCELLED : status_of(caller_token_);
}

tdk_status PluginCall::check(const tdk_cancel *self) {
  return static_cast<const PluginCall *>(self->ctx)->token_status();
}

tdk_status PluginCall::refuse(std::string_view why) {
  refusal_ = why;
  return TDK_BAD_DATA;
}

void PluginCall::perform() {
  CallOutcome outcome = enter_plugin([this](tdk_error *error) { return run(error); });
  std::lock_guard lock(mutex_);
  if (phase_ == Phase::Abandoned) return;
  outcome_ = std::move(outcome);
  phase_ = Phase::Ended;
  changed_.notify_all();
}

void PluginCall::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return phase_ != Phase::Running; });
}

bool PluginCall::abandon() {
  std::unique_lock gate(gate_, std::try_to_lock);
  if (!gate.owns_lock()) return false;
  std::lock_guard lock(mutex_);
  if (phase_ != Phase::Running) return false;
  {
    std::lock_guard token(token_mutex_);
    left_ = true;
    caller_token_ = nullptr;
  }
  phase_ = Phase::Abandoned;
  changed_.notify_all();
  return true;
}

bool PluginCall::abandoned() const {
  std::lock_guard lock(mutex_);
  return phase_ == Phase::Abandoned;
}

CallOutcome PluginCall::result() {
  std::lock_guard gate(gate_);
  if (error_) throw Error(*error_);
  if (thrown_ != nullptr) std::rethrow_exception(thrown_);
  if (!refusal_.empty()) return {TDK_BAD_DATA, refusal_, 0, 0};
  if (answer_ != TDK_OK) return {answer_, "the receiver of its data stopped it", 0, 0};
  if (outcome_.status == TDK_STOP)
    return {TDK_INTERNAL, "the plugin says it was stopped, but nobody did", 0, 0};
  return outcome_;
}

}  // namespace tapedeck
