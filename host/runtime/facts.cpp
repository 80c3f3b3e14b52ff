#include "runtime/facts.hpp"

#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kLongestText = 4096;

std::string text_of(tdk_str s) { return printable(sv(s), kLongestText); }

std::optional<ExactDecimal> decimal_of(const tdk_decimal &d) {
  return d.present == 0 ? std::nullopt : std::optional(ExactDecimal{d.mantissa, d.exp});
}

tdk_decimal abi_of(const std::optional<ExactDecimal> &d) noexcept {
  return d ? tdk_decimal{d->mantissa, d->exp, 1} : tdk_decimal{};
}

}  // namespace

SymbolInfo symbol_of(const tdk_symbol &s) {
  SymbolInfo out;
  out.symbol = text_of(s.symbol);
  out.vendor_symbol = text_of(s.vendor_symbol);
  out.status = s.status;
  out.asset_class = s.asset_class;
  out.name = text_of(s.name);
  out.exchange = text_of(s.exchange);
  out.currency = text_of(s.currency);
  out.country = text_of(s.country);
  out.isin = text_of(s.isin);
  if (s.price_exp_known != 0) out.price_exp = s.price_exp;
  if (s.earliest != TDK_NULL_I64) out.earliest = s.earliest;
  out.source = text_of(s.source);
  out.fetched_at = s.fetched_at;
  return out;
}

tdk_symbol abi_of(const SymbolInfo &s) noexcept {
  tdk_symbol out{};
  out.struct_size = sizeof out;
  out.asset_class = s.asset_class;
  out.symbol = str(s.symbol);
  out.name = str(s.name);
  out.exchange = str(s.exchange);
  out.currency = str(s.currency);
  out.country = str(s.country);
  out.isin = str(s.isin);
  out.price_exp = s.price_exp.value_or(0);
  out.price_exp_known = s.price_exp.has_value();
  out.earliest = s.earliest.value_or(TDK_NULL_I64);
  out.vendor_symbol = str(s.vendor_symbol);
  out.status = s.status;
  out.source = str(s.source);
  out.fetched_at = s.fetched_at;
  return out;
}

EconomicEvent event_of(const tdk_calendar_event &e) {
  EconomicEvent out;
  out.time = e.time;
  out.importance = e.importance <= 3 ? e.importance : 0;
  out.id = text_of(e.id);
  out.title = text_of(e.title);
  out.country = text_of(e.country);
  out.currency = text_of(e.currency);
  out.unit = text_of(e.unit);
  out.actual = decimal_of(e.actual);
  out.forecast = decimal_of(e.forecast);
  out.previous = decimal_of(e.previous);
  out.source = text_of(e.source);
  out.fetched_at = e.fetched_at;
  return out;
}

tdk_calendar_event abi_of(const EconomicEvent &e) noexcept {
  tdk_calendar_event out{};
  out.struct_size = sizeof out;
  out.importance = e.importance;
  out.time = e.time;
  out.id = str(e.id);
  out.title = str(e.title);
  out.country = str(e.country);
  out.currency = str(e.currency);
  out.unit = str(e.unit);
  out.actual = abi_of(e.actual);
  out.forecast = abi_of(e.forecast);
  out.previous = abi_of(e.previous);
  out.source = str(e.source);
  out.fetched_at = e.fetched_at;
  return out;
}

const char *asset_name(std::uint32_t asset_class) noexcept {
  switch (asset_class) {
    case TDK_ASSET_EQUITY: return "stock";
    case TDK_ASSET_ETF: return "etf";
    case TDK_ASSET_INDEX: return "index";
    case TDK_ASSET_FX: return "forex";
    case TDK_ASSET_CRYPTO: return "crypto";
    case TDK_ASSET_FUTURE: return "future";
    case TDK_ASSET_OPTION: return "option";
    case TDK_ASSET_BOND: return "bond";
    case TDK_ASSET_COMMODITY: return "commodity";
    default: return "other";
  }
}

}  // namespace tapedeck
