#include "ingest/copy/store_copy.hpp"

#include "ingest/copy/fact_copy.hpp"
#include "ingest/copy/series_copy.hpp"
#include "ingest/copy/tick_copy.hpp"

namespace tapedeck {
namespace {

std::string key_of(CopyPart::Kind kind, const std::string &name) { return std::to_string(static_cast<int>(kind)) + name; }

std::vector<std::string> tick_symbols(const CopyPorts &ports) {
  return patiently(ports, [&] { return ports.from.transfer().tick_symbols(ports.cancel); });
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
  for (const auto &s : patiently(ports_, [&] { return ports_.from.list_series(ports_.cancel); }))
    count(CopyPart::Kind::Candles, s.series.name(), series.copy(s.series));
  TickCopy ticks(ports_);
  for (const auto &symbol : tick_symbols(ports_)) count(CopyPart::Kind::Ticks, symbol, ticks.copy(symbol));
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
  for (const auto &s : patiently(ports_, [&] { return ports_.from.list_series(ports_.cancel); })) add(series.compare(s.series));
  TickCopy ticks(ports_);
  for (const auto &symbol : tick_symbols(ports_)) add(ticks.compare(symbol));
  add(compare_symbols(ports_));
  add(compare_events(ports_));
  return report;
}

}  // namespace tapedeck
