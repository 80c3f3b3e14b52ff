// /symbol_search, the catalogues and /api_usage.
#include <algorithm>
#include <charconv>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/endpoints.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

constexpr std::size_t kMostMatches = 120;
constexpr std::string_view kMetals = "Precious Metal";

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

/// The least plan that has it, on request.
std::string with_plan(std::string object, const Instrument &i, const Query &query) {
  if (!asked_flag(query, "show_plan")) return object;
  const std::string plan = i.plan.empty() ? "Basic" : "Grow";
  const std::string business = i.plan.empty() ? "Basic" : "Venture";
  object.pop_back();
  return concat({object, ",\"access\":",
                 object_of({{"global", plan}, {"plan", plan}, {"plan_business", business}}), "}"});
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

std::size_t positive(const Query &query, std::string_view name, std::size_t otherwise) {
  const auto text = query.find(name);
  if (!text) return otherwise;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size() || value == 0)
    refuse(400, concat({"Invalid **", name, "** provided: ", *text}));
  return value;
}

/// `page`, from 1 on, of `outputsize` elements; all without it.
void cut_page(const Query &query, std::vector<std::string> &elements) {
  const std::size_t size = positive(query, "outputsize", elements.size());
  const std::size_t page = positive(query, "page", 1);
  const std::size_t first = std::min((page - 1) * size, elements.size());
  const std::size_t last = std::min(first + size, elements.size());
  elements = {elements.begin() + static_cast<std::ptrdiff_t>(first),
              elements.begin() + static_cast<std::ptrdiff_t>(last)};
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
    if (filter(i) && is_wanted(i, query) && (wanted.empty() || lower(i.symbol) == wanted))
      elements.push_back(element(i));
  cut_page(query, elements);
  return data_of(elements, true);
}

}  // namespace

Part symbol_search(const Context &context, const Query &query) {
  if (!query.find("symbol")) throw unknown_symbol();
  const std::string text = lower(query.get("symbol"));
  const std::size_t most = positive(query, "outputsize", 30);
  std::vector<std::string> matches;
  for (int rank = 0; rank < 3; ++rank)
    for (const Instrument &i : context.listing.all())
      if (rank_of(i, text) == rank) matches.push_back(with_plan(match_of(i), i, query));
  matches.resize(std::min({matches.size(), most, kMostMatches}));
  return data_of(matches, false);
}

Part forex_pairs(const Context &context, const Query &query) {
  return catalogue(
      context, query,
      [](const Instrument &i) { return i.kind == Class::Forex || i.kind == Class::Metal; },
      [](const Instrument &i) {
        return object_of({{"symbol", i.symbol},
                          {"currency_group", i.kind == Class::Metal ? "Exotic" : "Major"},
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
      [&](const Instrument &i) {
        return with_plan(object_of({{"symbol", i.symbol},
                                    {"name", i.name},
                                    {"currency", i.currency},
                                    {"exchange", i.exchange},
                                    {"mic_code", i.mic},
                                    {"country", i.country},
                                    {"type", std::string(i.type())}}),
                         i, query);
      });
}

Part commodities(const Context &context, const Query &query) {
  return catalogue(
      context, query,
      [&](const Instrument &i) {
        return i.kind == Class::Metal && lower(query.get("category", kMetals)) == lower(kMetals);
      },
      [](const Instrument &i) {
        return object_of({{"symbol", i.symbol},
                          {"name", i.base},
                          {"category", std::string(kMetals)},
                          {"description", concat({"Spot price of ", i.base, "."})}});
      });
}

Part api_usage(const Context &context, const Query &query) {
  const Settings &settings = context.settings;
  const auto zone = Zone::find(query.get("timezone", "UTC"));
  if (!zone) refuse(400, concat({"Invalid **timezone** provided: ", query.get("timezone")}));
  const std::int64_t now = context.now_ms + zone->offset_ms(context.now_ms);
  std::string text = concat({"{\"timestamp\":\"", date_time_text(now),
                             "\",\"current_usage\":", std::to_string(context.spent.used),
                             ",\"plan_limit\":", std::to_string(settings.per_minute)});
  if (settings.per_day != 0)
    text += concat({",\"daily_usage\":", std::to_string(context.spent.used_day),
                    ",\"plan_daily_limit\":", std::to_string(settings.per_day)});
  return {concat({text, ",\"plan_category\":\"", settings.plan(), "\"}"}), 1};
}

}  // namespace tapedeck::sim::twelvedata
