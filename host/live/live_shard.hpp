// The series of one connection: what comes in is put in order, built into candles where the vendor
// streams none, passed on, stored, and what is missing is noticed.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "live/candle_builder.hpp"
#include "live/candle_gate.hpp"
#include "live/delivery.hpp"
#include "live/live_hub.hpp"
#include "live/slot_tracker.hpp"
#include "live/stream_link.hpp"
#include "live/stream_offer.hpp"
#include "live/tick_gate.hpp"

namespace tapedeck {

// Which symbols and candles of them, and what becomes of them.
struct ShardSpec {
  std::string pipeline;
  std::vector<std::string> symbols;
  std::vector<Series> candles;  // of these symbols; empty: none
  bool pass_trades = false, pass_quotes = false;  // on to listeners
  bool store_ticks = true;
  Nanos late = 2 * kSecond;
  std::shared_ptr<const Calendar> calendar;
};

// A source of the pipeline, as this shard uses it.
struct ShardSource {
  std::string name;
  CandleOrigin candles = CandleOrigin::Vendor;
  DeliverySource vendor, built;  // rows from the vendor, and rows made here of its ticks
  bool streams = true;           // else it is asked for holes only
};

// Totals of a pipeline. Threads: any.
struct LiveCounts {
  std::atomic<std::uint64_t> candles{0}, ticks{0};                     // received
  std::atomic<std::uint64_t> duplicates{0}, stale{0}, late_ticks{0};   // not passed on, and why
  std::atomic<std::uint64_t> unknown{0};                               // of series that nobody asked for, or of no such time
  std::atomic<std::uint64_t> unheard{0};                               // of a connection that does not count (yet)
  std::atomic<std::uint64_t> repairs{0}, repair_failures{0};           // ranges asked for
};

// A range of one series to be asked for.
struct RepairRange {
  std::size_t series = 0;   // index into the shard's
  TimeRange range;
  std::uint32_t tries = 0;  // in vain, before this one
};

// Threads: any; the connections' threads wait for each other here.
class LiveShard final : public LinkTarget {
 public:
  LiveShard(ShardSpec spec, std::vector<ShardSource> sources, LiveHub &hub, Delivery &delivery, LiveCounts &counts,
            Clock &clock);

  // What is asked of a source, by index.
  StreamAsk ask_of(std::size_t source) const;
  const std::vector<std::string> &symbols() const noexcept { return spec_.symbols; }
  std::size_t series_count() const noexcept { return flows_.size(); }
  const Series &series(std::size_t i) const { return flows_[i]->live->series; }
  std::optional<Nanos> first_unsettled(std::size_t i) const;

  // Everything before `first` is somebody else's business, and `settled` needs no asking.
  void start_series(std::size_t i, Nanos first, const RangeSet &settled = {});
  // The connection that counts. Others are heard only while they come from the same source.
  void set_active(const StreamLink &link);
  void connection_lost(const StreamLink &link);
  // From now on connections are not heard: what nobody can store any more must not be passed on either. Does not
  // wait for a connection that waits for room.
  void end() noexcept { ended_ = true; }

  bool connected() const noexcept { return connected_; }

  // Candles built here that are due, and the ranges that are to be asked for now.
  void close_due();
  std::vector<RepairRange> holes_due();
  // The answer to one: stored and passed on where nobody is ahead of it.
  void take_page(const RepairRange &asked, std::size_t source, ChunkResult page);
  void repair_failed(const RepairRange &asked);

  void on_candles(const StreamLink &link, const Series &series, const tdk_candle_batch &batch) override;
  void on_ticks(const StreamLink &link, std::string_view symbol, std::span<const Tick> ticks) override;
  void on_event(const StreamLink &link, const StreamEvent &event) override;

 private:
  struct Flow {  // one series of candles
    std::shared_ptr<const LiveSeries> live;
    CandleGate gate;
    SlotTracker tracker;
    CandleBuilder builder;
    bool rejected = false;  // the vendor has no such series, as this connection says
  };
  struct SymbolFlow {
    std::shared_ptr<const LiveSymbol> live;
    TickGate trades, quotes;
    std::vector<Flow *> candles;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
  };
  bool counts_for_us(const StreamLink &link) const;
  void take_row(Flow &flow, const CandleRow &row, const ShardSource &source, bool built);
  void store_final(Flow &flow, const CandleRow &row, const DeliverySource &source);
  void build(SymbolFlow &symbol, std::span<const Tick> ticks, const ShardSource &source);
  void close_built(Flow &flow, const ShardSource &source, Nanos mono);
  Flow *find(const Series &series);
  std::vector<Flow *> flows_about(const StreamEvent &event, const ShardSource &source);
  void change_source();
  void reject(const StreamLink &link, const StreamEvent &event);
  TimeRange slot(const Flow &flow, Nanos open_time) const;

  const ShardSpec spec_;
  const std::vector<ShardSource> sources_;
  LiveHub &hub_;
  Delivery &delivery_;
  LiveCounts &counts_;
  Clock &clock_;

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Flow>> flows_;
  std::unordered_map<std::string, SymbolFlow, TextHash, std::equal_to<>> symbols_;
  std::optional<std::size_t> active_source_;
  std::uint64_t active_number_ = 0;
  std::atomic<bool> connected_{false};
  std::atomic<bool> ended_{false};
  Nanos heard_ = 0;  // monotonic: when the active source last said something
  std::vector<Tick> passed_;
  std::string last_rejection_;
};

}  // namespace tapedeck
