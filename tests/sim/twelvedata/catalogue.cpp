// /symbol_search, the catalogues and /api_usage.
#include <algorithm>
#include <charconv>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/endpoints.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

constexpr std::size_t kMostMatches = 120;

struct Member {
  std::string_view name;
  std::string value;
};

std::string object_of(std::initializer_list<Member> members) {
  std::string out = "{";
  for (const Member &member : members)
    out += concat({out.size() > 1 ? "," : "", "\"", member.name, "\":", json_text(member.value)});
  return out + "}";
}

Part data_of(const std::vector<std::string> &elements, bool counted) {
  std::string text = counted
                         ? concat({"{\"count\":", std::to_string(elements.size()), ",\"data\":["})
                         : std::string("{\"data\":[");
  for (const std::string &element : elements) {
    if (text.back() != '[') text += ',';
    text += element;
  }
  return {text + "],\"status\":\"ok\"}", elements.size()};
}

std::string match_of(const Instrument &i) {
  return object_of({{"symbol", i.symbol},
                    {"instrument_name", i.name},
                    {"exchange", i.exchange},
                    {"mic_code", i.mic},
                    {"exchange_timezone", std::string(i.zone().name())},
                    {"instrument_type", std::string(i.type())},
                    {"country", i.country},
                    {"currency", i.currency}});
}

/// 0: the symbol, 1: its beginning, 2: within symbol or name; 3: no match.
int rank_of(const Instrument &i, const std::string &text) {
  const std::string symbol = lower(i.symbol);
  if (symbol == text) return 0;
  if (symbol.starts_with(text)) return 1;
  return symbol.find(text) != symbol.npos || lower(i.name).find(text) != std::string::npos ? 2 : 3;
}

template <class Filter, class Element>
Part catalogue(const Context &context, const Query &query, Filter &&filter, Element &&element) {
  const std::string wanted = lower(query.get("symbol"));
  std::vector<std::string> elements;
  for (const Instrument &i : context.listing.all())
    if (filter(i) && (wanted.empty() || lower(i.symbol) == wanted)) elements.push_back(element(i));
  return data_of(elements, true);
}

}  // namespace

Part symbol_search(const Context &context, const Query &query) {
  if (!query.find("symbol")) throw unknown_symbol();
  const std::string text = lower(query.get("symbol"));
  std::size_t most = 30;
  const std::string_view size = query.get("outputsize", "30");
  std::from_chars(size.data(), size.data() + size.size(), most);
  std::vector<std::string> matches;
  for (int rank = 0; rank < 3; ++rank)
    for (const Instrument &i : context.listing.all())
      if (rank_of(i, text) == rank) matches.push_back(match_of(i));
  matches.resize(std::min({matches.size(), most, kMostMatches}));
  return data_of(matches, false);
}

Part forex_pairs(const Context &context, const Query &query) {
  return catalogue(
      context, query,
      [](const Instrument &i) { return i.kind == Class::Forex || i.kind == Class::Metal; },
      [](const Instrument &i) {
        return object_of({{"symbol", i.symbol},
                          {"currency_group", i.kind == Class::Metal ? "Metals" : "Major"},
                          {"currency_base", i.base},
                          {"currency_quote", i.quote}});
      });
}

Part cryptocurrencies(const Context &context, const Query &query) {
  return catalogue(
      context, query, [](const Instrument &i) { return i.kind == Class::Crypto; },
      [](const Instrument &i) {
        return concat({"{\"symbol\":", json_text(i.symbol), ",\"available_exchanges\":[",
                       json_text(i.exchange), "],\"currency_base\":", json_text(i.base),
                       ",\"currency_quote\":", json_text(i.quote), "}"});
      });
}

Part stocks(const Context &context, const Query &query) {
  return catalogue(
      context, query, [](const Instrument &i) { return i.kind == Class::Stock; },
      [](const Instrument &i) {
        return object_of({{"symbol", i.symbol},
                          {"name", i.name},
                          {"currency", i.currency},
                          {"exchange", i.exchange},
                          {"mic_code", i.mic},
                          {"country", i.country},
                          {"type", std::string(i.type())}});
      });
}

Part commodities(const Context &context, const Query &query) {
  return catalogue(
      context, query, [](const Instrument &i) { return i.kind == Class::Metal; },
      [](const Instrument &i) {
        return object_of({{"symbol", i.symbol},
                          {"name", i.base},
                          {"category", "Precious Metal"},
                          {"description", concat({"Spot price of ", i.base, "."})}});
      });
}

Part api_usage(const Context &context, const Query &) {
  const Settings &settings = context.settings;
  std::string text = concat({"{\"timestamp\":\"", date_time_text(context.now_ms),
                             "\",\"current_usage\":", std::to_string(context.spent.used),
                             ",\"plan_limit\":", std::to_string(settings.per_minute)});
  if (settings.per_day != 0)
    text += concat({",\"daily_usage\":", std::to_string(context.spent.used_day),
                    ",\"plan_daily_limit\":", std::to_string(settings.per_day)});
  const bool basic = settings.per_minute <= 8;
  return {concat({text, ",\"plan_category\":\"", basic ? "basic" : "grow", "\"}"}), 1};
}

}  // namespace tapedeck::sim::twelvedata
