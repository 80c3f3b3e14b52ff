#include "api/stream_server.hpp"

#include <tapedeck/layer/core.hpp>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "api/stream_text.hpp"
#include "base/text.hpp"

namespace tapedeck::api {
namespace {

constexpr int kLook_ms = 100;  // how often deadlines are looked at
constexpr int kEvents = 64;
constexpr std::chrono::milliseconds kGoodbye{700};
constexpr Nanos kCloseReply = kSecond;   // for the client's end of an orderly close
constexpr double kFlood = 10;            // times the allowed rate

Nanos nanos(std::chrono::nanoseconds time) { return time.count(); }

OwnedFd checked(int fd, const char *what) {
  if (fd < 0) throw Error(TDK_IO, std::string("starting the stream server: ") + what + ": " + std::strerror(errno));
  return OwnedFd(fd);
}

void watch(int epoll, int operation, int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  epoll_ctl(epoll, operation, fd, &event);
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  std::string frame;
  append_ws_close(frame, WsRole::Server, code, reason);
  return frame;
}

}  // namespace

void append_text(Frames &frames, std::string_view text) {
  const std::size_t from = frames.bytes.size();
  append_ws_frame(frames.bytes, WsRole::Server, WsOpcode::Text, text);
  frames.mark(from);
}

StreamServer::StreamServer(ServerState &server, LiveHub &hub)
    : server_(server),
      limits_(server.limits.stream),
      fan_([this](std::vector<ClientPtr> &clients) { wake(clients); }, server.ports.warn),
      dispatcher_(server.ports.query, hub, fan_, limits_),
      epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll")),
      bell_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  watch(epoll_.get(), EPOLL_CTL_ADD, bell_.get(), EPOLLIN);
  thread_ = std::thread([this] { run(); });
}

StreamServer::~StreamServer() { stop(); }

void StreamServer::stop() {
  if (!thread_.joinable()) return;
  dispatcher_.part();
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ring();
  thread_.join();
}

void StreamServer::ring() noexcept {
  const std::uint64_t one = 1;
  // Full is rung enough.
  [[maybe_unused]] const ssize_t n = write(bell_.get(), &one, sizeof one);
}

void StreamServer::wake(std::vector<ClientPtr> &clients) {
  bool asleep = false;
  {
    std::lock_guard lock(mutex_);
    ready_.insert(ready_.end(), clients.begin(), clients.end());
    asleep = std::exchange(asleep_, false);
  }
  if (asleep) ring();
}

void StreamServer::adopt(OwnedFd fd, std::string peer, std::shared_ptr<Counted> place, std::string received) {
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &limits_.send_buffer, sizeof limits_.send_buffer);
  auto client = std::make_shared<StreamClient>(std::move(fd), std::move(peer), std::move(place), server_, now());
  bool asleep = false;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    newcomers_.push_back({std::move(client), std::move(received)});
    asleep = std::exchange(asleep_, false);
  }
  if (asleep) ring();
}

void StreamServer::run() noexcept {
  try {
    serve();
    say_goodbye_to_all();
  } catch (const std::exception &e) {
    server_.warn("api: the stream server ended: " + printable(e.what(), 400));
  }
  std::lock_guard lock(mutex_);
  stopping_ = true;
  newcomers_.clear();
  ready_.clear();
  clients_.clear();
}

// False: the server stops.
bool StreamServer::take_work(std::vector<ClientPtr> &ready, std::vector<Newcomer> &newcomers) {
  ready.clear();
  newcomers.clear();
  std::lock_guard lock(mutex_);
  ready.swap(ready_);
  newcomers.swap(newcomers_);
  asleep_ = ready.empty() && newcomers.empty() && again_.empty();
  return !stopping_;
}

void StreamServer::serve() {
  std::vector<ClientPtr> ready;
  std::vector<Newcomer> newcomers;
  Nanos looked = now();
  while (take_work(ready, newcomers)) {
    ready.insert(ready.end(), again_.begin(), again_.end());
    again_.clear();
    for (const auto &client : ready) flush(client);
    for (auto &n : newcomers) welcome(std::move(n));
    wait_and_receive(!ready.empty() || !newcomers.empty());
    if (now() - looked < nanos(std::chrono::milliseconds(kLook_ms))) continue;
    looked = now();
    look_at_time();
  }
}

void StreamServer::welcome(Newcomer newcomer) {
  const ClientPtr client = std::move(newcomer.client);
  clients_[client->fd.get()] = client;
  watch(epoll_.get(), EPOLL_CTL_ADD, client->fd.get(), EPOLLIN);
  dispatcher_.count_clients(clients_.size());
  client->reader.append(newcomer.received);
  take_events(client);
}

void StreamServer::wait_and_receive(bool busy) {
  epoll_event events[kEvents];
  const int n = epoll_wait(epoll_.get(), events, kEvents, busy ? 0 : clients_.empty() ? -1 : kLook_ms);
  for (int i = 0; i < n; ++i) {
    const int fd = events[i].data.fd;
    if (fd == bell_.get()) {
      std::uint64_t rung = 0;
      [[maybe_unused]] const ssize_t r = read(fd, &rung, sizeof rung);
      continue;
    }
    const auto found = clients_.find(fd);
    if (found == clients_.end()) continue;
    const ClientPtr client = found->second;
    if ((events[i].events & EPOLLOUT) != 0) {
      set_blocked(*client, false);
      flush(client);
    }
    if (!client->gone && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(client);
  }
}

// One read a turn, however much there is: the others wait.
void StreamServer::receive(const ClientPtr &client) {
  char unread[4096];  // what a client sends after its goodbye or ours
  const std::span<char> room = client->leaving ? std::span<char>(unread) : client->reader.room();
  const ssize_t n = recv(client->fd.get(), room.data(), room.size(), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) return remove(client, n == 0 ? "left" : "was lost");
  if (client->leaving) return;
  client->reader.filled(static_cast<std::size_t>(n));
  take_events(client);
}

void StreamServer::take_events(const ClientPtr &client) {
  while (!client->leaving && !client->gone) {
    const WsEvent event = client->reader.next();
    if (event.kind == WsEvent::Kind::None) break;
    client->heard = now();
    switch (event.kind) {
      case WsEvent::Kind::None:
      case WsEvent::Kind::Pong: break;
      case WsEvent::Kind::Text: on_message(client, event.payload); break;
      case WsEvent::Kind::Binary: leave(client, 1003, "text messages only"); break;
      case WsEvent::Kind::Ping:
        if (within_rate(*client)) control(*client, WsOpcode::Pong, event.payload);
        break;
      case WsEvent::Kind::Close: leave(client, client->reader.close().code, ""); break;
      case WsEvent::Kind::Failure:
        leave(client, client->reader.failure().close_code, client->reader.failure().text);
        break;
    }
    // Whoever only sends must not be answered without limit either.
    if (client->outbox.full()) break;
  }
  if (!client->gone) flush(client);
}

bool StreamServer::within_rate(StreamClient &client) {
  const Nanos at = now();
  const double earned = static_cast<double>(at - client.allowance_at) / 1e9 * limits_.messages_per_second;
  client.allowance = std::min(limits_.messages_per_second, client.allowance + earned) - 1;
  client.allowance_at = at;
  return client.allowance >= 0;
}

void StreamServer::on_message(const ClientPtr &client, std::string_view text) {
  if (within_rate(*client)) return dispatcher_.carry_out(client, text);
  const std::string most = std::to_string(static_cast<int>(limits_.messages_per_second)) + " messages a second";
  if (client->allowance < -kFlood * limits_.messages_per_second) return leave(client, WsCloseCode::kPolicy, "more than " + most);
  client->say(error_text({"too_many_messages", "more than " + most + "; this one was not looked at", "send it again, more slowly"}, ""));
}

void StreamServer::control(StreamClient &client, WsOpcode opcode, std::string_view payload) {
  Frames frame;
  append_ws_frame(frame.bytes, WsRole::Server, opcode, payload);
  frame.mark(0);
  client.outbox.put(frame);
}

void StreamServer::set_blocked(StreamClient &client, bool blocked) {
  if (client.blocked == blocked) return;
  client.blocked = blocked;
  watch(epoll_.get(), EPOLL_CTL_MOD, client.fd.get(), blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void StreamServer::flush(const ClientPtr &client) {
  if (client->gone || (client->blocked && !client->outbox.full())) return;
  switch (client->outbox.send(client->fd.get())) {
    case Outbox::State::Empty:
      if (client->leaving && !std::exchange(client->said_goodbye, true)) shutdown(client->fd.get(), SHUT_WR);
      break;
    case Outbox::State::More: again_.push_back(client); break;
    case Outbox::State::Blocked: set_blocked(*client, true); break;
    case Outbox::State::Full: cut_slow(client); break;
    case Outbox::State::Gone: remove(client, "was lost"); break;
  }
}

void StreamServer::cut_slow(const ClientPtr &client) {
  const std::uint64_t lost = client->outbox.drop();
  const std::string message = "reading too slowly: " + std::to_string(lost) + " messages were not sent; connection closed";
  Frames status;
  append_text(status, R"({"type":"status","status":"error","message":)" + json_quoted(message) + "}");
  leave(client, WsCloseCode::kPolicy, "reading too slowly", status.bytes);
  server_.warn("api: stream: " + client->peer + ": " + message);
  ++server_.count.slow;
  flush(client);
}

// What is in its outbox still goes out, then `before`, then the Close frame; then its end is waited for.
void StreamServer::leave(const ClientPtr &client, std::uint16_t code, std::string_view reason, std::string_view before) {
  if (client->leaving) return;
  fan_.remove_all(client);
  client->outbox.finish(std::string(before) + close_frame(code, reason));
  client->leaving = now() + (before.empty() ? kCloseReply : nanos(limits_.farewell));
}

void StreamServer::remove(const ClientPtr &client, const char *why, bool reset) {
  if (std::exchange(client->gone, true)) return;
  server_.debug("api: stream: " + client->peer + " " + why);
  if (reset) {
    const linger now_{1, 0};
    setsockopt(client->fd.get(), SOL_SOCKET, SO_LINGER, &now_, sizeof now_);
  }
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, client->fd.get(), nullptr);
  fan_.remove_all(client);
  clients_.erase(client->fd.get());
  dispatcher_.count_clients(clients_.size());
}

void StreamServer::look_at_time() {
  std::vector<ClientPtr> all;
  for (const auto &[fd, client] : clients_) all.push_back(client);
  const Nanos at = now();
  for (const auto &client : all) {
    if (client->leaving) {
      if (at >= *client->leaving) remove(client, "did not close its end in time", true);
    } else if (at - client->heard >= nanos(limits_.silence)) {
      remove(client, "was silent for too long", true);
    } else if (at - client->pinged >= nanos(limits_.ping)) {
      client->pinged = at;
      control(*client, WsOpcode::Ping, "");
      flush(client);
    }
  }
}

// On the machine's own clock: the server has to end even where a test's clock stands still.
void StreamServer::say_goodbye_to_all() {
  std::vector<ClientPtr> all;
  for (const auto &[fd, client] : clients_) all.push_back(client);
  for (const auto &client : all) {
    leave(client, WsCloseCode::kGoingAway, "going away");
    flush(client);
  }
  const auto end = std::chrono::steady_clock::now() + kGoodbye;
  while (!clients_.empty() && std::chrono::steady_clock::now() < end) {
    const std::vector<ClientPtr> more = std::exchange(again_, {});
    for (const auto &client : more) flush(client);
    wait_and_receive(!more.empty());
  }
}

}  // namespace tapedeck::api
