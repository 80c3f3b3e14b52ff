#include "live/live_hub.hpp"

#include <algorithm>
#include <utility>

#include "market/instrument.hpp"

namespace tapedeck {

// A second pipeline that streams the same series has an entry of its own that is not found: listeners
// get each series from one pipeline only.
struct LiveHub::SeriesEntry : LiveSeries {
  SeriesEntry(LiveSeries live, bool is_first) : LiveSeries(std::move(live)), first(is_first) {}
  std::atomic<bool> first;
  mutable std::mutex mutex;
  mutable std::optional<LastCandle> last;
};

struct LiveHub::SymbolEntry : LiveSymbol {
  SymbolEntry(LiveSymbol live, bool is_first) : LiveSymbol(std::move(live)), first(is_first) {}
  std::atomic<bool> first;
  mutable std::mutex mutex;
  mutable std::optional<LastTick> last_quote;
};

namespace {

std::vector<std::string> each_once(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// Who came second is heard once the first has gone.
template <typename Entries, typename Same>
void let_the_next_be_first(const Entries &entries, Same &&same) {
  for (const auto &e : entries)
    e->first = e->first || std::none_of(entries.begin(), entries.end(), [&](const auto &o) { return o->first && same(*o, *e); });
}

bool replaces(const StreamStatus &newer, const StreamStatus &older) {
  if (newer.pipeline != older.pipeline || newer.source != older.source) return false;
  const auto &all = newer.symbols;
  return all.empty() || (!older.symbols.empty() &&
                         std::all_of(older.symbols.begin(), older.symbols.end(), [&](const std::string &symbol) {
                           return std::find(all.begin(), all.end(), symbol) != all.end();
                         }));
}

std::uint32_t bit(LiveStage stage) { return static_cast<std::uint32_t>(stage); }

}  // namespace

std::string_view stream_state_name(StreamState state) noexcept {
  switch (state) {
    case StreamState::Connected: return "connected";
    case StreamState::Reconnecting: return "reconnecting";
    case StreamState::Error: return "error";
    case StreamState::Stopped: return "stopped";
  }
  return "error";
}

LiveHub::LiveHub() = default;
LiveHub::~LiveHub() = default;

std::shared_ptr<const LiveSeries> LiveHub::open_series(const std::string &pipeline, const Series &series) {
  std::unique_lock lock(entries_mutex_);
  const bool first = std::none_of(series_.begin(), series_.end(), [&](const auto &e) { return e->series == series; });
  return series_.emplace_back(std::make_shared<SeriesEntry>(LiveSeries{pipeline, series}, first));
}

std::shared_ptr<const LiveSymbol> LiveHub::open_symbol(const std::string &pipeline, const std::string &symbol) {
  std::unique_lock lock(entries_mutex_);
  const bool first = std::none_of(symbols_.begin(), symbols_.end(), [&](const auto &e) { return e->symbol == symbol; });
  return symbols_.emplace_back(std::make_shared<SymbolEntry>(LiveSymbol{pipeline, symbol}, first));
}

void LiveHub::close_pipeline(const std::string &pipeline) {
  std::unique_lock lock(entries_mutex_);
  std::erase_if(series_, [&](const auto &e) { return e->pipeline == pipeline; });
  std::erase_if(symbols_, [&](const auto &e) { return e->pipeline == pipeline; });
  let_the_next_be_first(series_, [](const auto &a, const auto &b) { return a.series == b.series; });
  let_the_next_be_first(symbols_, [](const auto &a, const auto &b) { return a.symbol == b.symbol; });
  std::erase_if(statuses_, [&](const auto &s) { return s.pipeline == pipeline; });
}

void LiveHub::publish(LiveStage stage, const LiveSeries &series, const CandleRow &row, std::string_view source) {
  const auto &entry = static_cast<const SeriesEntry &>(series);
  if (stage == LiveStage::Published) {
    std::lock_guard lock(entry.mutex);
    if (!entry.last) entry.last.emplace();
    entry.last->row = row;
    entry.last->source = source;
  }
  if (!wanted(stage) || !entry.first) return;
  std::shared_lock lock(listeners_mutex_);
  for (const auto &l : listeners_)
    if ((l.stages & bit(stage)) != 0) l.listener->on_candle(stage, series, row, source);
}

void LiveHub::publish(LiveStage stage, const LiveSymbol &symbol, std::span<const Tick> ticks, std::string_view source) {
  const auto &entry = static_cast<const SymbolEntry &>(symbol);
  if (stage == LiveStage::Published) {
    const auto quote = std::find_if(ticks.rbegin(), ticks.rend(), [](const Tick &t) { return !t.trade(); });
    if (quote != ticks.rend()) {
      std::lock_guard lock(entry.mutex);
      if (!entry.last_quote) entry.last_quote.emplace();
      entry.last_quote->tick = *quote;
      entry.last_quote->source = source;
    }
  }
  if (!wanted(stage) || !entry.first) return;
  std::shared_lock lock(listeners_mutex_);
  for (const auto &l : listeners_)
    if ((l.stages & bit(stage)) != 0) l.listener->on_ticks(stage, symbol, ticks, source);
}

void LiveHub::publish(StreamStatus status) {
  {
    std::unique_lock lock(entries_mutex_);
    status.number = ++statuses_published_;
    std::erase_if(statuses_, [&](const StreamStatus &older) { return replaces(status, older); });
    statuses_.push_back(status);
  }
  std::shared_lock lock(listeners_mutex_);
  for (const auto &l : listeners_) l.listener->on_status(status);
}

bool LiveHub::wanted(LiveStage stage) const noexcept {
  return (stages_.load(std::memory_order_relaxed) & bit(stage)) != 0;
}

void LiveHub::count_stages() {
  std::uint32_t all = 0;
  for (const auto &l : listeners_) all |= l.stages;
  stages_ = all;
}

void LiveHub::add(LiveListener &listener, std::uint32_t stages) {
  std::unique_lock lock(listeners_mutex_);
  listeners_.push_back({&listener, stages});
  count_stages();
}

void LiveHub::set_stages(LiveListener &listener, std::uint32_t stages) {
  std::unique_lock lock(listeners_mutex_);
  for (auto &l : listeners_)
    if (l.listener == &listener) l.stages = stages;
  count_stages();
}

void LiveHub::remove(LiveListener &listener) {
  std::unique_lock lock(listeners_mutex_);
  std::erase_if(listeners_, [&](const Listening &l) { return l.listener == &listener; });
  count_stages();
}

std::shared_ptr<const LiveSeries> LiveHub::find_series(std::string_view symbol, Interval interval,
                                                       std::optional<std::uint32_t> price) const {
  const auto meant = meanings(symbol, symbols());
  if (meant.size() != 1) return nullptr;
  std::shared_lock lock(entries_mutex_);
  std::shared_ptr<const LiveSeries> best;
  for (const auto &e : series_) {
    if (!e->first || e->series.interval != interval || e->series.symbol != meant.front()) continue;
    if (price && e->series.price_type != *price) continue;
    if (!best || price_type_order(e->series.price_type) < price_type_order(best->series.price_type)) best = e;
  }
  return best;
}

std::shared_ptr<const LiveSymbol> LiveHub::find_symbol(std::string_view symbol) const {
  const auto meant = meanings(symbol, symbols());
  if (meant.size() != 1) return nullptr;
  std::shared_lock lock(entries_mutex_);
  for (const auto &e : symbols_)
    if (e->first && e->symbol == meant.front()) return e;
  return nullptr;
}

std::vector<std::string> LiveHub::symbols() const {
  std::shared_lock lock(entries_mutex_);
  std::vector<std::string> out;
  for (const auto &e : series_) out.push_back(e->series.symbol);
  for (const auto &e : symbols_) out.push_back(e->symbol);
  return each_once(std::move(out));
}

std::vector<std::string> LiveHub::pipelines() const {
  std::shared_lock lock(entries_mutex_);
  std::vector<std::string> out;
  for (const auto &e : series_) out.push_back(e->pipeline);
  for (const auto &e : symbols_) out.push_back(e->pipeline);
  return each_once(std::move(out));
}

std::optional<LiveHub::LastCandle> LiveHub::last(const LiveSeries &series) const {
  const auto &entry = static_cast<const SeriesEntry &>(series);
  std::lock_guard lock(entry.mutex);
  return entry.last;
}

std::optional<LiveHub::LastTick> LiveHub::last_quote(const LiveSymbol &symbol) const {
  const auto &entry = static_cast<const SymbolEntry &>(symbol);
  std::lock_guard lock(entry.mutex);
  return entry.last_quote;
}

std::vector<StreamStatus> LiveHub::statuses() const {
  std::shared_lock lock(entries_mutex_);
  return statuses_;
}

}  // namespace tapedeck
