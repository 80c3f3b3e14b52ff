#include "live/live_shard.hpp"

#include <algorithm>
#include <utility>

#include "observe/log.hpp"

namespace tapedeck {
namespace {

// A connection that says nothing for so long may be dead: what is missing is asked for when it speaks
// again, or when another has taken its place, and then all at once.
constexpr Nanos kMute = 5 * kSecond;
// A candle of then would make everything before it old news: a time that is wrong.
constexpr Nanos kFarAhead = kDay;

}  // namespace

LiveShard::LiveShard(ShardSpec spec, std::vector<ShardSource> sources, LiveHub &hub, Delivery &delivery,
                     LiveCounts &counts, Clock &clock)
    : spec_(std::move(spec)), sources_(std::move(sources)), hub_(hub), delivery_(delivery), counts_(counts), clock_(clock) {
  for (const auto &symbol : spec_.symbols) {
    SymbolFlow &flow = symbols_[symbol];
    flow.live = hub_.open_symbol(spec_.pipeline, symbol);
    for (const Series &series : spec_.candles) {
      if (series.symbol != symbol) continue;
      flows_.push_back(std::make_unique<Flow>(Flow{hub_.open_series(spec_.pipeline, series), {},
                                                   SlotTracker(series.interval, spec_.calendar, {}),
                                                   CandleBuilder(series.interval, spec_.late, series.price_type)}));
      flow.candles.push_back(flows_.back().get());
    }
  }
}

StreamAsk LiveShard::ask_of(std::size_t source) const {
  StreamAsk ask;
  const CandleOrigin origin = sources_[source].candles;
  const bool candles = !spec_.candles.empty();
  if (origin == CandleOrigin::Vendor) ask.candles = spec_.candles;
  for (const auto &symbol : spec_.symbols) {
    if (spec_.pass_trades || (candles && origin == CandleOrigin::Trades)) ask.trades.push_back(symbol);
    if (spec_.pass_quotes || (candles && origin == CandleOrigin::Quotes)) ask.quotes.push_back(symbol);
  }
  return ask;
}

TimeRange LiveShard::slot(const Flow &flow, Nanos open_time) const {
  return {open_time, flow.live->series.interval.next(open_time)};
}

std::optional<Nanos> LiveShard::first_unsettled(std::size_t i) const {
  std::lock_guard lock(mutex_);
  return flows_[i]->tracker.first_unsettled();
}

void LiveShard::start_series(std::size_t i, Nanos first, const RangeSet &settled) {
  std::lock_guard lock(mutex_);
  SlotTracker &tracker = flows_[i]->tracker;
  tracker.start(first);
  for (const TimeRange r : settled.ranges()) tracker.settled(r);
}

void LiveShard::set_active(const StreamLink &link) {
  std::lock_guard lock(mutex_);
  const bool other_source = active_source_ && *active_source_ != link.of().source_index;
  active_source_ = link.of().source_index;
  active_number_ = link.of().number;
  if (other_source) change_source();
  connected_ = link.connected();
  heard_ = clock_.monotonic_ns();
  if (!connected_) return;
  for (auto &flow : flows_) flow->tracker.connected(clock_.now_ns());
}

// Nothing of one vendor's is mixed into another's: neither their numbers nor a candle that is half built.
void LiveShard::change_source() {
  for (auto &[name, symbol] : symbols_) {
    symbol.trades.forget();
    symbol.quotes.forget();
  }
  for (auto &flow : flows_) {
    flow->gate.forget_forming();
    flow->builder.restart();
    flow->rejected = false;
  }
}

// The slot in which it was lost is not whole any more for a candle that is built here.
void LiveShard::connection_lost(const StreamLink &link) {
  std::lock_guard lock(mutex_);
  if (active_number_ != link.of().number) return;
  connected_ = false;
  for (auto &flow : flows_) {
    flow->tracker.disconnected();
    flow->builder.restart();
    flow->rejected = false;  // the next connection says it again, if it is still so
  }
}

bool LiveShard::counts_for_us(const StreamLink &link) const {
  return !ended_ && active_source_ && link.of().source_index == *active_source_;
}

LiveShard::Flow *LiveShard::find(const Series &series) {
  const auto symbol = symbols_.find(std::string_view(series.symbol));
  if (symbol == symbols_.end()) return nullptr;
  for (Flow *flow : symbol->second.candles)
    if (flow->live->series == series) return flow;
  return nullptr;
}

void LiveShard::on_candles(const StreamLink &link, const Series &series, const tdk_candle_batch &batch) {
  std::lock_guard lock(mutex_);
  counts_.candles += batch.count;
  if (!counts_for_us(link)) {
    counts_.unheard += batch.count;
    return;
  }
  heard_ = clock_.monotonic_ns();
  Flow *flow = find(series);
  if (flow == nullptr) {
    ++counts_.unknown;
    return;
  }
  const ShardSource &source = sources_[link.of().source_index];
  flow->rejected = false;
  const Nanos newest = clock_.now_ns() + kFarAhead;
  for (std::size_t i = 0; i < batch.count; ++i) {
    const CandleRow row = row_of(batch, i);
    if (hub_.wanted(LiveStage::Received)) hub_.publish(LiveStage::Received, *flow->live, row, source.name);
    if (series.interval.on_grid(row.open_time) && row.open_time < newest)
      take_row(*flow, row, source, false);
    else
      ++counts_.unknown;
  }
}

void LiveShard::take_row(Flow &flow, const CandleRow &row, const ShardSource &source, bool built) {
  using Verdict = CandleGate::Verdict;
  const DeliverySource &from = built ? source.built : source.vendor;
  const Verdict verdict = flow.gate.admit(row, from.rank);
  if (verdict == Verdict::Publish || verdict == Verdict::Revised)
    hub_.publish(LiveStage::Published, *flow.live, row, source.name);
  counts_.duplicates += verdict == Verdict::Duplicate;
  counts_.stale += verdict == Verdict::Stale;
  if (!row.forming() && verdict != Verdict::Duplicate) store_final(flow, row, from);
}

void LiveShard::store_final(Flow &flow, const CandleRow &row, const DeliverySource &source) {
  const TimeRange range = slot(flow, row.open_time);
  if (delivery_.put(*flow.live, source, row)) {
    flow.tracker.settled(range);
  } else {  // dropped, and counted: it is asked for when there is room again
    flow.tracker.reopen(range);
    flow.tracker.failed({}, clock_.now_ns());
  }
}

void LiveShard::on_ticks(const StreamLink &link, std::string_view symbol, std::span<const Tick> ticks) {
  std::lock_guard lock(mutex_);
  counts_.ticks += ticks.size();
  if (!counts_for_us(link)) {
    counts_.unheard += ticks.size();
    return;
  }
  heard_ = clock_.monotonic_ns();
  const auto found = symbols_.find(symbol);
  if (found == symbols_.end()) {
    counts_.unknown += ticks.size();
    return;
  }
  SymbolFlow &flow = found->second;
  const ShardSource &source = sources_[link.of().source_index];
  if (hub_.wanted(LiveStage::Received)) hub_.publish(LiveStage::Received, *flow.live, ticks, source.name);
  passed_.clear();
  for (const Tick &t : ticks)
    if ((t.trade() ? flow.trades : flow.quotes).admit(t)) passed_.push_back(t);
  counts_.duplicates += ticks.size() - passed_.size();
  build(flow, passed_, source);
  std::erase_if(passed_, [this](const Tick &t) { return t.trade() ? !spec_.pass_trades : !spec_.pass_quotes; });
  if (passed_.empty()) return;
  hub_.publish(LiveStage::Published, *flow.live, passed_, source.name);
  if (spec_.store_ticks) delivery_.put(*flow.live, source.vendor, passed_);
}

void LiveShard::build(SymbolFlow &symbol, std::span<const Tick> ticks, const ShardSource &source) {
  if (source.candles == CandleOrigin::Vendor) return;
  const bool from_trades = source.candles == CandleOrigin::Trades;
  const Nanos mono = clock_.monotonic_ns();
  for (Flow *flow : symbol.candles) {
    bool changed = false;
    for (const Tick &t : ticks) {
      if (t.trade() != from_trades) continue;
      changed = true;
      if (flow->builder.add(t, mono)) continue;
      ++counts_.late_ticks;
      flow->tracker.reopen(slot(*flow, flow->builder.reopened()));
    }
    if (!changed) continue;
    close_built(*flow, source, mono);
    if (const auto forming = flow->builder.forming()) take_row(*flow, *forming, source, true);
  }
}

void LiveShard::close_built(Flow &flow, const ShardSource &source, Nanos mono) {
  for (const CandleRow &row : flow.builder.close_due(mono)) take_row(flow, row, source, true);
}

void LiveShard::close_due() {
  std::lock_guard lock(mutex_);
  if (ended_ || !active_source_ || sources_[*active_source_].candles == CandleOrigin::Vendor) return;
  for (auto &flow : flows_) close_built(*flow, sources_[*active_source_], clock_.monotonic_ns());
}

// Ticks of a symbol stand for all candles that are built of them, and for none that the vendor makes.
std::vector<LiveShard::Flow *> LiveShard::flows_about(const StreamEvent &event, const ShardSource &source) {
  std::vector<Flow *> out;
  if (event.series) {
    const bool ticks = event.series->interval.abi().unit == 0;
    if (ticks && source.candles == CandleOrigin::Vendor) return out;
    const auto symbol = symbols_.find(std::string_view(event.series->symbol));
    if (symbol == symbols_.end()) return out;
    for (Flow *flow : symbol->second.candles)
      if (ticks || flow->live->series == *event.series) out.push_back(flow);
  } else {
    for (auto &flow : flows_) out.push_back(flow.get());
  }
  return out;
}

void LiveShard::reject(const StreamLink &link, const StreamEvent &event) {
  const std::string whom = event.series ? event.series->symbol : "all series of a connection";
  const std::string line = spec_.pipeline + ": " + link.of().source + " rejects " + whom + ": " + event.detail;
  {
    std::lock_guard lock(mutex_);  // a symbol has several series, and is said once
    if (std::exchange(last_rejection_, line) == line) return;
  }
  log(LogLevel::Warn, "stream", line);
  hub_.publish({spec_.pipeline, link.of().source, StreamState::Error, event.detail,
                event.series ? std::vector{event.series->symbol} : spec_.symbols, clock_.now_ns()});
}

void LiveShard::on_event(const StreamLink &link, const StreamEvent &event) {
  if (event.kind == TDK_STREAM_REJECTED) reject(link, event);
  std::lock_guard lock(mutex_);
  if (!counts_for_us(link)) return;
  heard_ = clock_.monotonic_ns();
  const ShardSource &source = sources_[link.of().source_index];
  if (event.kind == TDK_STREAM_CONNECTED)
    for (Flow *flow : flows_about(event, source)) {
      flow->tracker.connected(clock_.now_ns());
      if (event.series) flow->rejected = false;
    }
  if (event.kind == TDK_STREAM_REJECTED)
    for (Flow *flow : flows_about(event, source)) flow->rejected = true;
  if (event.kind == TDK_STREAM_GAP)
    for (Flow *flow : flows_about(event, source)) {
      const Interval interval = flow->live->series.interval;
      flow->tracker.reopen({interval.floor(event.range.from), interval.ceil(event.range.to)});
    }
}

std::vector<RepairRange> LiveShard::holes_due() {
  std::lock_guard lock(mutex_);
  std::vector<RepairRange> out;
  if (connected_ && clock_.monotonic_ns() - heard_ > kMute) return out;
  const Nanos now = clock_.now_ns();
  for (std::size_t i = 0; i < flows_.size(); ++i)
    if (!flows_[i]->rejected)
      for (const TimeRange r : flows_[i]->tracker.due(now)) out.push_back({i, r, flows_[i]->tracker.tries()});
  return out;
}

void LiveShard::take_page(const RepairRange &asked, std::size_t source, ChunkResult page) {
  RangeSet settled;
  for (const auto &e : page.ledger)
    if (settles(e.state)) settled.add(e.range);
  const bool quiet = !settled.empty() && page.candles.empty();
  std::vector<CandleRow> rows;
  const tdk_candle_batch batch = page.candles.view();
  for (std::size_t i = 0; i < batch.count; ++i) rows.push_back(row_of(batch, i));

  std::lock_guard lock(mutex_);
  Flow &flow = *flows_[asked.series];
  const bool kept = delivery_.put(*flow.live, sources_[source].vendor, std::move(page));
  for (const CandleRow &row : rows) {
    const auto verdict = flow.gate.admit(row, sources_[source].vendor.rank);
    if (verdict == CandleGate::Verdict::Publish || verdict == CandleGate::Verdict::Revised)
      hub_.publish(LiveStage::Published, *flow.live, row, sources_[source].name);
  }
  if (kept)
    flow.tracker.asked(asked.range, settled, quiet, clock_.now_ns());
  else
    flow.tracker.failed(asked.range, clock_.now_ns());
}

void LiveShard::repair_failed(const RepairRange &asked) {
  std::lock_guard lock(mutex_);
  ++counts_.repair_failures;
  flows_[asked.series]->tracker.failed(asked.range, clock_.now_ns());
}

}  // namespace tapedeck
