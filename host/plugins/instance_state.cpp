#include "plugins/instance_state.hpp"

#include <chrono>
#include <cstdio>

namespace tapedeck {
namespace {

constexpr auto kSlice =
    std::chrono::milliseconds(20);  // how late a waiter notices its cancellation

std::string time_of_day(std::int64_t wall_ns) {
  const std::int64_t s = wall_ns / 1'000'000'000 % 86'400;
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d", static_cast<int>(s / 3600),
                static_cast<int>(s / 60 % 60), static_cast<int>(s % 60));
  return text;
}

}  // namespace

tdk_status Turnstile::enter(const PluginCall &call) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!why_.empty()) return TDK_UNAVAILABLE;
    if (concurrent_ || !busy_) break;
    changed_.wait_for(lock, kSlice);
    if (busy_)
      if (const tdk_status s = call.token_status(); s != TDK_OK) return s;
  }
  busy_ = true;
  return TDK_OK;
}

void Turnstile::leave() {
  std::lock_guard lock(mutex_);
  busy_ = false;
  changed_.notify_one();
}

void Turnstile::close(std::string why) {
  std::lock_guard lock(mutex_);
  if (why_.empty()) why_ = std::move(why);
  changed_.notify_all();
}

void Turnstile::open() {
  std::lock_guard lock(mutex_);
  why_.clear();
}

std::string Turnstile::why() const {
  std::lock_guard lock(mutex_);
  return why_;
}

Clock &PluginInstance::State::clock() const {
  return settings.watchdog != nullptr ? settings.watchdog->clock() : system_clock();
}

std::unique_ptr<Worker> PluginInstance::State::take_worker() {
  std::lock_guard lock(workers_mutex);
  if (idle_workers.empty()) return std::make_unique<Worker>();
  auto worker = std::move(idle_workers.back());
  idle_workers.pop_back();
  return worker;
}

void PluginInstance::State::give_back(std::unique_ptr<Worker> worker) {
  std::lock_guard lock(workers_mutex);
  idle_workers.push_back(std::move(worker));
}

void PluginInstance::State::perform_on_worker(const std::shared_ptr<PluginCall> &call) {
  auto worker = take_worker();
  worker->start(call);
  call->wait();
  if (call->abandoned())
    worker->let_go();
  else
    give_back(std::move(worker));
}

bool PluginInstance::State::perform(const std::shared_ptr<State> &self,
                                    const std::shared_ptr<PluginCall> &call, Where where) {
  const std::string since = time_of_day(clock().now_ns());
  const auto on_late = [self, call, where, since]() -> Watchdog::Report {
    const bool abandoned = where == Where::OnWorker && call->abandon();
    if (where == Where::OnWorker && !abandoned) return {};
    const std::string text = std::string("wedged in ") + call->function() + " since " + since +
                             (abandoned ? "; restart to recover" : "; waiting for it to return");
    if (abandoned) self->left_alone = true;
    self->turnstile.close(text);
    return [self, text, abandoned, function = std::string(call->function())] {
      if (self->settings.on_wedged)
        self->settings.on_wedged({self->settings.name, function, text, abandoned});
    };
  };
  if (settings.watchdog != nullptr) settings.watchdog->enter(call, on_late);
  if (where == Where::Inline)
    call->perform();
  else
    perform_on_worker(call);
  if (settings.watchdog != nullptr) settings.watchdog->leave(call.get());
  if (!call->abandoned() && !left_alone) turnstile.open();
  return !call->abandoned();
}

}  // namespace tapedeck
