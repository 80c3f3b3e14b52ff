#include "ingest/copy/store_copy.hpp"

#include <algorithm>

#include "ingest/copy/fact_copy.hpp"
#include "ingest/copy/series_copy.hpp"
#include "ingest/copy/tick_copy.hpp"

namespace tapedeck {
namespace {

std::string key_of(CopyPart::Kind kind, const std::string &name) { return std::to_string(static_cast<int>(kind)) + name; }

std::vector<std::string> tick_symbols(const CopyPorts &ports, Storage &of) {
  return patiently(ports, [&] { return of.transfer().tick_symbols(ports.cancel); });
}

std::vector<Series> series_of(const CopyPorts &ports, Storage &of) {
  std::vector<Series> out;
  for (const auto &s : patiently(ports, [&] { return of.list_series(ports.cancel); })) out.push_back(s.series);
  return out;
}

// All of `first`, and then what only `second` has.
template <class T>
std::vector<T> both(std::vector<T> first, const std::vector<T> &second) {
  const auto end = static_cast<std::ptrdiff_t>(first.size());
  for (const T &t : second)
    if (std::find(first.begin(), first.begin() + end, t) == first.begin() + end) first.push_back(t);
  return first;
}

}  // namespace

void StoreCopy::begin(bool comparing) {
  std::uint64_t rows = 0;
  for (const auto &s : patiently(ports_, [&] { return ports_.from.list_series(ports_.cancel); })) rows += s.rows + s.revisions;
  ports_.progress.rows = 0;
  ports_.progress.total = rows;
  ports_.progress.comparing = comparing;
}

void StoreCopy::copy() {
  begin(false);
  const auto count = [this](CopyPart::Kind kind, const std::string &name, std::uint64_t rows) {
    written_[key_of(kind, name)] += rows;
  };
  SeriesCopy series(ports_);
  for (const auto &s : series_of(ports_, ports_.from)) count(CopyPart::Kind::Candles, s.name(), series.copy(s));
  TickCopy ticks(ports_);
  for (const auto &symbol : tick_symbols(ports_, ports_.from)) count(CopyPart::Kind::Ticks, symbol, ticks.copy(symbol));
  count(CopyPart::Kind::Instruments, "instruments", copy_symbols(ports_));
  count(CopyPart::Kind::Events, "economic events", copy_events(ports_));
}

CopyReport StoreCopy::compare() {
  begin(true);
  CopyReport report;
  const auto add = [&](CopyPart part) {
    part.written = written_[key_of(part.kind, part.name)];
    report.parts.push_back(std::move(part));
  };
  SeriesCopy series(ports_);
  for (const auto &s : both(series_of(ports_, ports_.from), series_of(ports_, ports_.to))) add(series.compare(s));
  TickCopy ticks(ports_);
  for (const auto &symbol : both(tick_symbols(ports_, ports_.from), tick_symbols(ports_, ports_.to))) add(ticks.compare(symbol));
  add(compare_symbols(ports_));
  add(compare_events(ports_));
  return report;
}

}  // namespace tapedeck
