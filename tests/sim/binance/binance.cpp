#include "sim/binance/binance.hpp"

#include <array>
#include <charconv>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "sim/binance/endpoints.hpp"
#include "sim/binance/refusals.hpp"
#include "sim/binance/session.hpp"
#include "sim/binance/weights.hpp"

namespace tapedeck::sim::binance {

Reply ping(const Context &, Query &query) {
  query.finish();
  return make_reply(200, kJson, "{}");
}

Reply server_time(const Context &context, Query &query) {
  query.finish();
  const std::int64_t now = context.microseconds ? context.now_us : context.now_ms();
  return make_reply(200, kJson, "{\"serverTime\":" + std::to_string(now) + "}");
}

namespace {

struct Endpoint {
  std::string_view path;
  WeightRule weight;
  Reply (*answer)(const Context &, Query &);
};

constexpr std::array<Endpoint, 13> kEndpoints{{
    {"/api/v3/klines", fixed_weight<2>, klines},
    {"/api/v3/uiKlines", fixed_weight<2>, klines},
    {"/api/v3/ping", fixed_weight<1>, ping},
    {"/api/v3/time", fixed_weight<1>, server_time},
    {"/api/v3/exchangeInfo", fixed_weight<20>, exchange_info},
    {"/api/v3/avgPrice", fixed_weight<2>, average_price},
    {"/api/v3/ticker/price", price_weight, ticker_price},
    {"/api/v3/ticker/bookTicker", price_weight, ticker_book},
    {"/api/v3/ticker/24hr", day_weight, ticker_24h},
    {"/api/v3/depth", depth_weight, depth},
    {"/api/v3/trades", fixed_weight<25>, trades},
    {"/api/v3/historicalTrades", fixed_weight<25>, historical_trades},
    {"/api/v3/aggTrades", fixed_weight<4>, aggregate_trades},
}};

const Endpoint *find_endpoint(std::string_view path) {
  for (const Endpoint &endpoint : kEndpoints)
    if (endpoint.path == path) return &endpoint;
  return nullptr;
}

/// Disconnections for sending too much that lead to a ban.
constexpr int kOffencesBeforeBan = 3;

std::int64_t number_of(const VendorSetting &setting) {
  std::int64_t value = 0;
  const char *end = setting.value.data() + setting.value.size();
  if (const auto [at, failed] = std::from_chars(setting.value.data(), end, value); failed != std::errc{} || at != end || value < 0)
    throw std::invalid_argument("--set: binance." + setting.name + " is no number");
  return value;
}

LimitRules make_rules(const Options &options) {
  LimitRules rules;
  rules.enforced = options.limits;
  for (const VendorSetting &setting : options.settings) {
    if (setting.vendor != "binance") continue;
    if (setting.name == "weight") rules.weight = number_of(setting);
    else if (setting.name == "refusals") rules.refusals_before_ban = number_of(setting);
    else throw std::invalid_argument("--set: binance has no '" + setting.name + "'; it has weight and refusals");
  }
  return rules;
}

/// 300 attempts in 5 minutes.
LimitRules make_connect_rules(bool enforced) {
  LimitRules rules;
  rules.enforced = enforced;
  rules.weight = 300;
  rules.weight_window_ms = 300'000;
  return rules;
}

std::optional<Replay> load(const Options &options) {
  std::optional<Replay> replay;
  for (const ReplaySource &source : options.replays) {
    if (source.vendor != "binance") continue;
    if (replay) throw std::invalid_argument("--replay: binance is there twice");
    replay = Replay{load_replay(source.file, stream_of_payload), options.replay_fast};
  }
  return replay;
}

std::vector<std::string> symbols_of(const std::optional<Replay> &replay) {
  return replay ? replayed_symbols(replay->tape) : std::vector<std::string>{};
}

class Binance final : public Vendor {
 public:
  Binance(const Options &options, SimClock &clock)
      : clock_(clock),
        replay_(load(options)),
        listing_(options.seed, options.csv, symbols_of(replay_)),
        pages_(options.cache_mb << 20),
        limiter_(make_rules(options)),
        connects_(make_connect_rules(options.limits)) {}

  std::string_view name() const override { return "binance"; }
  Reply handle(const Request &request) override;
  Reply error_reply(int status) override { return injected_refusal(status, clock_); }
  std::int64_t window_weight() const override { return limiter_.used_weight(clock_.now_ms()); }
  void reset_limits() override;
  bool is_stream(std::string_view path) const override { return is_stream_path(path); }
  StreamOpening open_stream(const Request &request) override;
  StreamRules stream_rules() const override;
  void punish(const std::string &client) override;

 private:
  Reply answer(const Request &request, const Endpoint &endpoint, Query &query,
               std::int64_t now_us) const;
  void count(const Decision &decision, std::int64_t weight);

  SimClock &clock_;
  const std::optional<Replay> replay_;
  const Listing listing_;
  mutable PageCache pages_;
  RateLimiter limiter_;
  RateLimiter connects_;
  std::mutex offences_mutex_;
  std::map<std::string, int> offences_;  // disconnections for sending too much, by address
};

bool wants_microseconds(const Request &request) {
  const std::string_view unit = request.header("X-MBX-TIME-UNIT");
  return unit == "MICROSECOND" || unit == "microsecond";
}

void Binance::count(const Decision &decision, std::int64_t weight) {
  counters().update([&](CounterValues &values) {
    const bool banned = decision.verdict == Verdict::Banned;
    values.weight_used += banned && !decision.new_ban ? 0 : static_cast<std::uint64_t>(weight);
    values.refused_418 += banned ? 1 : 0;
    values.refused_429 += !banned && decision.verdict != Verdict::Pass ? 1 : 0;
    values.bans += decision.new_ban ? 1 : 0;
  });
}

Reply Binance::answer(const Request &request, const Endpoint &endpoint, Query &query,
                      std::int64_t now_us) const {
  const Context context{listing_, pages_, limiter_.rules(), now_us, wants_microseconds(request)};
  return endpoint.answer(context, query);
}

Reply Binance::handle(const Request &request) {
  const std::int64_t now_us = clock_.now_us();
  const Endpoint *endpoint = find_endpoint(request.path);
  std::optional<ApiError> broken;
  Query query;
  try {
    query = Query::parse(request.query);
  } catch (const ApiError &error) {
    broken = error;
  }
  const std::int64_t weight = endpoint == nullptr ? 0 : endpoint->weight(query);
  const Decision decision = limiter_.admit(request.client, weight, now_us / 1000);
  count(decision, weight);
  Reply reply;
  if (decision.verdict != Verdict::Pass) {
    reply = limit_refusal(decision, limiter_.rules(), clock_, now_us / 1000);
  } else if (endpoint == nullptr) {
    reply = not_found(request);
  } else if (request.method != "GET" && request.method != "HEAD") {
    reply = wrong_method();
  } else if (broken) {
    reply = api_refusal(*broken);
  } else {
    try {
      reply = answer(request, *endpoint, query, now_us);
    } catch (const ApiError &error) {
      reply = api_refusal(error);
    }
  }
  const std::string used = std::to_string(decision.used_weight);
  reply.headers.emplace_back("x-mbx-used-weight", used);
  reply.headers.emplace_back("X-MBX-USED-WEIGHT-1M", used);
  return reply;
}

void Binance::reset_limits() {
  limiter_.clear();
  connects_.clear();
  const std::lock_guard lock(offences_mutex_);
  offences_.clear();
}

StreamRules Binance::stream_rules() const {
  StreamRules rules;
  if (!connects_.rules().enforced) rules.messages_per_second = 0;
  return rules;
}

StreamOpening Binance::open_stream(const Request &request) {
  StreamOpening opening;
  const std::int64_t now_ms = clock_.now_ms();
  const Decision decision = connects_.admit(request.client, 1, now_ms);
  if (decision.verdict != Verdict::Pass) {
    count(decision, 0);
    opening.refusal = limit_refusal(decision, connects_.rules(), clock_, now_ms);
    return opening;
  }
  SessionSetup setup{listing_, replay_ ? &*replay_ : nullptr, false, false, {}, now_ms};
  try {
    read_upgrade(request, setup);
    opening.session = make_session(setup);
  } catch (const ApiError &error) {
    opening.refusal = api_refusal(error);
  }
  return opening;
}

void Binance::punish(const std::string &client) {
  const std::lock_guard lock(offences_mutex_);
  if (++offences_[client] % kOffencesBeforeBan != 0) return;
  connects_.ban(client, clock_.now_ms());
  counters().update([](CounterValues &values) { ++values.bans; });
}

}  // namespace

std::unique_ptr<Vendor> make_vendor(const Options &options, SimClock &clock) {
  return std::make_unique<Binance>(options, clock);
}

}  // namespace tapedeck::sim::binance
