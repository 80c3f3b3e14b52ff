// Symbols and economic events of StorageClient, to the C table and back.
#include "storage_client_raw.hpp"

namespace tapedeck::conformance {
namespace {

tdk_decimal raw_decimal(const std::optional<Decimal> &d) {
  return d ? tdk_decimal{d->mantissa, d->exp, 1} : tdk_decimal{};
}

std::optional<Decimal> decimal_of(const tdk_decimal &d) {
  return d.present != 0 ? std::optional(Decimal{d.mantissa, d.exp}) : std::nullopt;
}

tdk_symbol raw_symbol(const Symbol &s) {
  tdk_symbol out{};
  out.struct_size = sizeof out;
  out.asset_class = s.asset_class;
  out.symbol = str(s.symbol);
  out.name = str(s.name);
  out.exchange = str(s.exchange);
  out.currency = str(s.currency);
  out.country = str(s.country);
  out.isin = str(s.isin);
  out.vendor_symbol = str(s.vendor_symbol);
  out.price_exp_known = s.price_exp.has_value();
  out.price_exp = s.price_exp.value_or(0);
  out.earliest = s.earliest;
  out.status = s.status;
  return out;
}

Symbol symbol_of(const tdk_symbol &s) {
  Symbol out;
  out.symbol = sv(s.symbol);
  out.asset_class = s.asset_class;
  out.name = sv(s.name);
  out.exchange = sv(s.exchange);
  out.currency = sv(s.currency);
  out.country = sv(s.country);
  out.isin = sv(s.isin);
  out.vendor_symbol = sv(s.vendor_symbol);
  if (s.price_exp_known != 0) out.price_exp = s.price_exp;
  out.earliest = s.earliest;
  out.status = s.status;
  out.source = sv(s.source);
  out.fetched_at = s.fetched_at;
  return out;
}

tdk_calendar_event raw_event(const Event &e) {
  tdk_calendar_event out{};
  out.struct_size = sizeof out;
  out.importance = e.importance;
  out.time = e.time;
  out.id = str(e.id);
  out.title = str(e.title);
  out.country = str(e.country);
  out.currency = str(e.currency);
  out.unit = str(e.unit);
  out.actual = raw_decimal(e.actual);
  out.forecast = raw_decimal(e.forecast);
  out.previous = raw_decimal(e.previous);
  return out;
}

Event event_of(const tdk_calendar_event &e) {
  Event out;
  out.id = sv(e.id);
  out.time = e.time;
  out.importance = e.importance;
  out.title = sv(e.title);
  out.country = sv(e.country);
  out.currency = sv(e.currency);
  out.unit = sv(e.unit);
  out.actual = decimal_of(e.actual);
  out.forecast = decimal_of(e.forecast);
  out.previous = decimal_of(e.previous);
  out.source = sv(e.source);
  out.fetched_at = e.fetched_at;
  return out;
}

}  // namespace

Outcome StorageClient::store(const std::vector<Symbol> &symbols, const std::string &source,
                             std::int64_t fetched_at) const {
  std::vector<tdk_symbol> raw;
  for (const Symbol &s : symbols) raw.push_back(raw_symbol(s));
  Outcome out;
  run(out, [&](tdk_error *e) {
    return table_->store_symbols(self(), str(source), fetched_at, raw.data(), raw.size(), sizeof(tdk_symbol), e);
  });
  return out;
}

Outcome StorageClient::store(const std::vector<Event> &events, const std::string &source,
                             std::int64_t fetched_at) const {
  std::vector<tdk_calendar_event> raw;
  for (const Event &e : events) raw.push_back(raw_event(e));
  Outcome out;
  run(out, [&](tdk_error *e) {
    return table_->store_events(self(), str(source), fetched_at, raw.data(), raw.size(),
                                sizeof(tdk_calendar_event), e);
  });
  return out;
}

Listed<Symbol> StorageClient::symbols(const std::string &symbol, const std::string &source,
                                      std::uint64_t limit) const {
  Listed<Symbol> out;
  const tdk_symbol_sink sink{
      sizeof sink, 0, &out.items,
      [](void *p, const tdk_symbol *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        for (std::uint64_t i = 0; i < n; ++i)
          static_cast<std::vector<Symbol> *>(p)->push_back(symbol_of(detail::at(first, i, stride)));
        return TDK_OK;
      }};
  const tdk_symbol_request request{sizeof request, 0, str(symbol), str(source), limit};
  run(out, [&](tdk_error *e) { return table_->query_symbols(self(), &request, &sink, nullptr, e); });
  return out;
}

Listed<Event> StorageClient::events(const EventQuery &q) const {
  Listed<Event> out;
  const tdk_calendar_sink sink{
      sizeof sink, 0, &out.items,
      [](void *p, const tdk_calendar_event *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        for (std::uint64_t i = 0; i < n; ++i)
          static_cast<std::vector<Event> *>(p)->push_back(event_of(detail::at(first, i, stride)));
        return TDK_OK;
      }};
  const tdk_event_request request{sizeof request, 0, {q.from, q.to}, str(q.country), str(q.source)};
  run(out, [&](tdk_error *e) { return table_->query_events(self(), &request, &sink, q.cancel, e); });
  return out;
}

}  // namespace tapedeck::conformance
