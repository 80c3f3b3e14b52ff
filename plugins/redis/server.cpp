#include "server.hpp"

#include <chrono>

namespace tapedeck::redis {
namespace {

constexpr std::size_t kIdle = 8;      // connections kept
constexpr std::chrono::milliseconds kLookAgain{300};  // below the time in which hosts that share budgets must have reported
constexpr std::chrono::milliseconds kLookAgainRejected{5000};

// Nothing of a stranger's but printable characters.
std::string printable(const std::string &text) {
  std::string out = text.substr(0, 300);
  for (char &c : out)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  return out;
}

}  // namespace

Server::Server(Host host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      up_(host_, MetricKind::Gauge, "tapedeck_redis_up"),
      losses_(host_, MetricKind::Counter, "tapedeck_redis_losses_total") {}

Server::~Server() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (seeker_.joinable()) seeker_.join();
}

// NULL: a new one is to be made.
std::unique_ptr<Connection> Server::take() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::Away) throw Error(TDK_UNAVAILABLE, settings_.name() + " is away: " + why_);
  if (idle_.empty()) return nullptr;
  auto out = std::move(idle_.back());
  idle_.pop_back();
  return out;
}

void Server::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::Away && idle_.size() < kIdle) idle_.push_back(std::move(connection));
}

void Server::lost(const std::string &why) {
  std::vector<std::unique_ptr<Connection>> dead;
  {
    const std::lock_guard lock(mutex_);
    dead.swap(idle_);
    if (state_ == State::Away || ending_) return;
    state_ = State::Away;
    why_ = printable(why);
    away_since_ = host_.monotonic();
    if (!seeker_.joinable()) seeker_ = std::thread([this] { look_for_it(); });
    host_.log(TDK_LOG_WARN, settings_.name() + " is away (" + why_ + "); going on without it");
  }
  up_.record(0);
  losses_.record(1);
  changed_.notify_all();
}

void Server::found(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdle) idle_.push_back(std::move(connection));
    const bool was_away = state_ == State::Away;
    const bool first = state_ == State::Unknown;
    state_ = State::Here;
    if (!was_away && !first) return;
    const std::int64_t seconds = (host_.monotonic() - away_since_ + 500'000'000) / 1'000'000'000;
    if (was_away) host_.log(TDK_LOG_INFO, settings_.name() + " is back after " + std::to_string(seconds) + " s");
  }
  up_.record(1);
}

void Server::look_for_it() {
  std::unique_lock lock(mutex_);
  auto wait = kLookAgain;
  while (!ending_) {
    changed_.wait_for(lock, wait, [this] { return ending_; });
    if (ending_) return;
    changed_.wait(lock, [this] { return ending_ || state_ == State::Away; });
    if (ending_) return;
    lock.unlock();
    wait = kLookAgain;
    try {
      auto connection = std::make_unique<Connection>(settings_);
      const Reply pong = connection->ask({"PING"});
      if (pong.kind != Reply::Kind::Error) found(std::move(connection));
    } catch (const Rejected &) {
      wait = kLookAgainRejected;
    } catch (const std::exception &) {
      wait = kLookAgain;
    }
    lock.lock();
  }
}

void Server::use(const Use &use) {
  if (auto connection = take()) try {
      use(*connection);
      return give_back(std::move(connection));
    } catch (const Lost &e) {
      if (!e.in_time) fail(e.what());
    }  // the server may have closed a connection that was kept: a new one tells
  try {
    auto connection = std::make_unique<Connection>(settings_);
    use(*connection);
    found(std::move(connection));
  } catch (const Lost &e) {
    fail(e.what());
  } catch (const Rejected &e) {
    fail(std::string("it refuses us: ") + e.what());
  }
}

void Server::fail(const std::string &why) {
  lost(why);
  throw Error(TDK_UNAVAILABLE, settings_.name() + " is away: " + printable(why));
}

Reply Server::ask(const Command &command) {
  Reply out;
  use([&](Connection &c) { out = c.ask(command); });
  return out;
}

std::vector<Reply> Server::ask(const std::vector<Command> &commands) {
  std::vector<Reply> out;
  use([&](Connection &c) { out = c.ask(commands); });
  return out;
}

Reply Server::demand(const Command &command, const char *doing) {
  Reply out = ask(command);
  check(out, doing);
  return out;
}

void Server::check(const Reply &reply, const char *doing) {
  if (reply.kind != Reply::Kind::Error) return;
  if (reply.is_error("LOADING")) fail(reply.text);  // it has just been started
  const std::string what = std::string(doing) + ", on " + settings_.name() + ": " + printable(reply.text);
  {
    const std::lock_guard lock(mutex_);
    if (complaint_ != reply.text) host_.log(TDK_LOG_WARN, what);
    complaint_ = reply.text;
  }
  throw Error(TDK_IO, what);
}

}  // namespace tapedeck::redis
