#include "net/resolver.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "net/url.hpp"

namespace tapedeck {
namespace {

constexpr int kMaxLookUps = 64;  // a dead name server must not make threads without end
std::atomic<int> g_look_ups{0};

// Shared with the helper thread, which may outlive the request by many seconds.
struct Pending {
  explicit Pending(LookUp f) : look_up(std::move(f)), fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Pending() {
    if (fd >= 0) close(fd);
  }
  Pending(const Pending &) = delete;
  Pending &operator=(const Pending &) = delete;

  const LookUp look_up;
  const int fd;
  std::atomic<bool> done{false};
  std::vector<std::string> found;  // written before `done`
};

void run(const std::shared_ptr<Pending> &pending, const std::string &host) noexcept {
  try {
    pending->found = pending->look_up(host);
  } catch (const std::exception &) {
    pending->found.clear();  // a look-up that fails has found nothing
  }
  pending->done.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(pending->fd, &one, sizeof one);
  --g_look_ups;
}

std::shared_ptr<Pending> start(const std::string &host, const LookUp &look_up, IoScope &scope) {
  if (++g_look_ups > kMaxLookUps) {
    --g_look_ups;
    scope.fail(NetFault::Dns, "too many name look-ups hang already");
  }
  try {
    auto pending = std::make_shared<Pending>(look_up);
    std::thread([pending, host] { run(pending, host); }).detach();
    return pending;
  } catch (const std::exception &e) {
    --g_look_ups;
    scope.fail(NetFault::Dns, std::string("the look-up could not be started: ") + e.what());
  }
}

std::string address_text(const addrinfo &entry) {
  char text[NI_MAXHOST] = "";
  getnameinfo(entry.ai_addr, entry.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return text;
}

}  // namespace

LookUp system_look_up() {
  return [](const std::string &host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo *list = nullptr;
    std::vector<std::string> found;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return found;
    for (const addrinfo *i = list; i != nullptr; i = i->ai_next) found.push_back(address_text(*i));
    freeaddrinfo(list);
    return found;
  };
}

std::vector<std::string> resolve_host(const std::string &host, const LookUp &look_up, IoScope &scope) {
  if (is_ip_address(host)) return {host};
  const auto pending = start(host, look_up, scope);
  while (!pending->done.load(std::memory_order_acquire)) scope.wait(pending->fd, POLLIN);
  if (pending->found.empty()) scope.fail(NetFault::Dns, "no such host");
  return pending->found;
}

}  // namespace tapedeck
