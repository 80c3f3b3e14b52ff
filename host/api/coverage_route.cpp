// GET /api/v1/coverage[/{symbol}]: the ledger, series by series.
#include <algorithm>

#include "api/asked_range.hpp"
#include "api/coverage_totals.hpp"
#include "api/ledger_json.hpp"
#include "api/routes.hpp"

namespace tapedeck::api {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

// What is asked of each series.
struct Wanted {
  std::optional<Interval> interval;
  RangeParams range;
  bool entries = false;
  std::uint64_t entry_limit = 0;  // of the whole answer
};

class CoverageAnswer {
 public:
  CoverageAnswer(RouteCall &call, const Wanted &wanted)
      : call_(call), wanted_(wanted), now_(call.server.ports.clock.now_ns()), entries_left_(wanted.entry_limit) {
    json_.begin('{').key("series").begin('[');
  }
  void add(const KnownSeries &known);
  void finish();

 private:
  void write_facts(const KnownSeries &known, const std::optional<TimeRange> &range);
  void write_ledger(const KnownSeries &known, TimeRange range, const std::vector<LedgerEntry> &ledger);
  void flush(std::size_t at_least);
  RouteCall &call_;
  const Wanted &wanted_;
  Nanos now_;
  std::uint64_t entries_left_;
  JsonWriter json_;
};

void CoverageAnswer::flush(std::size_t at_least) {
  if (json_.size() < at_least) return;
  call_.cancel.drop_deadline();
  if (!call_.response.begun()) call_.response.begin(kJson);
  call_.response.write(json_.take());
}

std::vector<std::string> sources_of(const KnownSeries &known, const std::vector<LedgerEntry> &ledger) {
  std::vector<std::string> out = known.sources;
  for (const auto &e : ledger)
    if (std::find(out.begin(), out.end(), e.source) == out.end()) out.push_back(e.source);
  return out;
}

void CoverageAnswer::write_facts(const KnownSeries &known, const std::optional<TimeRange> &range) {
  const SeriesStat stat = known.stat.value_or(SeriesStat{});
  json_.key("symbol").text(known.series.symbol).key("interval").text(known.series.interval.name());
  json_.key("price_type").text(price_type_name(known.series.price_type));
  json_.key("first").time(stat.first).key("last").time(stat.last).key("rows").number(stat.rows);
  json_.key("from").time(range ? std::optional(range->from) : std::nullopt);
  json_.key("to").time(range ? std::optional(range->to) : std::nullopt);
}

void CoverageAnswer::write_ledger(const KnownSeries &known, TimeRange range, const std::vector<LedgerEntry> &ledger) {
  json_.key("entries").begin('[');
  const std::size_t shown = std::min<std::size_t>(ledger.size(), entries_left_);
  for (std::size_t i = 0; i < shown; ++i) {
    write_entry(json_, ledger[i]);
    flush(kPiece);
  }
  json_.end(']');
  entries_left_ -= shown;
  if (shown < ledger.size()) json_.key("entries_truncated").raw("true");
  write_holes(json_, find_holes(ledger, range, known.calendar.get()), call_.server.limits.holes);
}

void CoverageAnswer::add(const KnownSeries &known) {
  const QueryService &query = call_.server.ports.query;
  const tdk_cancel *cancel = call_.cancel.raw();
  const auto range = asked_range(wanted_.range, query.extent(known, cancel), now_);
  const auto interval = known.series.interval;
  const TimeRange due = range ? due_part(*range, interval, now_) : TimeRange{};
  const auto ledger = due.empty() ? std::vector<LedgerEntry>() : query.coverage(known, due, cancel);
  json_.begin('{');
  write_facts(known, range);
  json_.key("sources").texts(sources_of(known, ledger)).key("totals").begin('{');
  for (const auto &t : coverage_totals(ledger, due, interval, known.calendar.get()))
    json_.key(t.state).begin('{').key("seconds").number(t.seconds).key("candles").number(t.candles).end('}');
  json_.end('}');
  if (wanted_.entries) write_ledger(known, due, ledger);
  json_.end('}');
  flush(kPiece);
}

void CoverageAnswer::finish() {
  json_.end(']').end('}');
  if (!call_.response.begun()) return call_.response.send(200, kJson, json_.take() + "\n");
  flush(0);
  call_.response.end();
}

void answer(RouteCall &call, const Wanted &wanted, const std::vector<KnownSeries> &all) {
  CoverageAnswer out(call, wanted);
  for (const auto &known : all)
    if (!wanted.interval || known.series.interval == *wanted.interval) out.add(known);
  out.finish();
}

// The series of the asked symbol. Failures: as QueryService::find().
std::vector<KnownSeries> series_of(const RouteCall &call, const std::optional<Interval> &interval) {
  const QueryService &query = call.server.ports.query;
  std::vector<KnownSeries> of_symbol;
  for (auto &known : query.list(call.cancel.raw()))
    if (may_mean(call.symbol, known.series.symbol) && (!interval || known.series.interval == *interval))
      of_symbol.push_back(std::move(known));
  if (of_symbol.empty()) query.find(call.symbol, interval.value_or(Interval()).name(), "", call.cancel.raw());  // throws
  return of_symbol;
}

}  // namespace

void answer_coverage_list(RouteCall &call) {
  const QueryParams params(call.request.query, {"interval", "from", "to"});
  const Wanted wanted{params.interval(), read_range(params, call.server.ports.clock.now_ns()), false, 0};
  answer(call, wanted, call.server.ports.query.list(call.cancel.raw()));
}

void answer_coverage(RouteCall &call) {
  const QueryParams params(call.request.query, {"interval", "from", "to", "limit"});
  const auto &limits = call.server.limits;
  const Wanted wanted{params.interval(), read_range(params, call.server.ports.clock.now_ns()), true,
                      params.count("limit", limits.max_limit).value_or(limits.coverage_entries)};
  answer(call, wanted, series_of(call, wanted.interval));
}

}  // namespace tapedeck::api
