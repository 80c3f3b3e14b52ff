// Quotes, listings and what the account may spend.
#include "kit/text.hpp"
#include "parse.hpp"
#include "symbols.hpp"
#include "times.hpp"

#include <array>

namespace twelvedata {
namespace {

using kit::JsonValue;

std::optional<kit::Decimal> decimal_if_there(const JsonValue &value) {
  const bool empty = value.is_text() && value.text().empty();
  return value.exists() && !empty ? std::optional(value.decimal()) : std::nullopt;
}

std::int64_t checked_time(const JsonValue &value) {
  const std::int64_t s = value.whole_number();
  if (s < 0 || s >= kEndOfTimeSeconds) value.refuse("is no time between 1970 and 2200");
  return s;
}

std::uint64_t count_of(const JsonValue &value) {
  const std::int64_t count = value.whole_number();
  if (count < 0) value.refuse("is negative");
  return static_cast<std::uint64_t>(count);
}

struct Type {
  std::string_view name;
  std::uint32_t asset_class;
};
constexpr std::array kTypes{Type{"Common Stock", TDK_ASSET_EQUITY},
                            Type{"American Depositary Receipt", TDK_ASSET_EQUITY},
                            Type{"Depositary Receipt", TDK_ASSET_EQUITY},
                            Type{"Global Depositary Receipt", TDK_ASSET_EQUITY},
                            Type{"Preferred Stock", TDK_ASSET_EQUITY},
                            Type{"REIT", TDK_ASSET_EQUITY},
                            Type{"ETF", TDK_ASSET_ETF},
                            Type{"Index", TDK_ASSET_INDEX},
                            Type{"Bond", TDK_ASSET_BOND},
                            Type{"Physical Currency", TDK_ASSET_FX},
                            Type{"Precious Metal", TDK_ASSET_COMMODITY},
                            Type{"Agricultural Product", TDK_ASSET_COMMODITY},
                            Type{"Energy Resource", TDK_ASSET_COMMODITY},
                            Type{"Industrial Metal", TDK_ASSET_COMMODITY},
                            Type{"Livestock", TDK_ASSET_COMMODITY},
                            Type{"Digital Currency", TDK_ASSET_CRYPTO}};

// Older answers call metals "Physical Currency" too, so that a pair's own name decides.
std::uint32_t class_of(std::string_view type, std::string_view vendor_symbol,
                       std::uint32_t otherwise) {
  if (vendor_symbol.find('/') != vendor_symbol.npos) {
    if (type == "Digital Currency") return TDK_ASSET_CRYPTO;
    const std::uint32_t by_name = asset_class_of(vendor_symbol);
    return by_name == TDK_ASSET_CRYPTO && otherwise != TDK_ASSET_OTHER ? otherwise : by_name;
  }
  for (const Type &known : kTypes)
    if (known.name == type) return known.asset_class;
  return type.empty() ? otherwise : std::uint32_t{TDK_ASSET_OTHER};
}

// An exchange's listing elsewhere needs the exchange to be told from the US one: "RY:TSX".
std::string with_exchange(std::string_view symbol, const Listing &listing) {
  const bool pair = symbol.find('/') != symbol.npos;
  std::string out(symbol);
  if (!pair && !listing.exchange.empty() && !listing.country.empty() &&
      listing.country != "United States")
    out.append(":").append(listing.exchange);
  return out;
}

Listing listing_of(const JsonValue &element, std::uint32_t otherwise) {
  Listing out;
  const std::string symbol(element["symbol"].text());
  if (symbol.empty()) element["symbol"].refuse("is empty");
  const JsonValue long_name = element["instrument_name"], type = element["instrument_type"];
  out.name = (long_name.exists() ? long_name : element["name"]).text_or({});
  out.exchange = element["exchange"].text_or({});
  out.country = element["country"].text_or({});
  out.currency = element["currency"].text_or({});
  out.isin = element["isin"].text_or({});
  if (out.isin.size() != 12) out.isin.clear();  // "request_access_via_add_ons" without the add-on
  const std::string_view kind = (type.exists() ? type : element["type"]).text_or({});
  out.asset_class = class_of(kind, symbol, otherwise);
  out.vendor_symbol = with_exchange(symbol, out);
  out.symbol = out.asset_class == TDK_ASSET_INDEX ? canonical_symbol(symbol) : out.vendor_symbol;
  const std::size_t slash = symbol.find('/');
  if (slash != symbol.npos) out.currency = symbol.substr(slash + 1);
  return out;
}

}  // namespace

Quote parse_quote(const JsonValue &body) {
  if (!body.is_object()) body.refuse("is not an object");
  Quote out;
  const JsonValue last_minute = body["last_quote_at"];
  const JsonValue time = last_minute.exists() ? last_minute : body["timestamp"];
  if (time.absent() || time.exists()) out.time_s = checked_time(time);  // it may be null
  out.last = body["close"].decimal();
  out.volume = decimal_if_there(body["volume"]);
  return out;
}

Quote parse_price(const JsonValue &body) {
  Quote out;
  out.last = body["price"].decimal();
  return out;
}

std::vector<Listing> parse_listings(const JsonValue &body, std::uint32_t otherwise) {
  std::vector<Listing> out;
  for (const JsonValue element : body["data"].children())
    out.push_back(listing_of(element, otherwise));
  return out;
}

// unix_time of a day is when its session opened; its candle is labelled by the date.
std::int64_t parse_earliest(const JsonValue &body, const Interval &interval) {
  const JsonValue unix_time = body["unix_time"], text = body["datetime"];
  if (!interval.has_dates() && unix_time.exists()) return unix_time.whole_number();
  const auto time = parse_date_time(text.text());
  if (!time) text.refuse("is no date and time: '" + kit::excerpt(text.text()) + "'");
  return interval.has_dates() ? *time - ((*time % kDaySeconds) + kDaySeconds) % kDaySeconds : *time;
}

Usage parse_usage(const JsonValue &body) {
  Usage out;
  out.per_minute = count_of(body["plan_limit"]);
  if (out.per_minute == 0) body["plan_limit"].refuse("is 0");
  out.used_this_minute = count_of(body["current_usage"]);
  const JsonValue day = body["plan_daily_limit"], today = body["daily_usage"];
  if (day.exists() && count_of(day) > 0) out.per_day = count_of(day);
  if (today.exists()) out.used_today = count_of(today);
  out.plan = body["plan_category"].text_or({});
  return out;
}

}  // namespace twelvedata
