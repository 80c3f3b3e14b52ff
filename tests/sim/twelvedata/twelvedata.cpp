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
constexpr std::int64_t kMostConnections = 3;  // of a key; of the free plan one
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

constexpr std::array<Endpoint, 19> kEndpoints{{
    {"/time_series", 1, time_series},
    {"/quote", 1, quote},
    {"/price", 1, price},
    {"/eod", 1, end_of_day},
    {"/exchange_rate", 1, exchange_rate},
    {"/currency_conversion", 1, currency_conversion},
    {"/earliest_timestamp", 1, earliest_timestamp, nullptr, true},
    {"/time_series/cross", 5, nullptr, time_series_cross},
    {"/symbol_search", 1, nullptr, symbol_search},
    {"/forex_pairs", 1, nullptr, forex_pairs},
    {"/cryptocurrencies", 1, nullptr, cryptocurrencies},
    {"/stocks", 1, nullptr, stocks},
    {"/commodities", 1, nullptr, commodities},
    {"/exchanges", 1, nullptr, exchanges},
    {"/cryptocurrency_exchanges", 1, nullptr, cryptocurrency_exchanges},
    {"/instrument_type", 1, nullptr, instrument_types},
    {"/intervals", 0, nullptr, intervals},
    {"/market_state", 1, nullptr, market_state},
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

/// Also one with HTTP 200.
bool is_error(const Reply &reply) {
  return reply.status >= 400 || reply.body->starts_with("{\"code\":");
}

class TwelveData final : public Vendor {
 public:
  TwelveData(const Options &options, SimClock &clock)
      : clock_(clock),
        settings_(read_settings(options.settings, options.limits)),
        listing_(options.seed, options.csv),
        credits_(settings_),
        seats_(settings_.is_basic() ? 1 : kMostConnections, false) {}

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
  /// One request, or an entry of a batch.
  struct Ask {
    std::string_view path;
    Query query;
    std::string key;
    std::int64_t now_ms;
  };
  struct Answered {
    Reply reply;
    Spent spent;
    std::int64_t cost;
  };
  Answered respond(const Ask &ask);
  Answered batch(const Request &request, std::int64_t now_ms);
  std::optional<ApiError> objection(const Ask &ask, const Spent &spent) const;
  Reply answer(const Context &context, const Query &query, const Endpoint &endpoint) const;
  Reply error_as_reply(const ApiError &error) const;
  void count(const Spent &spent, std::int64_t credits);

  SimClock &clock_;
  const Settings settings_;
  const Listing listing_;
  Credits credits_;
  Seats seats_;
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

std::optional<ApiError> TwelveData::objection(const Ask &ask, const Spent &spent) const {
  if (ask.key == "demo" && settings_.key.empty())
    return ApiError{403,
                    "The 'demo' API key is only used for initial familiarity. Get your free "
                    "API key at https://twelvedata.com/pricing"};
  if (!is_right(ask.key)) return wrong_key();
  if (spent.verdict == Spent::Verdict::DayIsOver)
    return day_is_over(spent.used_day, settings_.per_day);
  if (spent.verdict == Spent::Verdict::MinuteIsOver)
    return minute_is_over(spent.used, settings_.per_minute);
  for (const std::string_view path : kNotInPlan)
    if (ask.path == path) return not_in_plan(path);
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
      text += part.content_type == kJson ? part.text : json_text(part.text);
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

TwelveData::Answered TwelveData::respond(const Ask &ask) {
  const Endpoint *endpoint = find_endpoint(ask.path);
  const auto symbols = static_cast<std::int64_t>(ask.query.list("symbol").size());
  const bool by_symbol = endpoint != nullptr && endpoint->each != nullptr && !endpoint->one_symbol;
  const std::int64_t cost =
      endpoint == nullptr
          ? 0
          : endpoint->credits * (by_symbol ? std::max<std::int64_t>(1, symbols) : 1);
  const Spent spent = credits_.spend(ask.key, cost, ask.now_ms);
  count(spent, cost);
  if (const auto objected = objection(ask, spent)) return {error_as_reply(*objected), spent, cost};
  if (endpoint == nullptr)
    return {make_reply(404, "text/plain; charset=utf-8", "404 page not found\n"), spent, cost};
  try {
    return {answer({listing_, settings_, ask.now_ms, spent}, ask.query, *endpoint), spent, cost};
  } catch (const ApiError &error) {
    return {error_as_reply(error), spent, cost};
  }
}

/// `{"req_1":{"url":"/price?symbol=AAPL&apikey=KEY"}}`: each entry is a request of its own, whose
/// error is its own.
TwelveData::Answered TwelveData::batch(const Request &request, std::int64_t now_ms) {
  const std::string outer = key_of_request(request, Query::parse(request.query));
  const auto entries = batch_entries(request.body);
  Answered out{{}, credits_.spend(outer, 0, now_ms), 0};
  if (!entries) {
    out.reply = error_as_reply(error_of(400));
    return out;
  }
  std::string text = "{\"code\":200,\"status\":\"success\",\"data\":{";
  std::uint64_t rows = 0;
  for (const auto &[id, url] : *entries) {
    const std::size_t mark = std::min(url.find('?'), url.size());
    Ask ask{std::string_view(url).substr(0, mark),
            Query::parse(std::string_view(url).substr(std::min(mark + 1, url.size()))),
            {},
            now_ms};
    ask.key = ask.query.get("apikey", outer);
    const Answered one = respond(ask);
    const bool json = one.reply.content_type.starts_with("application/json");
    text += concat({text.back() == '{' ? "" : ",", json_text(id),
                    ":{\"response\":", json ? *one.reply.body : json_text(*one.reply.body),
                    ",\"status\":\"", is_error(one.reply) ? "error" : "success", "\"}"});
    rows += one.reply.rows;
    out.spent = one.spent;
    out.cost += one.cost;
  }
  out.reply = make_reply(200, std::string(kJson), text + "}}");
  out.reply.rows = rows;
  return out;
}

Reply TwelveData::handle(const Request &request) {
  const std::int64_t now = clock_.now_ms();
  Query query = Query::parse(request.query);
  const std::string key = key_of_request(request, query);
  const bool is_batch = request.method == "POST" && request.path == "/batch";
  Answered answered =
      is_batch ? batch(request, now) : respond({request.path, std::move(query), key, now});
  Reply &reply = answered.reply;
  reply.set("Api-Credits-Used", std::to_string(answered.spent.used));
  reply.set("Api-Credits-Left", std::to_string(answered.spent.left));
  reply.set("Api-Credits-Request", std::to_string(answered.cost));
  reply.set("Date", http_date(now));
  return std::move(reply);
}

StreamOpening TwelveData::open_stream(const Request &request) {
  StreamOpening opening;
  const Query query = Query::parse(request.query);
  std::string key(request.header("X-TD-APIKEY"));
  if (key.empty()) key = query.get("apikey");
  if (is_right(key))
    opening.session = make_session({listing_, settings_, seats_, key, clock_.now_ms()});
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
