#include <atomic>
#include <csignal>
#include <cstdlib>

#include "app/session.hpp"

namespace tapedeck {
namespace {

std::atomic<CancelSource *> target{nullptr};
std::atomic<bool> caught{false};
std::atomic<bool> reload{false};

void on_signal(int number) {
  if (caught.exchange(true)) std::_Exit(128 + number);
  if (CancelSource *source = target.load()) source->cancel();
}

void on_hangup(int) { reload = true; }

void set_handlers(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

SignalGuard::SignalGuard(CancelSource &cancel, bool with_reload) {
  target = &cancel;
  set_handlers(&on_signal);
  if (with_reload) std::signal(SIGHUP, &on_hangup);
}

bool SignalGuard::take_reload() noexcept { return reload.exchange(false); }

SignalGuard::~SignalGuard() {
  set_handlers(SIG_DFL);
  std::signal(SIGHUP, SIG_DFL);
  target = nullptr;
}

bool SignalGuard::interrupted() noexcept { return caught.load(); }

}  // namespace tapedeck
