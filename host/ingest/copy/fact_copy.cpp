#include "ingest/copy/fact_copy.hpp"

#include <algorithm>
#include <map>

#include "ingest/copy/kept_difference.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kPortion = 5'000;  // rows of a transaction

Nanos time_of(const SymbolInfo &s) { return s.fetched_at; }
Nanos time_of(const EconomicEvent &e) { return e.time; }

void add(std::uint64_t &sum, const std::string &text) { sum = mixed(sum, checksum_of(text)); }
void add(std::uint64_t &sum, std::int64_t word) { sum = mixed(sum, static_cast<std::uint64_t>(word)); }
void add(std::uint64_t &sum, const std::optional<ExactDecimal> &d) {
  add(sum, d ? d->mantissa : TDK_NULL_I64);
  add(sum, std::int64_t{d ? d->exp : 0});
}

std::uint64_t word_of(const SymbolInfo &s) {
  std::uint64_t sum = s.asset_class;
  for (const auto *text : {&s.symbol, &s.vendor_symbol, &s.name, &s.exchange, &s.currency, &s.country, &s.isin, &s.source})
    add(sum, *text);
  for (const std::int64_t word : {std::int64_t{s.status}, std::int64_t{s.price_exp.value_or(INT32_MIN)},
                                  s.earliest.value_or(TDK_NULL_I64), s.fetched_at})
    add(sum, word);
  return sum;
}

std::uint64_t word_of(const EconomicEvent &e) {
  std::uint64_t sum = e.importance;
  for (const auto *text : {&e.id, &e.title, &e.country, &e.currency, &e.unit, &e.source}) add(sum, *text);
  for (const auto *number : {&e.actual, &e.forecast, &e.previous}) add(sum, *number);
  add(sum, e.time);
  add(sum, e.fetched_at);
  return sum;
}

std::vector<SymbolInfo> symbols_of(const CopyPorts &ports, Storage &store) {
  return patiently(ports, [&] { return store.query_symbols("", 0, ports.cancel); });
}
std::vector<EconomicEvent> events_of(const CopyPorts &ports, Storage &store) {
  return patiently(ports, [&] { return store.query_events(kWholeTime, "", ports.cancel); });
}

template <class Read>
auto or_none(Read read) -> decltype(read()) {
  try {
    return read();
  } catch (const Error &e) {
    if (e.code() != TDK_NOT_SUPPORTED) throw;
    return {};
  }
}

template <class Row>
std::vector<Row> those_not_in(const std::vector<Row> &rows, const std::vector<Row> &others) {
  std::multimap<std::uint64_t, const Row *> known;
  for (const Row &o : others) known.emplace(word_of(o), &o);
  std::vector<Row> out;
  for (const Row &r : rows) {
    const auto [first, last] = known.equal_range(word_of(r));
    if (std::none_of(first, last, [&](const auto &k) { return *k.second == r; })) out.push_back(r);
  }
  return out;
}

// A call takes rows of one source and time of fetching.
template <class Row, class Store>
std::uint64_t write(const std::vector<Row> &rows, Store store) {
  std::map<std::pair<std::string, Nanos>, std::vector<Row>> groups;
  for (const Row &r : rows) groups[{r.source, r.fetched_at}].push_back(r);
  for (const auto &[origin, group] : groups)
    for (std::size_t i = 0; i < group.size(); i += kPortion)
      store(origin.first, origin.second, std::span(group).subspan(i, std::min(kPortion, group.size() - i)));
  return rows.size();
}

template <class Row>
CopyPart compare(CopyPart::Kind kind, const char *name, const std::vector<Row> &from, const std::vector<Row> &to) {
  CopyPart part;
  part.kind = kind;
  part.name = name;
  part.rows = from.size();
  for (const Row &r : from) part.checksum += word_of(r);
  for (const Row &r : to) part.checksum_there += word_of(r);
  for (const Row &r : those_not_in(from, to)) part.missing.add(time_of(r));
  for (const Row &r : those_not_in(to, from)) part.extra.add(time_of(r));
  return part;
}

}  // namespace

std::uint64_t copy_symbols(const CopyPorts &ports) {
  const auto from = or_none([&] { return symbols_of(ports, ports.from); });
  if (from.empty()) return 0;
  return write(those_not_in(from, symbols_of(ports, ports.to)), [&](const std::string &source, Nanos at, auto rows) {
    patiently(ports, [&] { ports.to.store_symbols(source, at, rows); });
  });
}

std::uint64_t copy_events(const CopyPorts &ports) {
  const auto from = or_none([&] { return events_of(ports, ports.from); });
  if (from.empty()) return 0;
  return write(those_not_in(from, events_of(ports, ports.to)), [&](const std::string &source, Nanos at, auto rows) {
    patiently(ports, [&] { ports.to.store_events(source, at, rows); });
  });
}

CopyPart compare_symbols(const CopyPorts &ports) {
  return compare(CopyPart::Kind::Instruments, "instruments", or_none([&] { return symbols_of(ports, ports.from); }),
                 or_none([&] { return symbols_of(ports, ports.to); }));
}

CopyPart compare_events(const CopyPorts &ports) {
  return compare(CopyPart::Kind::Events, "economic events", or_none([&] { return events_of(ports, ports.from); }),
                 or_none([&] { return events_of(ports, ports.to); }));
}

}  // namespace tapedeck
