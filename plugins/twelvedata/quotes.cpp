#include "quotes.hpp"

#include "kit/text.hpp"
#include "parse.hpp"
#include "symbols.hpp"
#include "times.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>

namespace twelvedata {
namespace {

using Names = std::vector<std::string>;

struct Answers {
  std::map<std::string, Quote> quotes;
  std::optional<tapedeck::Error> first_refusal;
};

bool is_coin(const std::string &name) { return asset_class_of(name) == TDK_ASSET_CRYPTO; }

// A request costs a credit for each symbol. Five decimals are the vendor's default, which leave
// nothing of the price of many a coin: those, never asked for among others, are in eight.
Get request_for(const Names &names, bool price) {
  std::string list;
  for (const std::string &name : names)
    list += (list.empty() ? "" : ",") + kit::percent_encoded(name);
  Get get{"quotes of " + names.front(), {}, names.size()};
  if (names.size() > 1) get.doing += " and " + std::to_string(names.size() - 1) + " more";
  get.path = (price ? "/price?symbol=" : "/quote?timezone=UTC&symbol=") + list;
  if (is_coin(names.front())) get.path += "&dp=8";
  return get;
}

void note(Session &session, Answers &out, const tapedeck::Error &why) {
  session.host().log(TDK_LOG_WARN, why.what());
  if (!out.first_refusal) out.first_refusal = why;
}

void fetch_some(Session &session, const Names &names, Answers &out,
                const tapedeck::Cancel &cancel) {
  const bool price = session.settings().quotes_from_price;
  const Get get = request_for(names, price);
  session.get(get, cancel, [&](const kit::JsonValue &body) {
    each_part(body, names, [&](const std::string &name, const kit::JsonValue &part) {
      try {
        if (const auto error = error_in(part))
          throw refusal("fetching the quote of " + name, 200, *error, session.host().now());
        out.quotes.insert_or_assign(name, price ? parse_price(part) : parse_quote(part));
      } catch (const tapedeck::Error &why) {
        note(session, out, why);
      }
    });
  });
}

// An error of a request for one symbol is flat, and may be about that symbol only.
void fetch_some_or_note(Session &session, const Names &names, Answers &out,
                        const tapedeck::Cancel &cancel) {
  try {
    fetch_some(session, names, out, cancel);
  } catch (const tapedeck::Error &why) {
    const bool about_symbol = why.code() == TDK_NOT_FOUND || why.code() == TDK_PERMISSION_DENIED;
    if (names.size() > 1 || !about_symbol) throw;
    note(session, out, why);
  }
}

// Amounts that do not fit stay unknown.
std::int64_t at(const std::optional<kit::Decimal> &value, int exp) {
  std::int64_t mantissa = 0;
  const bool fits = value && kit::mantissa_at(*value, exp, mantissa) == kit::DecimalStatus::Ok;
  return fits ? mantissa : TDK_NULL_I64;
}

tdk_quote quote_of(const Quote &quote, tdk_str symbol, std::int64_t now_ns) {
  tdk_quote q{};
  q.symbol = symbol;
  q.flags = quote.time_s ? 0 : TDK_QUOTE_HOST_TIME;
  q.time = quote.time_s ? *quote.time_s * kSecondNs : now_ns;
  q.price_exp = quote.last ? std::min(quote.last->exp, 0) : 0;
  q.volume_exp = quote.volume ? std::min(quote.volume->exp, 0) : 0;
  q.last = at(quote.last, q.price_exp);
  q.volume = at(quote.volume, q.volume_exp);
  q.bid = q.ask = q.bid_size = q.ask_size = q.last_size = TDK_NULL_I64;
  q.sequence = q.trades = TDK_NULL_I64;
  return q;
}

// To ask for, each once.
Names unique(Names names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

void each_part(const kit::JsonValue &body, const Names &symbols,
               const std::function<void(const std::string &, const kit::JsonValue &)> &each) {
  if (!body.is_object()) body.refuse("is not an object");
  std::size_t parts = 0;
  for (const std::string &symbol : symbols) {
    const kit::JsonValue part = body[symbol];
    if (!part.is_object()) continue;
    ++parts;
    each(symbol, part);
  }
  if (parts > 0) return;
  const std::string_view named = body["symbol"].is_text() ? body["symbol"].text() : "";
  const auto only =
      symbols.size() == 1 ? symbols.begin() : std::find(symbols.begin(), symbols.end(), named);
  if (only == symbols.end()) body.refuse("has none of the symbols asked for");
  each(*only, body);
}

void fetch_quotes(Session &session, tapedeck::span<const tdk_str> symbols,
                  const tdk_quote_sink &sink, const tapedeck::Cancel &cancel) {
  Names asked;
  for (const tdk_str &symbol : symbols) asked.push_back(vendor_symbol(tapedeck::sv(symbol)));
  Names names = unique(asked);
  const auto coins = std::stable_partition(names.begin(), names.end(), std::not_fn(is_coin));
  Answers answers;
  for (auto first = names.begin(); first != names.end();) {
    const auto left = static_cast<std::uint64_t>((first < coins ? coins : names.end()) - first);
    const auto size = std::min(left, session.symbols_per_request());
    const auto end = first + static_cast<std::ptrdiff_t>(size);
    cancel.check();
    fetch_some_or_note(session, Names(first, end), answers, cancel);
    first = end;
  }
  if (answers.quotes.empty() && answers.first_refusal) throw *answers.first_refusal;
  tapedeck::QuoteWriter out(sink);
  const std::int64_t now = session.host().now();
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (const auto hit = answers.quotes.find(asked[i]); hit != answers.quotes.end())
      out.push(quote_of(hit->second, symbols[i], now));
}

}  // namespace twelvedata
