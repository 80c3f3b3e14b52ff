#include "query/vendor_ask.hpp"

#include <algorithm>
#include <system_error>
#include <thread>

#include "base/cancel.hpp"
#include "base/text.hpp"

namespace tapedeck {
namespace {

int weight_of(tdk_status code) {
  if (code == TDK_NOT_SUPPORTED) return 0;
  return code == TDK_NOT_FOUND ? 1 : 2;
}

}  // namespace

TimeLimit::TimeLimit(const tdk_cancel *outer, Nanos limit, Clock &clock)
    : outer_(outer), clock_(clock), deadline_(clock.monotonic_ns() + limit) {
  raw_.struct_size = sizeof raw_;
  raw_.wait_fd = outer != nullptr ? outer->wait_fd : -1;
  raw_.ctx = this;
  raw_.deadline_mono_ns = outer != nullptr ? std::min(outer->deadline_mono_ns, deadline_) : deadline_;
  raw_.check = &check;
}

tdk_status TimeLimit::check(const tdk_cancel *self) {
  const auto &me = *static_cast<const TimeLimit *>(self->ctx);
  if (const tdk_status s = status_of(me.outer_); s != TDK_OK) return s;
  return me.clock_.monotonic_ns() >= me.deadline_ ? TDK_TIMEOUT : TDK_OK;
}

void WorstError::add(const Error &error) {
  if (!error_ || weight_of(error.code()) > weight_of(error_->code())) error_ = error;
  else if (error.code() == TDK_NOT_SUPPORTED && error_->code() == TDK_NOT_SUPPORTED)
    error_ = Error(TDK_NOT_SUPPORTED, std::string(error_->what()) + "; " + error.what());
}

std::optional<Error> ask_in_turn(const std::vector<std::string> &sources, Clock &clock, const tdk_cancel *cancel,
                                 const std::function<bool(const std::string &source, const tdk_cancel *)> &ask) {
  WorstError worst;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Nanos patience = i + 1 == sources.size() ? kLastPatience : kPatience;
    const TimeLimit limit(cancel, patience, clock);
    try {
      if (ask(sources[i], limit.raw())) return std::nullopt;
    } catch (const Error &e) {
      if (status_of(cancel) != TDK_OK) throw;
      worst.add(error_of(sources[i], e, patience));
    }
  }
  return worst.error() ? worst.error() : Error(TDK_NOT_SUPPORTED, "no provider is configured for this");
}

Error error_of(const std::string &source, const Error &error, Nanos patience) {
  const bool late = error.code() == TDK_TIMEOUT || error.code() == TDK_CANCELLED;
  return late ? Error(TDK_UNAVAILABLE, source + ": no answer in " + format_duration(patience)) : error;
}

void all_at_once(std::size_t count, const std::function<void(std::size_t)> &work) {
  std::vector<std::thread> threads;
  threads.reserve(count);
  std::size_t next = 1;
  try {
    for (; next < count; ++next) threads.emplace_back(work, next);
  } catch (const std::system_error &) {  // no thread is to be had: this one does what is left
  }
  if (count > 0) work(0);
  for (; next < count; ++next) work(next);
  for (auto &thread : threads) thread.join();
}

}  // namespace tapedeck
