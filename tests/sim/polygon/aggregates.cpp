// Aggregates: a range of bars with its pages, the previous day, and a day of a whole market.
#include <algorithm>
#include <charconv>

#include "sim/polygon/bars.hpp"
#include "sim/polygon/endpoints.hpp"
#include "sim/text.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::polygon {
namespace {

constexpr std::size_t kUsualBase = 5'000;
constexpr std::size_t kMostBase = 50'000;
constexpr std::int64_t kFreeHistoryMs = 731 * kDayMs;

/// A date means that day of the market's own, all of it.
std::int64_t bound(Market market, std::string_view text, const char *name, bool is_end) {
  const auto given = parse_day(text);
  if (!given)
    throw ApiError{400, concat({"Could not parse the time parameter: '", name,
                                "'. Use YYYY-MM-DD or Unix MS Timestamps"})};
  if (!given->is_date) return given->ms;
  const std::int64_t day = floor_div(given->ms, kDayMs);
  return is_end ? start_of_day(market, day + 1) - 1 : start_of_day(market, day);
}

std::int64_t multiplier_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value < 1)
    throw ApiError{400, "The 'multiplier' must be an integer above 0"};
  return value;
}

/// Nothing is listed under that name: an answer like any other, without rows.
void write_results(JsonWriter &out, const Ask &ask, const Instrument *instrument, const Bars &bars) {
  if (bars.rows.empty() || instrument == nullptr) {
    if (ask.settings.empty == Empty::Null) out.raw("results", "null");
    if (ask.settings.empty == Empty::List) out.list("results").end_list();
    return;
  }
  out.list("results");
  for (const Candle &bar : bars.rows) {
    out.open();
    write_bar(out, *instrument, bar);
    out.integer("t", bar.open_time).close();
  }
  out.end_list();
}

/// The page after this one: the cursor holds limit and order, the path what is left of the range.
std::string next_url(const Ask &ask, const Bars &bars, bool newest_first, std::size_t limit) {
  const std::string rest = std::to_string(*bars.next);
  std::string url = ask.origin;
  for (std::size_t i = 0; i < ask.path.size(); ++i)
    url += "/" + (i == (newest_first ? 8U : 7U) ? rest : ask.path[i]);
  url += "?cursor=bGltaXQ9" + std::to_string(limit) + (newest_first ? "ZGVzYw" : "YXNj");
  if (ask.query.has("adjusted")) url += concat({"_", ask.query.get("adjusted")});
  return url;
}

struct Paging {
  std::size_t limit = kUsualBase;
  bool newest_first = false;
  bool adjusted = true;
};

/// What the client asked for, or what the cursor keeps of it.
Paging paging_of(const Query &query) {
  Paging out;
  std::string_view cursor = query.get("cursor");
  if (cursor.empty()) {
    out.limit = query.limit(kUsualBase, kMostBase);
    out.newest_first = query.get("sort") == "desc";
    out.adjusted = query.get("adjusted") != "false" && query.get("adjusted") != "False";
    return out;
  }
  if (!cursor.starts_with("bGltaXQ9")) throw ApiError{400, "Could not parse the cursor"};
  cursor.remove_prefix(8);
  std::from_chars(cursor.data(), cursor.data() + cursor.size(), out.limit);
  out.newest_first = cursor.find("ZGVzYw") != std::string_view::npos;
  out.adjusted = !cursor.ends_with("_false") && !cursor.ends_with("_False");
  return out;
}

}  // namespace

void write_bar(JsonWriter &out, const Instrument &instrument, const Candle &bar) {
  const bool index = instrument.market == Market::Indices;
  if (!index) {
    const bool counts = instrument.market == Market::Forex;
    const Wide volume = counts ? Wide{bar.trades} * kUnit : bar.volume;
    const bool whole = volume % kUnit == 0 && (bar.open_time / kMinuteMs) % 2 == 0;
    out.raw("v", number_text(volume) + (whole ? ".0" : ""));
    if (bar.volume > 0) {
      const Wide average = bar.quote_volume * kUnit / bar.volume / 10'000 * 10'000;
      out.number("vw", average);
    }
  }
  out.number("o", bar.open).number("c", bar.close).number("h", bar.high).number("l", bar.low);
  if (!index) out.integer("n", bar.trades);
}

Reply aggregates(const Ask &ask) {
  const std::string &ticker = ask.path[3];
  const Instrument *instrument = ask.listing.find(ticker);
  const auto unit = find_unit(ask.path[6]);
  if (!unit) throw ApiError{400, concat({"The timespan '", ask.path[6], "' is not supported"})};
  const Paging paging = paging_of(ask.query);
  const Market market = market_of(ticker);
  BarsAsked asked{{*unit, multiplier_of(ask.path[5])},
                  bound(market, ask.path[7], "from", false),
                  bound(market, ask.path[8], "to", true),
                  paging.limit,
                  paging.newest_first,
                  ask.now_ms()};
  if (asked.to < asked.from)
    throw ApiError{400, "The parameter 'to' cannot be a time that occurs before 'from'"};
  ask.require(ticker);
  if (ask.settings.free_plan && asked.from < ask.clock_ms - kFreeHistoryMs)
    throw ApiError{403, kNoTimeframe};
  const Bars bars = instrument == nullptr ? Bars{} : read_bars(*instrument, asked);
  JsonWriter out;
  const auto count = static_cast<std::int64_t>(bars.rows.size());
  out.open().text("ticker", ticker).integer("queryCount", static_cast<std::int64_t>(bars.base));
  out.integer("resultsCount", count);
  if (market != Market::Indices) out.boolean("adjusted", paging.adjusted);
  write_results(out, ask, instrument, bars);
  out.text("status", ask.status()).text("request_id", ask.id).integer("count", count);
  if (bars.next) out.text("next_url", next_url(ask, bars, paging.newest_first, paging.limit));
  Reply reply = make_reply(200, kJson, out.close().take());
  reply.rows = bars.rows.size();
  return reply;
}

Days days_of(const Instrument &instrument, std::int64_t now_ms) {
  const Bars bars = read_bars(
      instrument, {{Unit::Day, 1}, now_ms - 10 * kDayMs, now_ms, 2, true, now_ms});
  Days days;
  const std::int64_t today = day_open(instrument.market, now_ms);
  for (const Candle &row : bars.rows) {
    const bool is_today = row.open_time == today;
    if (is_today) days.day = row;
    if (!is_today && !days.has_before) days.before = row;
    (is_today ? days.has_day : days.has_before) = true;
  }
  return days;
}

/// Its time is the end of the day, not the start of a window: 16:00 New York of stocks, the last
/// millisecond of the others.
Reply previous_close(const Ask &ask) {
  const Instrument &instrument = ask.listed(ask.path[3]);
  const Days days = days_of(instrument, ask.now_ms());
  JsonWriter out;
  out.open().text("ticker", instrument.ticker).integer("queryCount", days.has_before ? 1 : 0);
  out.integer("resultsCount", days.has_before ? 1 : 0).boolean("adjusted", true);
  if (days.has_before) {
    const std::int64_t open = days.before.open_time;
    const bool stock = instrument.market == Market::Stocks;
    out.list("results").open().text("T", instrument.ticker);
    write_bar(out, instrument, days.before);
    out.integer("t", stock ? open + 16 * kHourMs : shift_days(instrument.market, open, 1) - 1);
    out.close().end_list();
  }
  out.text("status", ask.status()).text("request_id", ask.id).integer("count", 1).close();
  return make_reply(200, kJson, out.take());
}

Reply grouped(const Ask &ask) {
  const std::string &market_name = ask.path[6];
  const Market market = market_name == "fx"       ? Market::Forex
                        : market_name == "crypto" ? Market::Crypto
                                                  : Market::Stocks;
  const auto date = parse_day(ask.path[7]);
  if (!date || !date->is_date) throw ApiError{400, "Could not parse the date"};
  const std::int64_t open = start_of_day(market, floor_div(date->ms, kDayMs));
  JsonWriter rows;
  std::int64_t count = 0;
  rows.list();
  for (const Instrument &each : ask.listing.all()) {
    if (each.market != market || ask.settings.denies(each.ticker)) continue;
    const Bars bars = read_bars(each, {{Unit::Day, 1}, open, open, 1, false, ask.now_ms()});
    if (bars.rows.empty()) continue;
    ++count;
    rows.open().text("T", each.ticker);
    write_bar(rows, each, bars.rows.front());
    rows.integer("t", shift_days(market, open, 1) - 1).close();
  }
  JsonWriter out;
  out.open().integer("queryCount", count).integer("resultsCount", count).boolean("adjusted", true);
  out.raw("results", rows.end_list().str());
  out.text("status", ask.status()).text("request_id", ask.id).integer("count", count).close();
  return make_reply(200, kJson, out.take());
}

}  // namespace tapedeck::sim::polygon
