#include "sim/oanda/oanda.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <map>
#include <mutex>
#include <stdexcept>

#include "sim/oanda/answers.hpp"
#include "sim/oanda/endpoints.hpp"
#include "sim/oanda/pace_limit.hpp"

namespace tapedeck::sim::oanda {
namespace {

constexpr std::size_t kRequestsPerSecond = 120;
constexpr std::size_t kConnectionsPerSecond = 2;
constexpr std::size_t kMostStreams = 20;

/// Streams open at an address. Threads: any.
class OpenStreams {
 public:
  bool enter(const std::string &client, bool enforced) {
    const std::lock_guard lock(mutex_);
    std::size_t &open = clients_[client];
    if (enforced && open >= kMostStreams) return false;
    ++open;
    return true;
  }
  void leave(const std::string &client) {
    const std::lock_guard lock(mutex_);
    --clients_[client];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::size_t> clients_;
};

/// Gives its place back when it ends.
class CountedStream final : public StreamSession {
 public:
  CountedStream(std::unique_ptr<StreamSession> inner, std::shared_ptr<OpenStreams> open,
                std::string client)
      : inner_(std::move(inner)), open_(std::move(open)), client_(std::move(client)) {}
  ~CountedStream() override { open_->leave(client_); }

  std::vector<std::string> on_text(std::string_view text, std::int64_t now_ms) override {
    return inner_->on_text(text, now_ms);
  }
  std::int64_t next_due() const override { return inner_->next_due(); }
  bool next(std::int64_t until, StreamMessage &message) override {
    return inner_->next(until, message);
  }
  void restart(std::int64_t now_ms) override { inner_->restart(now_ms); }
  std::vector<std::string> subscriptions() const override { return inner_->subscriptions(); }
  std::string shutdown_notice(std::int64_t now_ms) const override {
    return inner_->shutdown_notice(now_ms);
  }

 private:
  std::unique_ptr<StreamSession> inner_;
  std::shared_ptr<OpenStreams> open_;
  std::string client_;
};

/// `/v3/accounts/X/pricing` in parts.
std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts = split_list(path.substr(1), '/');
  for (std::string &part : parts) part = decoded(part);
  return parts;
}

/// A token is anything of eight characters and more, but not one of the other environment.
void check_token(const Request &request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view header = request.header("Authorization");
  const std::string_view token = header.starts_with(scheme) ? header.substr(scheme.size()) : "";
  if (token.size() < 8 || token.starts_with("live-"))
    refuse(401, "Insufficient authorization to perform request.");
}

void check_account(const std::string &account) {
  const bool own = std::any_of(std::begin(kAccounts), std::end(kAccounts),
                               [&](const char *id) { return account == id; });
  if (!own) refuse(403, "The provided request was forbidden.");
}

StreamPace pace_of(const Options &options) {
  constexpr std::int64_t longest = 60'000;
  StreamPace pace{options.replay_fast, 0};
  for (const VendorSetting &setting : options.settings) {
    if (setting.vendor != "oanda") continue;
    const char *end = setting.value.data() + setting.value.size();
    const auto [at, error] = std::from_chars(setting.value.data(), end, pace.window_ms);
    if (setting.name != "window_ms" || error != std::errc{} || at != end || pace.window_ms < 0 ||
        pace.window_ms > longest)
      throw std::invalid_argument("--set oanda." + setting.name + "=" + setting.value +
                                  ": expected window_ms, a number from 0 to 60000");
  }
  return pace;
}

class Oanda final : public Vendor {
 public:
  Oanda(const Options &options, SimClock &clock)
      : clock_(clock),
        listing_(options),
        limits_(options.limits),
        pace_(pace_of(options)),
        streams_(std::make_shared<OpenStreams>()) {}

  std::string_view name() const override { return "oanda"; }
  Reply handle(const Request &request) override;
  Reply error_reply(int status) override { return identified(injected_answer(status)); }
  std::int64_t window_weight() const override { return 0; }
  void reset_limits() override;
  bool is_line_stream(std::string_view path) const override {
    return path.ends_with("/pricing/stream");
  }
  StreamOpening open_stream(const Request &request) override;
  StreamRules stream_rules() const override;

 private:
  Context context_of(const Request &request) const {
    return {listing_, clock_.now_ms(), time_form_of(request.header("Accept-Datetime-Format"))};
  }
  Reply answer(const Request &request) const;
  void admit(const Request &request);
  Reply identified(Reply reply);

  SimClock &clock_;
  const Listing listing_;
  const bool limits_;
  const StreamPace pace_;
  PaceLimit requests_{kRequestsPerSecond};
  PaceLimit connections_{kConnectionsPerSecond};
  std::shared_ptr<OpenStreams> streams_;
  std::atomic<std::uint64_t> request_id_{42'521'523'389'037'000};
};

Reply Oanda::identified(Reply reply) {
  reply.set("RequestID", std::to_string(++request_id_));
  reply.set("Access-Control-Expose-Headers", "ETag, RequestID");
  return reply;
}

void Oanda::admit(const Request &request) {
  if (!limits_) return;
  const std::int64_t now = clock_.now_ms();
  const bool connected = !request.first || connections_.admit(request.client, now);
  if (connected && requests_.admit(request.client, now)) return;
  counters().update([](CounterValues &values) { ++values.refused_429; });
  refuse(429, connected ? "Rate limit violation. Allowed rate: 120 requests per second"
                        : "Rate limit violation of newly established connections. Allowed rate: 2 "
                          "connections per second");
}

Reply Oanda::answer(const Request &request) const {
  check_token(request);
  const std::vector<std::string> path = parts_of(request.path);
  const Context context = context_of(request);
  const Query query(request.query);
  const auto is = [&](std::size_t i, std::string_view part) {
    return i < path.size() && path[i] == part;
  };
  if (!is(0, "v3")) refuse(404, "The path does not exist");
  if (request.method != "GET" && request.method != "HEAD") refuse(405, "The method is not allowed");
  if (is(1, "instruments") && path.size() == 4 && is(3, "candles"))
    return candles(context, path[2], query);
  if (!is(1, "accounts")) refuse(404, "The path does not exist");
  if (path.size() == 2) return accounts(context);
  check_account(path[2]);
  if (path.size() == 4 && is(3, "summary")) return account_summary(context, path[2]);
  if (path.size() == 4 && is(3, "instruments")) return account_instruments(context, query);
  if (path.size() == 4 && is(3, "pricing")) return pricing(context, query);
  if (path.size() == 5 && is(3, "candles") && is(4, "latest")) return latest_candles(context, query);
  if (path.size() == 6 && is(3, "instruments") && is(5, "candles"))
    return candles(context, path[4], query);
  refuse(404, "The path does not exist");
}

Reply Oanda::handle(const Request &request) {
  try {
    admit(request);
    return identified(answer(request));
  } catch (const ApiError &error) {
    Reply reply = identified(error_answer(error.status, error.message));
    // What a refusal for its rate looks like is not known: every other one has no body.
    if (error.status == 429 && request_id_ % 2 == 0) reply.body = std::make_shared<std::string>();
    return reply;
  }
}

void Oanda::reset_limits() {
  requests_.clear();
  connections_.clear();
}

/// Never ends by itself, and has no pings: the heartbeats are lines.
StreamRules Oanda::stream_rules() const {
  StreamRules rules;
  constexpr std::int64_t ages = kNever / 4;
  rules.ping_every_ms = rules.pong_within_ms = rules.life_ms = ages;
  rules.messages_per_second = 0;
  rules.lines = true;
  return rules;
}

/// The streaming host answers refusals with no body, but for what is wrong in the request.
StreamOpening Oanda::open_stream(const Request &request) {
  StreamOpening opening;
  try {
    admit(request);
    check_token(request);
    const std::vector<std::string> path = parts_of(request.path);
    if (path.size() != 5 || path[0] != "v3" || path[1] != "accounts")
      refuse(404, "The path does not exist");
    check_account(path[2]);
    auto session = make_price_stream(context_of(request), Query(request.query), pace_);
    if (!streams_->enter(request.client, limits_)) refuse(429, "Too many streams");
    opening.session =
        std::make_unique<CountedStream>(std::move(session), streams_, request.client);
    opening.refusal = identified(Reply{});
  } catch (const ApiError &error) {
    opening.refusal = identified(error_answer(error.status, error.message));
    if (error.status != 400) opening.refusal.body = std::make_shared<std::string>();
  }
  return opening;
}

}  // namespace

std::unique_ptr<Vendor> make_vendor(const Options &options, SimClock &clock) {
  return std::make_unique<Oanda>(options, clock);
}

}  // namespace tapedeck::sim::oanda
