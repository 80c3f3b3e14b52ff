// candles of an instrument, and the newest candles of many.
#include <algorithm>
#include <array>

#include "sim/oanda/answers.hpp"
#include "sim/oanda/candle_grid.hpp"
#include "sim/oanda/endpoints.hpp"
#include "sim/oanda/price_line.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::oanda {
namespace {

constexpr std::int64_t kUsualCount = 500, kMostCount = 5'000;

struct Prices {
  bool bid = false, mid = false, ask = false;
};

struct Asked {
  const Instrument &instrument;
  CandleGrid grid;
  Prices prices;
  std::optional<std::int64_t> from, to;
  std::int64_t count = kUsualCount;
  bool keep_first = true;
  bool smooth = false;
};

Prices parse_prices(std::string_view text) {
  Prices prices;
  for (const char c : text) {
    if (c != 'M' && c != 'B' && c != 'A') refuse_value("price");
    (c == 'M' ? prices.mid : c == 'B' ? prices.bid : prices.ask) = true;
  }
  if (text.empty()) refuse_value("price");
  return prices;
}

Granularity known_granularity(const std::string &name) {
  const auto found = find_granularity(name);
  if (!found) refuse_value("granularity");
  return *found;
}

const Instrument &known_instrument(const Context &context, const std::string &name) {
  const Instrument *found = context.listing.find(name);
  if (found == nullptr) refuse_value("instrument");
  return *found;
}

std::int64_t parse_weekday(std::string_view name) {
  constexpr std::array<std::string_view, 7> names{"Sunday",    "Monday",   "Tuesday", "Wednesday",
                                                  "Thursday", "Friday", "Saturday"};
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) refuse_value("weeklyAlignment");
  return found - names.begin();
}

Alignment parse_alignment(const Query &query) {
  Alignment alignment;
  if (const auto hour = query.number("dailyAlignment")) {
    if (*hour < 0 || *hour > 23) refuse_value("dailyAlignment");
    alignment.hour = *hour;
  }
  if (const auto name = query.find("alignmentTimezone")) {
    const auto zone = Zone::find(*name);
    if (!zone) refuse_value("alignmentTimezone");
    alignment.zone = *zone;
  }
  if (const auto name = query.find("weeklyAlignment")) alignment.weekday = parse_weekday(*name);
  return alignment;
}

/// Unset drops the first candle, as it did in 2017.
bool keeps_first(const Query &query, const Asked &asked) {
  const auto include = query.flag("includeFirst");
  if (!include) return !asked.from;
  if (!asked.from) refuse_value("includeFirst");
  return *include;
}

Asked parse(const Context &context, const std::string &instrument, const Query &query) {
  Asked asked{known_instrument(context, instrument),
              CandleGrid(known_granularity(query.find("granularity").value_or("S5")),
                         parse_alignment(query)),
              parse_prices(query.find("price").value_or("M")),
              {},
              {}};
  const auto count = query.number("count");
  if (count && *count <= 0) refuse_value("count");
  if (count && *count > kMostCount) refuse(400, "Maximum value for 'count' exceeded");
  asked.from = query.time("from", context.now_ms);
  asked.to = query.time("to", context.now_ms);
  if (count && asked.from && asked.to)
    refuse(400, "'count' cannot be specified when 'to' and 'from' parameters are set");
  if (asked.from && asked.to) {
    if (*asked.from > *asked.to) refuse_value("to");
    if (asked.grid.slots(*asked.from, *asked.to) > kMostCount)
      refuse(400, "Maximum value for 'count' exceeded");
    asked.count = kMostCount + 1;
  } else {
    asked.count = count.value_or(kUsualCount);
  }
  asked.keep_first = keeps_first(query, asked);
  asked.smooth = query.flag("smooth").value_or(false);
  return asked;
}

/// The oldest from `from` on; slots without a tick are not there.
std::vector<QuoteCandle> oldest(const Asked &asked, std::int64_t now) {
  const QuoteHistory &history = *asked.instrument.history;
  const std::int64_t end = std::min(asked.to.value_or(now + 1), now + 1);
  std::vector<QuoteCandle> found;
  std::int64_t at = asked.grid.floor(*asked.from);
  while (static_cast<std::int64_t>(found.size()) < asked.count) {
    const std::int64_t active = history.active_from(at);
    if (active > now) break;
    const std::int64_t open = std::max(at, asked.grid.floor(active));
    if (open >= end) break;
    at = asked.grid.next(open);
    const QuoteCandle candle = history.candle(open, at, now);
    if (candle.volume > 0) found.push_back(candle);
  }
  return found;
}

/// The newest before `to`.
std::vector<QuoteCandle> newest(const Asked &asked, std::int64_t now) {
  const QuoteHistory &history = *asked.instrument.history;
  std::vector<QuoteCandle> found;
  std::int64_t before = asked.to ? asked.grid.ceil(*asked.to) : now + 1;
  while (static_cast<std::int64_t>(found.size()) < asked.count) {
    const std::int64_t active = history.active_until(std::min(before - 1, now));
    if (active < 0) break;
    const std::int64_t open = asked.grid.floor(active);
    const QuoteCandle candle = history.candle(open, asked.grid.next(open), now);
    if (candle.volume > 0) found.push_back(candle);
    before = open;
  }
  std::reverse(found.begin(), found.end());
  return found;
}

void append_ohlc(std::string &out, std::string_view name, Ohlc prices, int halves, int decimals) {
  out.append(",\"").append(name).append("\":{");
  const std::pair<char, std::int64_t> cells[] = {
      {'o', prices.open}, {'h', prices.high}, {'l', prices.low}, {'c', prices.close}};
  for (const auto &[letter, price] : cells) {
    out.append(letter == 'o' ? "\"" : ",\"").append(1, letter).append("\":\"");
    append_price(out, price / halves, decimals, halves == 2);
    out += '"';
  }
  out += '}';
}

std::string render(const Asked &asked, const std::vector<QuoteCandle> &candles, std::size_t skip,
                   const Context &context) {
  const int decimals = asked.instrument.decimals;
  std::string out = "{\"instrument\":\"" + asked.instrument.name + "\",\"granularity\":\"" +
                    std::string(asked.grid.granularity().name) + "\",\"candles\":[";
  for (std::size_t i = skip; i < candles.size(); ++i) {
    QuoteCandle candle = candles[i];
    if (asked.smooth && i > 0) {
      candle.bid.open = candles[i - 1].bid.close;
      candle.ask.open = candles[i - 1].ask.close;
      candle.twice_mid.open = candles[i - 1].twice_mid.close;
    }
    const bool complete = asked.grid.next(candle.open_time) <= context.now_ms;
    out.append(i > skip ? ",{\"complete\":" : "{\"complete\":")
        .append(complete ? "true" : "false")
        .append(",\"volume\":")
        .append(std::to_string(candle.volume))
        .append(",\"time\":\"")
        .append(time_text(context.form, candle.open_time))
        .append("\"");
    if (asked.prices.bid) append_ohlc(out, "bid", candle.bid, 1, decimals);
    if (asked.prices.mid) append_ohlc(out, "mid", candle.twice_mid, 2, decimals);
    if (asked.prices.ask) append_ohlc(out, "ask", candle.ask, 1, decimals);
    out += '}';
  }
  return out += "]}";
}

}  // namespace

Reply candles(const Context &context, const std::string &instrument, const Query &query) {
  const Asked asked = parse(context, instrument, query);
  const std::vector<QuoteCandle> found =
      asked.from ? oldest(asked, context.now_ms) : newest(asked, context.now_ms);
  const std::size_t skip = !asked.keep_first && !found.empty() ? 1 : 0;
  Reply reply = ok(render(asked, found, skip, context));
  reply.rows = found.size() - skip;
  return reply;
}

/// The forming candle and the one before it, of each `INSTRUMENT:GRANULARITY:PRICES`.
Reply latest_candles(const Context &context, const Query &query) {
  const auto specifications = query.find("candleSpecifications");
  if (!specifications || specifications->empty())
    refuse(400, "The request was missing required data");
  std::string out = "{\"latestCandles\":[";
  for (const std::string &specification : split_list(*specifications)) {
    const std::vector<std::string> parts = split_list(specification, ':');
    if (parts.size() != 3) refuse_value("candleSpecifications");
    Asked asked{known_instrument(context, parts[0]),
                CandleGrid(known_granularity(parts[1]), parse_alignment(query)),
                parse_prices(parts[2]),
                {},
                {}};
    asked.count = 2;
    out.append(out.back() == '[' ? "" : ",")
        .append(render(asked, newest(asked, context.now_ms), 0, context));
  }
  return ok(out + "]}");
}

}  // namespace tapedeck::sim::oanda
