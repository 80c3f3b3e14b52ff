#include "sim/polygon/polygon.hpp"

#include <array>
#include <optional>
#include <stdexcept>

#include "sim/polygon/endpoints.hpp"
#include "sim/polygon/session.hpp"
#include "sim/rate_limiter.hpp"
#include "sim/text.hpp"

namespace tapedeck::sim::polygon {

void Ask::require(std::string_view ticker) const {
  if (settings.denies(ticker)) throw ApiError{403, kNotEntitled};
}

const Instrument &Ask::listed(std::string_view ticker) const {
  const Instrument *found = listing.find(ticker);
  if (found == nullptr) throw ApiError{404, "Ticker not found."};
  require(ticker);
  return *found;
}

namespace {

constexpr std::int64_t kDelayMs = 900'000;
/// Longer than any test runs: Polygon has no such rule.
constexpr std::int64_t kNoRuleMs = 1'000'000'000'000;

struct Endpoint {
  std::string_view path;  // `*` is any one segment
  Reply (*answer)(const Ask &);
};

constexpr std::array<Endpoint, 19> kEndpoints{{
    {"/v2/aggs/ticker/*/range/*/*/*/*", aggregates},
    {"/v2/aggs/ticker/*/prev", previous_close},
    {"/v2/aggs/grouped/locale/us/market/*/*", grouped},
    {"/v2/aggs/grouped/locale/global/market/*/*", grouped},
    {"/v2/snapshot/locale/us/markets/stocks/tickers", snapshots},
    {"/v2/snapshot/locale/us/markets/stocks/tickers/*", snapshots},
    {"/v2/snapshot/locale/global/markets/forex/tickers", snapshots},
    {"/v2/snapshot/locale/global/markets/forex/tickers/*", snapshots},
    {"/v2/snapshot/locale/global/markets/crypto/tickers", snapshots},
    {"/v2/snapshot/locale/global/markets/crypto/tickers/*", snapshots},
    {"/v3/snapshot", snapshot_v3},
    {"/v3/snapshot/indices", snapshot_indices},
    {"/v3/reference/tickers", tickers},
    {"/v2/last/trade/*", last_trade_reply},
    {"/v2/last/nbbo/*", last_nbbo},
    {"/v1/conversion/*/*", conversion},
    {"/v1/last_quote/currencies/*/*", last_currencies},
    {"/v1/last/crypto/*/*", last_crypto},
    {"/v3/quotes/*", quotes_v3},
}};
constexpr Endpoint kStatus{"/v1/marketstatus/now", market_status};

bool fits(std::string_view pattern, const std::vector<std::string> &path) {
  const std::vector<std::string> wanted = segments(pattern);
  if (wanted.size() != path.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (wanted[i] != "*" && wanted[i] != path[i]) return false;
  return true;
}

const Endpoint *find_endpoint(const std::vector<std::string> &path) {
  for (const Endpoint &each : kEndpoints)
    if (fits(each.path, path)) return &each;
  return fits(kStatus.path, path) ? &kStatus : nullptr;
}

/// Five requests in a minute of the clock; more is refused and costs nothing further.
LimitRules make_rules(bool enforced) {
  LimitRules rules;
  rules.enforced = enforced;
  rules.weight = 5;
  rules.refusals_before_ban = std::numeric_limits<std::int64_t>::max();
  return rules;
}

std::string key_of_request(const Request &request, const Query &query) {
  constexpr std::string_view bearer = "Bearer ";
  const std::string_view header = request.header("Authorization");
  if (header.starts_with(bearer)) return std::string(header.substr(bearer.size()));
  return std::string(query.get("apiKey"));
}

class Polygon final : public Vendor {
 public:
  Polygon(const Options &options, SimClock &clock)
      : clock_(clock),
        settings_(read_settings(options.settings)),
        listing_(options.seed, options.csv),
        limiter_(make_rules(options.limits && settings_.free_plan)),
        seats_(settings_.connections, settings_.evict_new) {
    for (const ReplaySource &source : options.replays)
      if (source.vendor == name())
        throw std::invalid_argument("--replay: polygon plays no recordings; use --csv");
  }

  std::string_view name() const override { return "polygon"; }
  Reply handle(const Request &request) override;
  Reply error_reply(int status) override { return injected_refusal(status, settings_, clock_); }
  std::string empty_page() const override {
    return R"({"queryCount":0,"resultsCount":0,"adjusted":true,"status":"OK","request_id":"0","count":0})";
  }
  std::int64_t window_weight() const override { return limiter_.used_weight(clock_.now_ms()); }
  void reset_limits() override { limiter_.clear(); }
  bool is_stream(std::string_view path) const override { return find_cluster(path).has_value(); }
  StreamOpening open_stream(const Request &request) override;
  StreamRules stream_rules() const override { return {kNoRuleMs, kNoRuleMs, 0, kNoRuleMs}; }

 private:
  std::optional<ApiError> objection(const std::string &key) const;
  bool admit(const std::string &key, Decision &decision);
  Reply answer(const Request &request, const Query &query, const std::string &id) const;

  SimClock &clock_;
  const Settings settings_;
  const Listing listing_;
  RateLimiter limiter_;
  Seats seats_;
};

std::optional<ApiError> Polygon::objection(const std::string &key) const {
  if (key.empty()) return ApiError{401, "API Key was not provided"};
  const bool known = settings_.key.empty() ? key != "unknown" : key == settings_.key;
  return known ? std::nullopt : std::optional(ApiError{401, "Unknown API Key"});
}

bool Polygon::admit(const std::string &key, Decision &decision) {
  decision = limiter_.admit(key, 1, clock_.now_ms());
  const bool passes = decision.verdict == Verdict::Pass;
  counters().update([&](CounterValues &values) {
    ++values.weight_used;
    values.refused_429 += passes ? 0 : 1;
  });
  return passes;
}

Reply Polygon::answer(const Request &request, const Query &query, const std::string &id) const {
  Ask ask{listing_, settings_, query, segments(request.path), {}, id, clock_.now_ms()};
  const Endpoint *endpoint = find_endpoint(ask.path);
  if (endpoint == nullptr) return unserved();
  ask.origin = concat({"http://", request.header("Host"), "/polygon"});
  return endpoint->answer(ask);
}

Reply Polygon::handle(const Request &request) {
  const std::string id = request_id(request.path, clock_.now_ms());
  const Query query(request.query);
  const std::string key = key_of_request(request, query);
  if (const auto error = objection(key)) return refusal(*error, id);
  Decision decision;
  if (!admit(key, decision)) return too_many_requests(settings_, clock_, decision.retry_at);
  if (request.method != "GET" && request.method != "HEAD") return unserved();
  try {
    return answer(request, query, id);
  } catch (const ApiError &error) {
    return refusal(error, id);
  }
}

StreamOpening Polygon::open_stream(const Request &request) {
  const auto cluster = find_cluster(request.path);
  StreamOpening opening;
  opening.session = make_session({listing_, settings_, seats_, cluster->market,
                                  cluster->delayed ? kDelayMs : 0, clock_.now_ms()});
  return opening;
}

}  // namespace

std::unique_ptr<Vendor> make_vendor(const Options &options, SimClock &clock) {
  return std::make_unique<Polygon>(options, clock);
}

}  // namespace tapedeck::sim::polygon
