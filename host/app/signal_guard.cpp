#include <atomic>
#include <csignal>
#include <cstdlib>

#include "app/session.hpp"

namespace tapedeck {
namespace {

std::atomic<CancelSource *> target{nullptr};
std::atomic<bool> caught{false};

void on_signal(int number) {
  if (caught.exchange(true)) std::_Exit(128 + number);
  if (CancelSource *source = target.load()) source->cancel();
}

void set_handlers(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

SignalGuard::SignalGuard(CancelSource &cancel) {
  target = &cancel;
  set_handlers(&on_signal);
}

SignalGuard::~SignalGuard() {
  set_handlers(SIG_DFL);
  target = nullptr;
}

bool SignalGuard::interrupted() noexcept { return caught.load(); }

}  // namespace tapedeck
