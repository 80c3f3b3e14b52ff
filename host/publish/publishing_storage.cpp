#include "publish/publishing_storage.hpp"

#include "publish/envelope.hpp"

namespace tapedeck {
namespace {

using Sinks = std::vector<std::string>;

bool is_final(const tdk_candle_batch &b, std::uint64_t i) {
  return b.state == nullptr || (b.state[i] & TDK_CANDLE_FORMING) == 0;
}

// The events of one commit, and the memory that their texts are in; reused from commit to commit.
class EventMaker {
 public:
  void begin(std::string correlation_id) {
    id_ = std::move(correlation_id);
    text_.clear();
    keys_.clear();
    made_.clear();
  }

  void add_candles(const Commit &commit, std::uint64_t number, const Sinks &sinks) {
    const auto batch = commit.candles->view();
    CandleEnvelope envelope(commit.series, {commit.source, id_});
    keys_.push_back(commit.series.name());
    for (std::uint64_t i = 0; i < batch.count; ++i) {
      if (!is_final(batch, i)) continue;
      const std::size_t begin = text_.size();
      envelope.append(text_, batch, i);
      add({OutboxEvent::About::Candle, number, i, {}, "candle", {}, batch.open_time[i], {}}, begin, sinks);
    }
  }

  // `row`: of the first of them, over all symbols of the batch.
  void add_ticks(const TickBatch &of, const std::string &source, std::uint64_t row, const Sinks &sinks) {
    TickEnvelope envelope(of.symbol, {source, id_});
    keys_.push_back(of.symbol);
    for (const Tick &tick : of.ticks) {
      const std::size_t begin = text_.size();
      envelope.append(text_, tick);
      add({OutboxEvent::About::Quote, 0, row++, {}, "tick", {}, tick.time, {}}, begin, sinks);
    }
  }

  bool empty() const noexcept { return made_.empty(); }

  // Valid until begin(). Not before all were added: the texts move as they grow.
  std::vector<OutboxEvent> take() {
    std::vector<OutboxEvent> out;
    out.reserve(made_.size());
    for (const Made &m : made_) {
      out.push_back(m.event);
      out.back().sink = *m.sink;
      out.back().key = keys_[m.key];
      out.back().payload = std::string_view(text_).substr(m.begin, m.size);
    }
    return out;
  }

 private:
  struct Made {
    OutboxEvent event;
    const std::string *sink;
    std::size_t key, begin, size;
  };

  void add(const OutboxEvent &event, std::size_t begin, const Sinks &sinks) {
    for (const auto &sink : sinks) made_.push_back({event, &sink, keys_.size() - 1, begin, text_.size() - begin});
  }

  std::string id_, text_;
  std::vector<std::string> keys_;
  std::vector<Made> made_;
};

class PublishingStorage final : public Storage {
 public:
  PublishingStorage(std::unique_ptr<Storage> inner, PublishRoutes routes, CorrelationIds &ids, std::function<void()> stored)
      : inner_(std::move(inner)), routes_(std::move(routes)), ids_(ids), stored_(std::move(stored)) {}

  CommitResult commit(const Commit &commit) override {
    maker_.begin(ids_.next());
    add(commit, 0);
    if (maker_.empty()) return inner_->commit(commit);
    CommitBatch batch;
    batch.commits.push_back(commit);
    return commit_with_events(std::move(batch));
  }

  CommitResult commit_batch(const CommitBatch &batch) override {
    maker_.begin(ids_.next());
    for (std::size_t i = 0; i < batch.commits.size(); ++i) add(batch.commits[i], i);
    if (const Sinks *sinks = sinks_of(batch.pipeline)) {
      std::uint64_t row = 0;
      for (const auto &of : batch.ticks) {
        maker_.add_ticks(of, batch.source, row, *sinks);
        row += of.ticks.size();
      }
    }
    return maker_.empty() ? inner_->commit_batch(batch) : commit_with_events(batch);
  }

  void query(const CandleScan &scan, const OnBatch &on_batch, const tdk_cancel *cancel) override {
    inner_->query(scan, on_batch, cancel);
  }
  std::vector<LedgerEntry> coverage(const Series &series, std::string_view source, TimeRange range,
                                    const tdk_cancel *cancel) override {
    return inner_->coverage(series, source, range, cancel);
  }
  std::vector<SeriesStat> list_series(const tdk_cancel *cancel) override { return inner_->list_series(cancel); }
  void query_ticks(const TickScan &scan, const std::function<bool(const Tick &)> &on_tick, const tdk_cancel *cancel) override {
    inner_->query_ticks(scan, on_tick, cancel);
  }
  void store_symbols(const std::string &source, Nanos fetched_at, std::span<const SymbolInfo> symbols) override {
    inner_->store_symbols(source, fetched_at, symbols);
  }
  std::vector<SymbolInfo> query_symbols(const std::string &symbol, std::uint64_t limit, const tdk_cancel *cancel) override {
    return inner_->query_symbols(symbol, limit, cancel);
  }
  void store_events(const std::string &source, Nanos fetched_at, std::span<const EconomicEvent> events) override {
    inner_->store_events(source, fetched_at, events);
  }
  std::vector<EconomicEvent> query_events(TimeRange range, const std::string &country, const tdk_cancel *cancel) override {
    return inner_->query_events(range, country, cancel);
  }
  void health() override { inner_->health(); }

 private:
  const Sinks *sinks_of(const std::string &pipeline) const {
    const auto route = routes_.find(pipeline);
    return route == routes_.end() ? nullptr : &route->second;
  }
  void add(const Commit &commit, std::uint64_t number) {
    const Sinks *sinks = sinks_of(commit.pipeline);
    if (sinks != nullptr && commit.candles != nullptr) maker_.add_candles(commit, number, *sinks);
  }
  CommitResult commit_with_events(CommitBatch batch) {
    const auto events = maker_.take();
    batch.events.insert(batch.events.end(), events.begin(), events.end());
    const CommitResult result = inner_->commit_batch(batch);
    stored_();
    return result;
  }

  const std::unique_ptr<Storage> inner_;
  const PublishRoutes routes_;
  CorrelationIds &ids_;
  const std::function<void()> stored_;
  EventMaker maker_;
};

}  // namespace

std::unique_ptr<Storage> make_publishing_storage(std::unique_ptr<Storage> inner, PublishRoutes routes, CorrelationIds &ids,
                                                 std::function<void()> stored) {
  return std::make_unique<PublishingStorage>(std::move(inner), std::move(routes), ids, std::move(stored));
}

}  // namespace tapedeck
