// Where everything that is live passes: from the streams to whoever listens.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "market/candle_row.hpp"
#include "market/series.hpp"
#include "market/tick.hpp"

namespace tapedeck {

enum class LiveStage : std::uint32_t {
  Received = 1,   // as the vendor's plugin handed it over
  Published = 2,  // in order, each thing once
  Stored = 4,     // on disk
};

// One series of candles of one pipeline.
struct LiveSeries {
  std::string pipeline;
  Series series;
};

// The trades and quotes of one symbol of one pipeline.
struct LiveSymbol {
  std::string pipeline;
  std::string symbol;
};

enum class StreamState { Connected, Reconnecting, Error, Stopped };
std::string_view stream_state_name(StreamState state) noexcept;  // "connected", ...

struct StreamStatus {
  std::string pipeline;
  std::string source;
  StreamState state = StreamState::Reconnecting;
  std::string message;               // for people
  std::vector<std::string> symbols;  // whom it is about; empty: all of the pipeline
  Nanos at = 0;
  std::uint64_t number = 0;  // given by the hub, another for each
};

// Hears what passes. Threads: those of the streams, several at once; must not block and must not call
// back into the hub. `source` is the plugin's name; views are borrowed.
class LiveListener {
 public:
  virtual ~LiveListener() = default;
  virtual void on_candle(LiveStage stage, const LiveSeries &series, const CandleRow &row,
                         std::string_view source) noexcept = 0;
  virtual void on_ticks(LiveStage stage, const LiveSymbol &symbol, std::span<const Tick> ticks,
                        std::string_view source) noexcept = 0;
  virtual void on_status(const StreamStatus &status) noexcept = 0;
};

// Threads: any.
class LiveHub {
 public:
  LiveHub();
  ~LiveHub();
  LiveHub(const LiveHub &) = delete;
  LiveHub &operator=(const LiveHub &) = delete;

  // A pipeline's series are opened before it publishes, and closed, all of them, after it has stopped.
  std::shared_ptr<const LiveSeries> open_series(const std::string &pipeline, const Series &series);
  std::shared_ptr<const LiveSymbol> open_symbol(const std::string &pipeline, const std::string &symbol);
  void close_pipeline(const std::string &pipeline);

  // Of what open_series() and open_symbol() returned, not of copies.
  void publish(LiveStage stage, const LiveSeries &series, const CandleRow &row, std::string_view source);
  void publish(LiveStage stage, const LiveSymbol &symbol, std::span<const Tick> ticks, std::string_view source);
  void publish(StreamStatus status);
  bool wanted(LiveStage stage) const noexcept;  // does anybody listen? cheap

  // `stages`: a sum of LiveStage values.
  void add(LiveListener &listener, std::uint32_t stages);
  void set_stages(LiveListener &listener, std::uint32_t stages);
  void remove(LiveListener &listener);  // after it returns no call is under way

  // What is live now, by a symbol in any notation; without a `price` the first of trade, mid, bid and ask. Nothing
  // when no pipeline streams it, or when it may mean several.
  std::shared_ptr<const LiveSeries> find_series(std::string_view symbol, Interval interval,
                                                std::optional<std::uint32_t> price = std::nullopt) const;
  std::shared_ptr<const LiveSymbol> find_symbol(std::string_view symbol) const;
  std::vector<std::string> symbols() const;  // canonical, for suggestions
  std::vector<std::string> pipelines() const;

  // The last one published.
  struct LastCandle {
    CandleRow row;
    std::string source;
  };
  std::optional<LastCandle> last(const LiveSeries &series) const;
  struct LastTick {
    Tick tick;
    std::string source;
  };
  std::optional<LastTick> last_quote(const LiveSymbol &symbol) const;
  // Of each pipeline and source those that nothing newer has replaced, in their order. A status replaces
  // the earlier ones that are about no other symbols: each connection of a pipeline has its own.
  std::vector<StreamStatus> statuses() const;

 private:
  struct Listening {
    LiveListener *listener;
    std::uint32_t stages;
  };
  struct SeriesEntry;
  struct SymbolEntry;
  void count_stages();

  mutable std::shared_mutex listeners_mutex_;
  std::vector<Listening> listeners_;
  std::atomic<std::uint32_t> stages_{0};

  mutable std::shared_mutex entries_mutex_;
  std::vector<std::shared_ptr<SeriesEntry>> series_;
  std::vector<std::shared_ptr<SymbolEntry>> symbols_;
  std::vector<StreamStatus> statuses_;
  std::uint64_t statuses_published_ = 0;
};

}  // namespace tapedeck
