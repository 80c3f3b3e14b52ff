#include "sim/twelvedata/twelvedata.hpp"

#include <array>
#include <optional>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/endpoints.hpp"
#include "sim/twelvedata/session.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

constexpr std::size_t kMostSymbols = 120;
/// No limit of a client's messages is known, nor of a connection's life.
constexpr std::int64_t kNoLife = std::int64_t{10} * 365 * 86'400'000;

/// One of the two is set: an answer for each symbol, or one for the request.
struct Endpoint {
  std::string_view path;
  std::int64_t credits;  ///< for each symbol, or the request
  Part (*each)(const Context &, const Query &, const std::string &) = nullptr;
  Part (*whole)(const Context &, const Query &) = nullptr;
  bool one_symbol = false;  ///< takes no list
};

constexpr std::array<Endpoint, 12> kEndpoints{{
    {"/time_series", 1, time_series},
    {"/quote", 1, quote},
    {"/price", 1, price},
    {"/eod", 1, end_of_day},
    {"/exchange_rate", 1, exchange_rate},
    {"/earliest_timestamp", 1, earliest_timestamp, nullptr, true},
    {"/symbol_search", 1, nullptr, symbol_search},
    {"/forex_pairs", 1, nullptr, forex_pairs},
    {"/cryptocurrencies", 1, nullptr, cryptocurrencies},
    {"/stocks", 1, nullptr, stocks},
    {"/commodities", 1, nullptr, commodities},
    {"/api_usage", 1, nullptr, api_usage},
}};

/// Paid plans only; here nobody has one.
constexpr std::array<std::string_view, 5> kNotInPlan{
    "/dividends", "/earnings_calendar", "/dividends_calendar", "/splits_calendar", "/ipo_calendar"};

const Endpoint *find_endpoint(std::string_view path) {
  for (const Endpoint &endpoint : kEndpoints)
    if (endpoint.path == path) return &endpoint;
  return nullptr;
}

std::string key_of_request(const Request &request, const Query &query) {
  constexpr std::string_view kWord = "apikey ";
  const std::string_view header = request.header("Authorization");
  if (header.starts_with(kWord)) return std::string(header.substr(kWord.size()));
  return std::string(query.get("apikey"));
}

class TwelveData final : public Vendor {
 public:
  TwelveData(const Options &options, SimClock &clock)
      : clock_(clock),
        settings_(read_settings(options.settings, options.limits)),
        listing_(options.seed, options.csv),
        credits_(settings_) {}

  std::string_view name() const override { return "twelvedata"; }
  Reply handle(const Request &request) override;
  Reply error_reply(int status) override { return error_as_reply(error_of(status)); }
  std::int64_t window_weight() const override { return credits_.used(clock_.now_ms()); }
  void reset_limits() override { credits_.clear(); }
  bool is_stream(std::string_view path) const override { return path == kStreamPath; }
  StreamOpening open_stream(const Request &request) override;
  StreamRules stream_rules() const override;

 private:
  bool is_right(const std::string &key) const {
    if (!settings_.key.empty()) return key == settings_.key;
    return !key.empty() && key != "wrong";
  }
  std::optional<ApiError> objection(const Request &request, const std::string &key,
                                    const Spent &spent) const;
  Reply answer(const Context &context, const Query &query, const Endpoint &endpoint) const;
  Reply error_as_reply(const ApiError &error) const;
  void count(const Spent &spent, std::int64_t credits);

  SimClock &clock_;
  const Settings settings_;
  const Listing listing_;
  Credits credits_;
};

Reply TwelveData::error_as_reply(const ApiError &error) const {
  const int status = settings_.errors_as_200 ? 200 : error.code;
  return make_reply(status, std::string(kJson), error_body(error));
}

void TwelveData::count(const Spent &spent, std::int64_t credits) {
  counters().update([&](CounterValues &values) {
    values.weight_used += static_cast<std::uint64_t>(credits);
    values.refused_429 += spent.verdict != Spent::Verdict::Pass ? 1 : 0;
  });
}

std::optional<ApiError> TwelveData::objection(const Request &request, const std::string &key,
                                              const Spent &spent) const {
  if (key == "demo" && settings_.key.empty())
    return ApiError{403,
                    "The 'demo' API key is only used for initial familiarity. Get your free "
                    "API key at https://twelvedata.com/pricing"};
  if (!is_right(key)) return wrong_key();
  if (spent.verdict == Spent::Verdict::DayIsOver)
    return day_is_over(spent.used_day, settings_.per_day);
  if (spent.verdict == Spent::Verdict::MinuteIsOver)
    return minute_is_over(spent.used, settings_.per_minute);
  for (const std::string_view path : kNotInPlan)
    if (request.path == path) return not_in_plan(path);
  return std::nullopt;
}

/// One symbol is answered flat, also when it is the only one of a list; several by an object with a
/// member each, in which errors stand beside answers.
Reply TwelveData::answer(const Context &context, const Query &query,
                         const Endpoint &endpoint) const {
  if (endpoint.whole != nullptr) {
    Part part = endpoint.whole(context, query);
    Reply reply = make_reply(200, part.content_type, std::move(part.text));
    reply.rows = part.rows;
    return reply;
  }
  const std::vector<std::string> symbols = query.list("symbol");
  if (symbols.empty()) throw unknown_symbol();
  if (symbols.size() > kMostSymbols) throw error_of(414);
  if (symbols.size() == 1 || endpoint.one_symbol) {
    Part part = endpoint.each(context, query, symbols.front());
    Reply reply = make_reply(200, part.content_type, std::move(part.text));
    reply.rows = part.rows;
    return reply;
  }
  std::string text = "{";
  std::uint64_t rows = 0;
  for (const std::string &symbol : symbols) {
    text += concat({text.size() > 1 ? "," : "", json_text(symbol), ":"});
    try {
      const Part part = endpoint.each(context, query, symbol);
      text += part.text;
      rows += part.rows;
    } catch (const ApiError &error) {
      text += error_body(error);
    }
  }
  Reply reply = make_reply(200, std::string(kJson), text + "}");
  reply.rows = rows;
  reply.set("Is_batch", "true");
  return reply;
}

Reply TwelveData::handle(const Request &request) {
  const Endpoint *endpoint = find_endpoint(request.path);
  const Query query = Query::parse(request.query);
  const std::string key = key_of_request(request, query);
  const std::int64_t now = clock_.now_ms();
  const auto symbols = static_cast<std::int64_t>(query.list("symbol").size());
  const bool by_symbol = endpoint != nullptr && endpoint->each != nullptr && !endpoint->one_symbol;
  const std::int64_t cost =
      endpoint == nullptr
          ? 0
          : endpoint->credits * (by_symbol ? std::max<std::int64_t>(1, symbols) : 1);
  const Spent spent = credits_.spend(key, cost, now);
  count(spent, cost);
  Reply reply;
  if (const auto objected = objection(request, key, spent)) {
    reply = error_as_reply(*objected);
  } else if (endpoint == nullptr) {
    reply = make_reply(404, "text/plain; charset=utf-8", "404 page not found\n");
  } else {
    try {
      reply = answer({listing_, settings_, now, spent}, query, *endpoint);
    } catch (const ApiError &error) {
      reply = error_as_reply(error);
    }
  }
  reply.set("Api-Credits-Used", std::to_string(spent.used));
  reply.set("Api-Credits-Left", std::to_string(spent.left));
  reply.set("Api-Credits-Request", std::to_string(cost));
  reply.set("Date", http_date(now));
  return reply;
}

StreamOpening TwelveData::open_stream(const Request &request) {
  StreamOpening opening;
  const Query query = Query::parse(request.query);
  std::string key(request.header("X-TD-APIKEY"));
  if (key.empty()) key = query.get("apikey");
  if (is_right(key))
    opening.session = make_session(listing_, settings_, clock_.now_ms());
  else
    opening.refusal =
        make_reply(settings_.refused_upgrade, std::string(kJson), error_body(wrong_key()));
  return opening;
}

StreamRules TwelveData::stream_rules() const {
  StreamRules rules;
  rules.ping_every_ms = 30'000;
  rules.messages_per_second = 0;
  rules.life_ms = kNoLife;
  return rules;
}

}  // namespace

std::unique_ptr<Vendor> make_vendor(const Options &options, SimClock &clock) {
  return std::make_unique<TwelveData>(options, clock);
}

}  // namespace tapedeck::sim::twelvedata
